// SPDX-License-Identifier: MIT
// A rule of the models that was broken, as reports tell it.

import type { BrokenRule } from "../sim/rule-tally.ts"

/** One rule, whatever the values. */
export interface BrokenRuleReport {
    /** Block, register, value and rule, as the first time. */
    readonly message: string
    readonly count: number
    /** Virtual time of the first time, s, to the microsecond. */
    readonly firstSeconds: number
}

export function brokenRuleReport(broken: BrokenRule): BrokenRuleReport {
    const { message, count, firstNs } = broken
    return { message, count, firstSeconds: Math.round(firstNs / 1e3) / 1e6 }
}
