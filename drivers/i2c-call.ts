// SPDX-License-Identifier: MIT
// The VM's I2C transfer as a function: its failure is a result and no exception.

import type * as ds from "@devicescript/core"

/**
 * The call behind I2C.xfer; it can fill a Buffer that exists, so that a frame costs no allocation. Address: 7 bits.
 * It resolves to 0, or to a negative status: -1 nobody answers, -2 a byte was refused, -3 in vain for too long, -4 a line is
 * held (native/bus_status.h).
 */
export type I2cCall = typeof ds & {
    _i2cTransaction(
        address: number,
        write: Buffer,
        read?: Buffer
    ): Promise<number>
}
