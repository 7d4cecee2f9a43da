// SPDX-License-Identifier: MIT
// What foreign firmware did at addresses without a model, counted: it may do so a million times in a loop.

import type { UnmappedWords } from "../stm32/memory-bus.ts"

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
