// SPDX-License-Identifier: MIT
// Ctrl-C in the middle of a computation: Node takes signals between two turns of its event loop, and a slice of a
// simulation is a single turn, however long it takes.

import { createContext, Script } from "node:vm"
import { InterruptedError } from "../../interruption.ts"

const script = new Script("work()")
const globals = { work: (): void => {} }
/** It takes milliseconds to make, so that there is one for all. */
let context: object | undefined

/**
 * Do something that SIGINT breaks off wherever it is, JavaScript or WebAssembly. Listeners of the signal are not called
 * then, and what was worked on may be in the middle of anything: it is only good for being closed.
 * @throws InterruptedError; whatever `work` throws
 */
export function breakable(work: () => void): void {
    context ??= createContext(globals)
    globals.work = work
    try {
        script.runInContext(context, {
            breakOnSigint: true,
            displayErrors: false,
        })
    } catch (error) {
        const { code } = error as { code?: unknown }
        if (code === "ERR_SCRIPT_EXECUTION_INTERRUPTED")
            throw new InterruptedError("SIGINT")
        throw error
    }
}
