// SPDX-License-Identifier: MIT
// What a status of the I2C bus means, and whether a transfer is made again.

import type { I2C, I2CError } from "@devicescript/i2c"
import { FaultCause } from "../protocol/faults"

/** Statuses of a transfer (native/bus_status.h). */
enum BusStatus {
    NACK_ADDRESS = -1,
    NACK_DATA = -2,
    TIMEOUT = -3,
    BUS_ERROR = -4,
}

/** How often a transfer that is not acknowledged is made; one that ends in a time-out has waited long enough. */
const ATTEMPTS = 3

/** Name what is wrong with the bus. */
export function busFaultCause(status: number | undefined): FaultCause {
    if (status === BusStatus.TIMEOUT) return FaultCause.I2C_TIMEOUT
    if (status === BusStatus.BUS_ERROR) return FaultCause.I2C_STUCK
    return FaultCause.I2C_NACK
}

/** Whether a transfer that ended with `status` is not to be made again. */
export function isLastAttempt(
    attempt: number,
    status: number | undefined
): boolean {
    if (attempt >= ATTEMPTS) return true
    return status !== BusStatus.NACK_ADDRESS && status !== BusStatus.NACK_DATA
}

/**
 * Ask whether any chip answers at an address, by a transfer without a byte: it counts nowhere.
 *
 * @throws I2CError when the bus itself fails
 */
export async function answersAt(
    client: I2C,
    address: number
): Promise<boolean> {
    try {
        await client.writeBuf(address, hex``)
        return true
    } catch (e) {
        if (((e as I2CError).status as number) === BusStatus.NACK_ADDRESS)
            return false
        throw e
    }
}
