// SPDX-License-Identifier: MIT
// An ELF file as a chip takes it: what goes into its memories, and what is known of its addresses.

import { UsageError } from "../../protocol/errors.ts"
import { parseElf, type ElfSegment } from "../../toolchain/elf/elf.ts"
import { ProgramMap } from "../../toolchain/elf/program-map.ts"
import type { SymbolTable } from "../../toolchain/elf/symbol-table.ts"

export interface ElfFile {
    readonly segments: readonly ElfSegment[]
    readonly symbols: SymbolTable
    /** Functions, source lines and calls at its addresses. */
    readonly map: ProgramMap
    readonly entry: number
}

/** Where a segment may go. */
export interface Place {
    readonly name: string
    readonly address: number
    readonly bytes: number
}

/**
 * Read an ELF file for a chip.
 * @param name of the file, for messages
 * @param places flash and RAM of the chip
 * @throws UsageError when it is not an ELF file, not for ARM, or does not fit the chip
 */
export function readElf(
    file: Uint8Array,
    name: string,
    places: readonly Place[]
): ElfFile {
    const elf = parseElf(file, name)
    const { segments, entry } = elf
    for (const segment of segments) checkPlace(segment, name, places)
    if (segments.length === 0)
        throw new UsageError(`${name} has nothing to load: no program segments`)
    const map = new ProgramMap(elf)
    return { segments, symbols: map.symbols, map, entry }
}

function checkPlace(
    { address, bytes }: ElfSegment,
    name: string,
    places: readonly Place[]
): void {
    const fits = places.some(
        place =>
            address >= place.address &&
            address + bytes.length <= place.address + place.bytes
    )
    if (fits) return
    const list = places
        .map(
            place =>
                `${place.name} 0x${place.address.toString(16)} to 0x${(place.address + place.bytes - 1).toString(16)}`
        )
        .join(", ")
    throw new UsageError(
        `${name} loads ${bytes.length} bytes at 0x${address.toString(16).padStart(8, "0")}, outside the chip's memories: ${list}`
    )
}
