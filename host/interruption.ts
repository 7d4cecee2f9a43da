// SPDX-License-Identifier: MIT
// Ctrl-C ends a run as a failed one, so that nothing half-written stays.

import { CamscriptError } from "../protocol/errors.ts"

/** Signals that end a run, and the exit codes by which shells know that they did. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

/** A signal ended the run. */
export class InterruptedError extends CamscriptError {
    override readonly exitCode: 130 | 143

    constructor(signal: keyof typeof EXIT_CODES) {
        super(
            `the run was interrupted (${signal}): no images were saved; waveforms that were asked for are whole up to then`
        )
        this.exitCode = EXIT_CODES[signal]
    }
}

/**
 * Do something that SIGINT and SIGTERM interrupt.
 * @param work is told by the signal, whose reason is the InterruptedError to end with
 */
export async function interruptible<T>(
    work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
    const controller = new AbortController()
    const stop = (signal: NodeJS.Signals): void =>
        controller.abort(
            new InterruptedError(signal === "SIGTERM" ? "SIGTERM" : "SIGINT")
        )
    process.once("SIGINT", stop).once("SIGTERM", stop)
    try {
        return await work(controller.signal)
    } finally {
        process.off("SIGINT", stop).off("SIGTERM", stop)
    }
}
