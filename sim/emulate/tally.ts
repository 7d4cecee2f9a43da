// SPDX-License-Identifier: MIT
// What foreign firmware did against the manual or beyond the models, counted: it may do so a million times in a loop.

import { SiliconError } from "../errors.ts"
import { Rules } from "../rules.ts"

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

/** Accesses of the CPU to memory-mapped registers, 1, 2 or 4 bytes. */
export interface CpuBus {
    read(address: number, bytes: number): number
    write(address: number, bytes: number, value: number): void
    has(address: number): boolean
}

/**
 * A bus on which addresses without a block hold what is written to them, word by word, and are counted: permissive
 * firmware that sets bits of a register and waits to read them back goes on.
 */
export class TallyBus implements CpuBus {
    private readonly accesses = new Map<
        number,
        { reads: number; writes: number; value: number }
    >()

    constructor(private readonly bus: CpuBus) {}

    has(address: number): boolean {
        return this.bus.has(address)
    }

    read(address: number, bytes: number): number {
        if (this.bus.has(address)) return this.bus.read(address, bytes)
        const entry = this.entry(address)
        entry.reads++
        return (entry.value >>> shiftOf(address)) & maskOf(bytes)
    }

    write(address: number, bytes: number, value: number): void {
        if (this.bus.has(address)) return this.bus.write(address, bytes, value)
        const entry = this.entry(address)
        const lanes = maskOf(bytes) << shiftOf(address)
        entry.writes++
        entry.value =
            ((entry.value & ~lanes) | ((value << shiftOf(address)) & lanes)) >>>
            0
    }

    /** By address. */
    unmodelled(): readonly UnmodelledAccess[] {
        return [...this.accesses]
            .map(([address, { reads, writes }]) => ({ address, reads, writes }))
            .sort((a, b) => a.address - b.address)
    }

    private entry(address: number): {
        reads: number
        writes: number
        value: number
    } {
        const word = (address & ~3) >>> 0
        let entry = this.accesses.get(word)
        if (entry === undefined) {
            entry = { reads: 0, writes: 0, value: 0 }
            this.accesses.set(word, entry)
        }
        return entry
    }
}

function shiftOf(address: number): number {
    return (address & 3) * 8
}

function maskOf(bytes: number): number {
    return bytes === 4 ? 0xffffffff : bytes === 2 ? 0xffff : 0xff
}
