// SPDX-License-Identifier: MIT
// Broken rules, counted: firmware in a loop breaks the same one a million times.

import type { SiliconError } from "../protocol/errors.ts"

/** A rule that was broken, the first time in words, and how often. */
export interface BrokenRule {
    /** As the first time, with that value. */
    readonly message: string
    /** Manual and section, as "RM0090 10.5.10"; the message ends with it, too. */
    readonly section?: string
    readonly firstNs: number
    readonly count: number
}

/** One entry per block, register and rule, whatever the values. */
export class RuleTally {
    private readonly entries = new Map<string, BrokenRule & { count: number }>()

    add(error: SiliconError, nowNs: number): void {
        const { block, register, rule, message, section } = error
        // Numbers in a rule vary from time to time: without them it is the same rule.
        const key = `${block} ${register} ${rule.replace(/\b(0x[0-9a-f]+|\d+)\b/g, "#")}`
        const entry = this.entries.get(key)
        if (entry) entry.count++
        else
            this.entries.set(key, {
                message,
                ...(section !== undefined && { section }),
                firstNs: nowNs,
                count: 1,
            })
    }

    /** In the order in which they were first broken. */
    all(): readonly BrokenRule[] {
        return [...this.entries.values()]
    }
}
