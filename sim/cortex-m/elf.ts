// SPDX-License-Identifier: MIT
// An ELF file as a chip takes it: what goes into its memories, and the names of its addresses.

import { UsageError } from "../../protocol/errors.ts"
import {
    parseElf,
    type ElfSegment,
    type ElfSymbol,
} from "../../toolchain/firmware/elf.ts"

export interface Symbol {
    readonly name: string
    /** Without the Thumb bit. */
    readonly address: number
    readonly bytes: number
    readonly isFunction: boolean
}

export interface ElfFile {
    readonly segments: readonly ElfSegment[]
    readonly symbols: SymbolTable
    readonly entry: number
}

/** Where a segment may go. */
export interface Place {
    readonly name: string
    readonly address: number
    readonly bytes: number
}

/** Names of addresses. */
export class SymbolTable {
    private readonly byName = new Map<string, Symbol>()
    private readonly functions: readonly Symbol[]

    constructor(readonly all: readonly Symbol[]) {
        for (const symbol of all) this.byName.set(symbol.name, symbol)
        this.functions = all
            .filter(symbol => symbol.isFunction)
            .sort((a, b) => a.address - b.address)
    }

    find(name: string): Symbol | undefined {
        return this.byName.get(name)
    }

    /**
     * Address of a symbol.
     * @throws UsageError when the file has no such symbol
     */
    address(name: string): number {
        const symbol = this.byName.get(name)
        if (symbol === undefined)
            throw new UsageError(`the ELF file has no symbol "${name}"`)
        return symbol.address
    }

    /** The function at an address, as "main+0x12"; undefined outside all functions. */
    nameOf(address: number): string | undefined {
        const even = address & ~1
        const symbol = this.functions.findLast(
            candidate => candidate.address <= even
        )
        if (symbol === undefined) return undefined
        const offset = even - symbol.address
        if (offset >= Math.max(symbol.bytes, 2)) return undefined
        return offset === 0
            ? symbol.name
            : `${symbol.name}+0x${offset.toString(16)}`
    }
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
    const { segments, symbols, entry } = parseElf(file, name)
    for (const segment of segments) checkPlace(segment, name, places)
    if (segments.length === 0)
        throw new UsageError(`${name} has nothing to load: no program segments`)
    return { segments, symbols: new SymbolTable(named(symbols)), entry }
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

/** What has a name in the source; mapping symbols ($t, $d) name nothing. */
function named(symbols: readonly ElfSymbol[]): Symbol[] {
    return symbols
        .filter(
            ({ name, isFile }) =>
                name !== "" && !name.startsWith("$") && !isFile
        )
        .map(({ name, value, bytes, isFunction }) => ({
            name,
            address: isFunction ? value & ~1 : value,
            bytes,
            isFunction,
        }))
}
