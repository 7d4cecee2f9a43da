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
    /** Instructions whose accesses broke it, in the order of their first times; absent when it was no access of a CPU. */
    readonly places?: readonly RulePlace[]
}

/** An instruction that broke a rule. */
export interface RulePlace {
    readonly pc: number
    readonly count: number
}

/** A rule is broken at a few places of a program; more say nothing new. */
const PLACES_MAX = 16

/** One entry per block, register and rule, whatever the values. */
export class RuleTally {
    private readonly entries = new Map<string, Entry>()

    /** @param pc of the instruction whose access it is; undefined: hardware did it by itself */
    add(error: SiliconError, nowNs: number, pc?: number): void {
        const { block, register, rule, message, section } = error
        // Numbers in a rule vary from time to time: without them it is the same rule.
        const key = `${block} ${register} ${rule.replace(/\b(0x[0-9a-f]+|\d+)\b/g, "#")}`
        let entry = this.entries.get(key)
        if (entry === undefined) {
            entry = {
                message,
                ...(section !== undefined && { section }),
                firstNs: nowNs,
                count: 0,
                byPc: new Map(),
            }
            this.entries.set(key, entry)
        }
        entry.count++
        if (pc === undefined) return
        const { byPc } = entry
        const before = byPc.get(pc)
        if (before !== undefined || byPc.size < PLACES_MAX)
            byPc.set(pc, (before ?? 0) + 1)
    }

    /** In the order in which they were first broken. */
    all(): readonly BrokenRule[] {
        return [...this.entries.values()].map(({ byPc, ...rule }) =>
            byPc.size === 0
                ? rule
                : {
                      ...rule,
                      places: [...byPc].map(([pc, count]) => ({ pc, count })),
                  }
        )
    }
}

type Entry = Omit<BrokenRule, "count" | "places"> & {
    count: number
    readonly byPc: Map<number, number>
}
