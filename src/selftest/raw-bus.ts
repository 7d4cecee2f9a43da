// SPDX-License-Identifier: MIT
// Transfers whose failure is a result and no exception.

import * as ds from "@devicescript/core"
import type { I2cCall } from "../../drivers/i2c-call"
import {
    GrabberBytes,
    GrabberPage,
    GrabberReg,
} from "../../protocol/grabber-page"

/**
 * Write, then read.
 *
 * @param address 7 bits
 * @returns 0: done; -1: nobody answers; -2: a byte was refused; -3: in vain for too long; -4: a line is held
 */
export async function transfer(
    address: number,
    write: Buffer,
    read?: Buffer
): Promise<number> {
    return read
        ? await (ds as I2cCall)._i2cTransaction(address, write, read)
        : await (ds as I2cCall)._i2cTransaction(address, write)
}

/** Write a Control value to the frame grabber. @returns 0: done */
export async function control(value: number): Promise<number> {
    const request = Buffer.alloc(2)
    request[0] = GrabberReg.CONTROL
    request[1] = value
    return await transfer(GrabberPage.ADDRESS, request)
}

/** What is on the wires: Signal bits, I2cLevel bits. */
export async function readSignals(): Promise<Buffer> {
    const request = Buffer.alloc(1)
    request[0] = GrabberReg.SIGNALS
    const seen = Buffer.alloc(GrabberBytes.SIGNALS)
    await transfer(GrabberPage.ADDRESS, request, seen)
    return seen
}
