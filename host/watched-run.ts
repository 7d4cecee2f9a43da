// SPDX-License-Identifier: MIT
// A run of simulated time that a person watches: the progress bar, the program's console, Ctrl-C.

import { interruptible } from "./interruption.ts"
import { Progress } from "./progress.ts"
import type { CaptureTarget } from "./targets/target.ts"
import type { Terminal } from "./terminal.ts"

export interface WatchedRun {
    readonly terminal: Terminal
    readonly frames: number | undefined
    readonly seconds: number | undefined
    readonly quiet: boolean
    /** stdout is for one JSON object; stderr may be somebody's log. */
    readonly json: boolean
    /** The target's time is simulated: it has a bar. */
    readonly simulated: boolean
    /** Console lines of the program that are not yet shown. */
    readonly lines: string[]
    /** Frames that have arrived. */
    readonly arrived: () => number
    /** Ends the run with its reason, as Ctrl-C does. */
    readonly signal?: AbortSignal | undefined
    /** Between two slices; waited for. */
    readonly between?: () => Promise<void>
}

/**
 * Run until as many frames are there, or so much time is over.
 * @returns wall seconds that the simulation took
 * @throws as CaptureTarget.run(); CamscriptError after Ctrl-C
 */
export async function runWatched(
    target: CaptureTarget,
    watched: WatchedRun
): Promise<number> {
    const { terminal, frames, seconds, quiet, json, lines } = watched
    const progress = new Progress(terminal, {
        frames,
        seconds,
        bar: watched.simulated && !quiet && !json,
        console: !quiet && (terminal.errIsTty || !json),
    })
    let wallSeconds = 0
    const between = async (soFar: number): Promise<void> => {
        wallSeconds = soFar
        progress.lines(lines.splice(0))
        progress.update(watched.arrived(), target.seconds, soFar)
        await watched.between?.()
    }
    await interruptible(interrupt => {
        const signals = watched.signal
            ? [interrupt, watched.signal]
            : [interrupt]
        const signal = AbortSignal.any(signals)
        return target.run({ frames, seconds }, { signal, between })
    }).finally(() => {
        progress.lines(lines.splice(0))
        progress.stop()
    })
    return wallSeconds
}
