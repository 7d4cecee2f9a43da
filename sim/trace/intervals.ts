// SPDX-License-Identifier: MIT
// When a signal is high within a stretch of time.

import type { Change } from "./signal-trace.ts"

export interface Interval {
    readonly from: number
    readonly to: number
}

/**
 * The stretches in which a signal is not 0, cut at both ends of the time that is looked at.
 * @param changes in the order of their times; before the first the level is 0
 */
export function highIntervals(
    changes: readonly Change[],
    startNs: number,
    endNs: number
): Interval[] {
    const intervals: Interval[] = []
    let risenNs: number | undefined
    const push = (from: number, to: number) => {
        const [first, last] = [Math.max(from, startNs), Math.min(to, endNs)]
        if (last > first) intervals.push({ from: first, to: last })
    }
    for (const [timeNs, level] of changes) {
        if (level !== 0) risenNs ??= timeNs
        else if (risenNs !== undefined) {
            push(risenNs, timeNs)
            risenNs = undefined
        }
    }
    if (risenNs !== undefined) push(risenNs, endNs)
    return intervals
}
