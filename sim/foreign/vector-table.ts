// SPDX-License-Identifier: MIT
// Where a program's vector table is: programs that a boot loader starts have theirs behind it.

import { UsageError } from "../../protocol/errors.ts"
import { FLASH_BASE } from "../cortex-m/cpu-memory.ts"
import type { ElfFile, Place } from "../cortex-m/elf.ts"

/** VTOR takes multiples of the table's size in words, rounded up to a power of 2: 16 + 98 words (PM0214 §4.4.4). */
export const VECTOR_TABLE_ALIGNMENT = 0x200

/**
 * Check that the core can start at a vector table.
 * @param vectorTable undefined: at the start of flash, as silicon does
 * @param places flash and RAM of the chip
 * @throws UsageError when none is there; it names one that is elsewhere in the file
 */
export function checkVectorTable(
    elf: ElfFile,
    name: string,
    vectorTable: number | undefined,
    places: readonly Place[]
): void {
    const start = vectorTable ?? FLASH_BASE
    if (isVectorTable(elf, start, places)) return
    const found = vectorTables(elf, places).map(hex)
    const hint =
        found.length === 0
            ? "the file has no vector table at any multiple of 0x200 either: is it linked for this chip?"
            : `the file has a vector table at ${found.join(" and ")}, as programs have that a boot loader starts: --vector ${found[0]} starts there`
    const who =
        vectorTable === undefined
            ? `where the core starts`
            : `which --vector names`
    throw new UsageError(
        `${name} has no vector table at ${hex(start)}, ${who} (a word that points to the end of a stack in RAM, and one with bit 0 set that points into the program): ${hint}`
    )
}

function vectorTables(elf: ElfFile, places: readonly Place[]): number[] {
    return elf.segments.flatMap(({ address, bytes }) => {
        const found: number[] = []
        const first =
            Math.ceil(address / VECTOR_TABLE_ALIGNMENT) * VECTOR_TABLE_ALIGNMENT
        for (
            let at = first;
            at < address + bytes.length;
            at += VECTOR_TABLE_ALIGNMENT
        )
            if (isVectorTable(elf, at, places)) found.push(at)
        return found
    })
}

/** The initial stack pointer and the reset vector are plausible. */
function isVectorTable(
    elf: ElfFile,
    address: number,
    places: readonly Place[]
): boolean {
    const stack = wordAt(elf, address)
    const reset = wordAt(elf, address + 4)
    if (stack === undefined || reset === undefined) return false
    const inRam = places.some(
        place =>
            place.address !== FLASH_BASE &&
            stack > place.address &&
            stack <= place.address + place.bytes
    )
    return inRam && (reset & 1) === 1 && wordAt(elf, reset & ~3) !== undefined
}

/** A word that the file loads. */
function wordAt(elf: ElfFile, address: number): number | undefined {
    for (const { address: start, bytes } of elf.segments) {
        const at = address - start
        if (at < 0 || at + 4 > bytes.length) continue
        return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
    }
    return undefined
}

function hex(address: number): string {
    return `0x${address.toString(16).padStart(8, "0")}`
}
