// SPDX-License-Identifier: MIT
// What `camscript emulate` tells of blocks that are kept and not modelled.

import type { ForeignRun } from "../../../sim/foreign/foreign-run.ts"

export interface KeptReport {
    /** "USB OTG FS". */
    readonly block: string
    /** Registers that were accessed. */
    readonly registers: number
    readonly reads: number
    readonly writes: number
}

/** By address. */
export function keptReport({ chip }: ForeignRun): KeptReport[] {
    return (chip.kept?.used() ?? []).map(file => {
        const accesses = file.accesses()
        return {
            block: file.name,
            registers: accesses.length,
            reads: sum(accesses.map(({ reads }) => reads)),
            writes: sum(accesses.map(({ writes }) => writes)),
        }
    })
}

/** What a person reads. */
export function keptLines(blocks: readonly KeptReport[]): string[] {
    if (blocks.length === 0) return []
    return [
        "",
        "  kept, not modelled (registers hold what is written, nothing is connected):",
        ...blocks.map(
            ({ block, registers, reads, writes }) =>
                `    ${block.padEnd(10)} ${registers} registers, ${reads} reads, ${writes} writes`
        ),
    ]
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((total, number) => total + number, 0)
}
