// SPDX-License-Identifier: MIT
// What foreign firmware did against the manual or beyond the models, counted: it may do so a million times in a loop.

import { SiliconError } from "../../protocol/errors.ts"
import { Rules } from "../rules.ts"
import type { UnmappedWords } from "../stm32/memory-bus.ts"

/** A rule that was broken, the first time in words, and how often. */
export interface BrokenRule {
    /** As the first time, with that value. */
    readonly message: string
    readonly firstNs: number
    readonly count: number
}

/** Permissive rules that keep one entry per block, register and rule, whatever the values. */
export class TallyRules extends Rules {
    private readonly tally = new Map<
        string,
        { message: string; firstNs: number; count: number }
    >()

    constructor(
        private readonly nowNs: () => number,
        private readonly tolerant: boolean
    ) {
        super(nowNs, tolerant)
    }

    override violated(
        block: string,
        rule: string,
        register?: string,
        value?: number
    ): void {
        if (!this.tolerant) return super.violated(block, rule, register, value)
        // Numbers in a rule vary from time to time: without them it is the same rule.
        const key = `${block} ${register} ${rule.replace(/\b(0x[0-9a-f]+|\d+)\b/g, "#")}`
        const entry = this.tally.get(key)
        if (entry) {
            entry.count++
            return
        }
        const { message } = new SiliconError(block, rule, register, value)
        this.tally.set(key, { message, firstNs: this.nowNs(), count: 1 })
    }

    /** In the order in which they were first broken. */
    brokenRules(): readonly BrokenRule[] {
        return [...this.tally.values()]
    }
}

/** Accesses to one address at which nothing is modelled. */
export interface UnmodelledAccess {
    readonly address: number
    readonly reads: number
    readonly writes: number
}

/**
 * What stands at addresses without a block, for permissive firmware: words that hold what is written to them, and are
 * counted. Firmware that sets bits of a register and waits to read them back goes on.
 */
export class UnmodelledWords implements UnmappedWords {
    private readonly words = new Map<
        number,
        { reads: number; writes: number; value: number }
    >()

    read(address: number): number {
        const word = this.word(address)
        word.reads++
        return word.value
    }

    write(address: number, value: number): void {
        const word = this.word(address)
        word.writes++
        word.value = value
    }

    peek(address: number): number {
        return this.words.get(address)?.value ?? 0
    }

    /** By address. */
    accesses(): readonly UnmodelledAccess[] {
        return [...this.words]
            .map(([address, { reads, writes }]) => ({ address, reads, writes }))
            .sort((a, b) => a.address - b.address)
    }

    private word(address: number): {
        reads: number
        writes: number
        value: number
    } {
        let word = this.words.get(address)
        if (word === undefined) {
            word = { reads: 0, writes: 0, value: 0 }
            this.words.set(address, word)
        }
        return word
    }
}
