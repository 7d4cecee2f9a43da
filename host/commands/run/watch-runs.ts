// SPDX-License-Identifier: MIT
// `camscript run --watch`: a run for each save.

import { ProgramWatch } from "../../program-watch.ts"
import type { openTarget } from "../../targets/open-target.ts"
import type { Terminal } from "../../terminal.ts"
import { run } from "./run.ts"
import type { RunOptions } from "./run-options.ts"

/**
 * Run, and again whenever a source is saved, until Ctrl-C. A save ends the run before it; errors are printed and end nothing.
 * @param open as of run()
 * @throws Error for what is a mistake of camscript's own
 */
export async function watchRuns(
    options: RunOptions,
    terminal: Terminal,
    open?: typeof openTarget
): Promise<void> {
    const watch = new ProgramWatch(options.app, terminal)
    try {
        let compiles: boolean
        do compiles = await watch.build()
        while (
            await watch.untilSaved(async signal => {
                if (compiles) await run(options, terminal, open, signal)
            })
        )
    } finally {
        watch.close()
    }
}
