// SPDX-License-Identifier: MIT
// Why the frame grabber refused the last transfer (docs/frame-grabber.md, LAST_ERROR).

import * as ds from "@devicescript/core"
import type { I2cCall } from "../i2c-call"
import { GrabberPage, GrabberReg } from "../../protocol/grabber-page"

export interface Refusal {
    /** GrabberFault */
    readonly fault: number
    /** What was refused, and the limit that it broke; their meaning is the fault's. */
    readonly value: number
    readonly limit: number
}

/** @returns undefined when the grabber does not answer either */
export async function readRefusal(): Promise<Refusal | undefined> {
    const request = Buffer.alloc(1)
    const fault = Buffer.alloc(1)
    const numbers = Buffer.alloc(8)
    request[0] = GrabberReg.LAST_ERROR
    await (ds as I2cCall)._i2cTransaction(GrabberPage.ADDRESS, request, fault)
    request[0] = GrabberReg.ERROR_VALUE
    const status = await (ds as I2cCall)._i2cTransaction(
        GrabberPage.ADDRESS,
        request,
        numbers
    )
    if (status !== 0) return undefined
    return {
        fault: fault[0],
        value: numbers.getAt(0, "u32"),
        limit: numbers.getAt(4, "u32"),
    }
}
