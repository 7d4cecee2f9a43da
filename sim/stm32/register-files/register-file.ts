// SPDX-License-Identifier: MIT
// A block that is kept, not modelled: its registers hold what is written to them, so that firmware which sets the block up
// goes on. What hardware does to single bits is in the table; the little that must happen besides is a behaviour.

import type { Peripheral } from "../peripheral.ts"

/** A register of the table. What the table does not list is a word that reads as it was written, 0 at first. */
export interface KeptRegister {
    readonly name: string
    /** Bytes from the block's base. */
    readonly offset: number
    /** Default 0. */
    readonly reset?: number
    /** Bits that software can write; default: all that are not in the masks below. */
    readonly writable?: number
    /** Flags: a 1 written clears them. */
    readonly clearedBy1?: number
    /** Flags: a 0 written clears them. */
    readonly clearedBy0?: number
    /** Commands: they read 0 again at once. */
    readonly selfClearing?: number
}

/** What a block does beyond its table. */
export interface KeptBehaviour {
    /** A register was written; `value` as software wrote it. */
    wrote?(offset: number, value: number): void
    /** A register is read. @param value that it holds @returns what is read */
    read?(offset: number, value: number): number
    reset?(): void
}

/** A block and where it is. */
export interface KeptBlock {
    readonly name: string
    readonly base: number
    readonly sizeBytes: number
    /** Its enable bit in RCC; undefined: it has none. */
    readonly gate: string | undefined
    readonly registers: readonly KeptRegister[]
}

/** What firmware did to one register. */
export interface KeptAccess {
    readonly offset: number
    reads: number
    writes: number
}

export class RegisterFile implements Peripheral {
    readonly name: string
    behaviour: KeptBehaviour = {}
    private readonly registers: ReadonlyMap<number, KeptRegister>
    private readonly values = new Map<number, number>()
    private readonly counts = new Map<number, KeptAccess>()

    constructor(readonly block: KeptBlock) {
        this.name = block.name
        this.registers = new Map(
            block.registers.map(register => [register.offset, register])
        )
        this.reset()
    }

    /** RCC or system reset. Counts stay. */
    reset(): void {
        this.values.clear()
        for (const { offset, reset = 0 } of this.registers.values())
            this.values.set(offset, reset)
        this.behaviour.reset?.()
    }

    /** Registers that were accessed, by offset. */
    accesses(): readonly KeptAccess[] {
        return [...this.counts.values()].sort((a, b) => a.offset - b.offset)
    }

    registerName(offset: number): string | undefined {
        return this.registers.get(offset)?.name
    }

    /** The value without an access. */
    peek(offset: number): number {
        return this.values.get(offset) ?? 0
    }

    /** As hardware writes it. */
    poke(offset: number, value: number): void {
        this.values.set(offset, value >>> 0)
    }

    readUint32(offset: number): number {
        this.count(offset).reads++
        const value = this.peek(offset)
        return this.behaviour.read?.(offset, value) ?? value
    }

    writeUint32(offset: number, value: number): void {
        this.count(offset).writes++
        this.poke(offset, this.written(offset, value))
        this.behaviour.wrote?.(offset, value)
    }

    /** A narrow write leaves flags alone, and starts no command. */
    otherLanes(offset: number): number {
        const { clearedBy1 = 0 } = this.registers.get(offset) ?? {}
        return this.peek(offset) & ~clearedBy1
    }

    private written(offset: number, value: number): number {
        const old = this.peek(offset)
        const register = this.registers.get(offset)
        if (register === undefined) return value
        const { clearedBy1 = 0, clearedBy0 = 0, selfClearing = 0 } = register
        const special = clearedBy1 | clearedBy0 | selfClearing
        const writable = (register.writable ?? ~0) & ~special
        return (
            (value & writable) |
            (old & ~writable & ~special) |
            (old & clearedBy1 & ~value) |
            (old & clearedBy0 & value)
        )
    }

    private count(offset: number): KeptAccess {
        let access = this.counts.get(offset)
        if (access === undefined) {
            access = { offset, reads: 0, writes: 0 }
            this.counts.set(offset, access)
        }
        return access
    }
}

/** Registers without anything special, each 4 bytes behind the one before; "-" leaves a place out. */
export function plainRegisters(names: string, first = 0): KeptRegister[] {
    return names
        .split(" ")
        .map((name, index) => ({ name, offset: first + 4 * index }))
        .filter(({ name }) => name !== "-")
}
