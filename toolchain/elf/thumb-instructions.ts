// SPDX-License-Identifier: MIT
// The Thumb instructions of an ELF file, without the data between them, and where each may go on.

import type { Elf, ElfSection } from "./elf.ts"

/** What an instruction decides. */
export type Decision =
    | undefined
    /** B with a condition, CBZ, CBNZ: it jumps or it does not. */
    | "branch"
    /** IT: which of the next instructions are executed. */
    | "it"

export interface ThumbInstruction {
    readonly address: number
    readonly bytes: 2 | 4
    readonly decision: Decision
    /** Of IT: the instructions of its block are executed when the condition holds (true), or when it does not. */
    readonly block: readonly boolean[]
}

/** Mapping symbols (AAELF32 5.5.5): what follows is Thumb code, or is none. */
const CODE = /^\$t(\.|$)/
const MAPPING = /^\$[adt](\.|$)/

/** In order of the sections, and of addresses. */
export function* thumbInstructions(elf: Elf): Generator<ThumbInstruction> {
    const marks = elf.symbols
        .filter(({ name }) => MAPPING.test(name))
        .map(({ name, value }) => ({ isCode: CODE.test(name), value }))
        .sort((a, b) => a.value - b.value)
    for (const section of elf.sections) {
        if (!section.executable || section.content.length === 0) continue
        const end = section.address + section.content.length
        const inside = marks.filter(
            ({ value }) => value >= section.address && value < end
        )
        for (const [index, { isCode, value }] of inside.entries())
            if (isCode)
                yield* instructionsIn(
                    section,
                    value,
                    inside[index + 1]?.value ?? end
                )
    }
}

function* instructionsIn(
    section: ElfSection,
    start: number,
    end: number
): Generator<ThumbInstruction> {
    const { content } = section
    const half = (address: number): number => {
        const at = address - section.address
        return content[at]! | (content[at + 1]! << 8)
    }
    for (let address = start; address + 2 <= end;) {
        const first = half(address)
        const bytes = first >= 0xe800 ? 4 : 2
        if (address + bytes > end) return
        const second = bytes === 4 ? half(address + 2) : 0
        const block = itBlock(first)
        const branches = isConditionalBranch(first, second)
        const decision = branches ? "branch" : block.length ? "it" : undefined
        yield { address, bytes, decision, block }
        address += bytes
    }
}

/** ARMv7-M ARM A7.7.12 (B, encodings T1 and T3) and A7.7.21 (CBNZ, CBZ). */
function isConditionalBranch(first: number, second: number): boolean {
    if ((first & 0xf000) === 0xd000) return (first & 0x0f00) < 0x0e00
    if ((first & 0xf500) === 0xb100) return true
    return (
        (first & 0xf800) === 0xf000 &&
        (second & 0xd000) === 0x8000 &&
        (first & 0x0380) !== 0x0380
    )
}

/** ARMv7-M ARM A7.7.38: the mask's lowest 1 ends it; a bit that is that of the condition means "then". */
function itBlock(first: number): boolean[] {
    const mask = first & 15
    if ((first & 0xff00) !== 0xbf00 || mask === 0) return []
    const conditionBit = (first >>> 4) & 1
    const block = [true]
    for (let bit = 3; (mask & ((1 << bit) - 1)) !== 0; bit--)
        block.push(((mask >>> bit) & 1) === conditionBit)
    return block
}
