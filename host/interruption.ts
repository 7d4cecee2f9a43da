// SPDX-License-Identifier: MIT
// Ctrl-C ends a run as a failed one, so that nothing half-written stays.

import { CamscriptError } from "../protocol/errors.ts"

/**
 * Do something that SIGINT and SIGTERM interrupt.
 * @param work is told by the signal, whose reason is the CamscriptError to end with
 */
export async function interruptible<T>(
    work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
    const controller = new AbortController()
    const stop = (signal: NodeJS.Signals): void =>
        controller.abort(
            new CamscriptError(
                `the run was interrupted (${signal}); no images were saved`
            )
        )
    process.once("SIGINT", stop).once("SIGTERM", stop)
    try {
        return await work(controller.signal)
    } finally {
        process.off("SIGINT", stop).off("SIGTERM", stop)
    }
}
