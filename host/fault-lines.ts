// SPDX-License-Identifier: MIT
// What injected faults did, for people.

import type { FaultOutcome } from "../sim/faults/fault-watch.ts"
import type { Colours } from "./terminal.ts"

/** One line for each fault; red: wrong pixels were handed over as good, or it was never right again. */
export function faultLines(
    faults: readonly FaultOutcome[],
    colours: Colours
): string[] {
    return faults.map(fault => {
        const line = faultLine(fault)
        const { happenedAt, wrongFrames, recoveredAfterFrames } = fault
        if (happenedAt === null) return colours.yellow(line)
        return wrongFrames > 0 || recoveredAfterFrames === null
            ? colours.red(line)
            : line
    })
}

/** In words. */
export function faultLine(fault: FaultOutcome): string {
    const { happenedAt, detectedAs, framesLost, wrongFrames } = fault
    if (happenedAt === null)
        return `${fault.fault}, due at ${fault.at} s, found nothing to act on`
    const seen = detectedAs
        ? `noticed as ${detectedAs.join(", ")}`
        : "noticed by nothing"
    const wrong =
        wrongFrames === 0
            ? []
            : [`${count(wrongFrames, "wrong frame")} handed over as good`]
    const parts = [
        seen,
        ...wrong,
        `${count(framesLost, "frame")} lost`,
        recovery(fault),
    ]
    return `${fault.fault} at ${happenedAt.toFixed(4)} s: ${parts.join(", ")}`
}

function recovery({
    recoveredAfterFrames: frames,
    recoveredAfterMs: ms,
}: FaultOutcome): string {
    return frames === null || ms === null
        ? "not right again"
        : `right again after ${count(frames, "frame")}, ${ms.toFixed(1)} ms`
}

function count(n: number, what: string): string {
    return `${n} ${what}${n === 1 ? "" : "s"}`
}
