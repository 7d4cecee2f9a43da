// SPDX-License-Identifier: MIT
// A call of a kernel by the frame grabber's page (docs/frame-grabber.md, "Kernels"). The modules in a program's kernels/ folder
// are made of this.

import * as ds from "@devicescript/core"
import { DriverError } from "@devicescript/drivers"
import type { I2cCall } from "../i2c-call"
import {
    GrabberFault,
    GrabberPage,
    GrabberReg,
    KernelRunAt,
    KernelStop,
} from "../../protocol/grabber-page"
import { readRefusal } from "./read-refusal"

/** What a kernel is given: a Frame while it is lent. */
export interface LentFrame {
    readonly index: number
}

/** A kernel could not run, or was stopped. */
export class KernelError extends DriverError {
    /** KernelStop; 0: it did not begin. */
    readonly stop: number

    constructor(message: string, stop: number) {
        super(message)
        this.name = "KernelError"
        this.stop = stop
    }
}

function stopText(stop: number): string {
    switch (stop) {
        case KernelStop.ACCESS:
            return "touched memory that it was not given"
        case KernelStop.ENDLESS:
            return "did not end"
        case KernelStop.DIVISION:
            return "divided by zero"
        case KernelStop.TOO_LARGE:
            return "made a number that does not fit into 32 bits"
        default:
            return "threw"
    }
}

function refusalText(fault: number, value: number, limit: number): string {
    switch (fault) {
        case GrabberFault.KERNEL_STOPPED:
            return `was stopped, it ${stopText(value)}; a board's log has the address, the simulator and kernel() in a test name the line`
        case GrabberFault.NO_KERNEL:
            return "is not there: the program was sent to the board without its kernels; build and flash it again"
        case GrabberFault.KERNEL_RESULT:
            return `cannot give ${value} bytes: ${limit} are the most on this board; ask for fewer records or elements`
        case GrabberFault.KERNEL_CALL:
            return "is another one by now: compile the program again"
        case GrabberFault.NOT_LENT:
            return `frame ${value} is not lent: a kernel looks at it while its handler runs, before release()`
        case GrabberFault.BAD_GEOMETRY:
            return "has no pixels to look at: the frame is a JPEG"
        default:
            return `LAST_ERROR ${fault}, value ${value}, limit ${limit}`
    }
}

/** One function of a kernel file. Its Buffers stay from call to call. */
export class KernelCall {
    /** Numbers begin at KernelRunAt.NUMBERS. */
    readonly request: Buffer
    private readonly name: string
    private answer: Buffer | undefined = undefined

    /**
     * @param name of file and function, for errors
     * @param id of the kernel file
     * @param index of the function
     */
    constructor(name: string, id: number, index: number, requestBytes: number) {
        this.name = name
        const request = Buffer.alloc(requestBytes)
        request[0] = GrabberReg.KERNEL_RUN
        request.setAt(KernelRunAt.ID, "u16", id)
        request[KernelRunAt.FUNCTION] = index
        for (let at = KernelRunAt.FRAMES; at < KernelRunAt.NUMBERS; at++)
            request[at] = GrabberPage.NO_FRAME
        this.request = request
    }

    /** Give it a frame, 0..3. @throws KernelError when it is not lent any more */
    setFrame(at: number, frame: LentFrame): void {
        if (frame.index < 0)
            throw new KernelError(
                `kernel ${this.name}: the frame is not lent any more: its handler has ended, or it was released`,
                0
            )
        this.request[KernelRunAt.FRAMES + at] = frame.index
    }

    /**
     * Run it.
     *
     * @param answerBytes of the result, 1 or more
     * @returns a Buffer that the next call fills again
     * @throws KernelError when it was refused or stopped
     */
    async run(answerBytes: number): Promise<Buffer> {
        let answer = this.answer
        if (!answer || answer.length !== answerBytes) {
            answer = Buffer.alloc(answerBytes)
            this.answer = answer
        }
        const status = await (ds as I2cCall)._i2cTransaction(
            GrabberPage.ADDRESS,
            this.request,
            answer
        )
        if (status !== 0) throw await this.refusal(status)
        return answer
    }

    private async refusal(status: number): Promise<KernelError> {
        const refusal = await readRefusal()
        if (!refusal)
            return new KernelError(
                `kernel ${this.name}: I2C status ${status}`,
                0
            )
        const { fault, value, limit } = refusal
        const stopped = fault === GrabberFault.KERNEL_STOPPED
        return new KernelError(
            `kernel ${this.name}: ${refusalText(fault, value, limit)}`,
            stopped ? value : 0
        )
    }
}
