// SPDX-License-Identifier: MIT
// Names of addresses, from the symbol table of an ELF file.

import { UsageError } from "../../protocol/errors.ts"
import type { ElfSymbol } from "./elf.ts"

export interface Symbol {
    readonly name: string
    /** Without the Thumb bit. */
    readonly address: number
    readonly bytes: number
    readonly isFunction: boolean
}

/** Functions without a size, as hand-written assembly has them, reach to the next one, and at most so far. */
const UNSIZED_MAX_BYTES = 0x400

export class SymbolTable {
    private readonly byName = new Map<string, Symbol>()
    /** By address. */
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

    /** The function that an address is in; undefined outside all functions. */
    functionAt(address: number): Symbol | undefined {
        const even = (address & ~1) >>> 0
        const index = lastAtOrBelow(this.functions, even)
        if (index < 0) return undefined
        const symbol = this.functions[index]!
        const next = this.functions[index + 1]?.address ?? Infinity
        const bytes =
            symbol.bytes > 0
                ? symbol.bytes
                : Math.min(next - symbol.address, UNSIZED_MAX_BYTES)
        return even - symbol.address < bytes ? symbol : undefined
    }

    /** The function at an address, as "main+0x12"; undefined outside all functions. */
    nameOf(address: number): string | undefined {
        const symbol = this.functionAt(address)
        if (symbol === undefined) return undefined
        const offset = ((address & ~1) >>> 0) - symbol.address
        return offset === 0
            ? symbol.name
            : `${symbol.name}+0x${offset.toString(16)}`
    }
}

/** What has a name in the source; mapping symbols ($t, $d) name nothing. */
export function symbolTable(symbols: readonly ElfSymbol[]): SymbolTable {
    return new SymbolTable(
        symbols
            .filter(
                ({ name, isFile }) =>
                    name !== "" && !name.startsWith("$") && !isFile
            )
            .map(({ name, value, bytes, isFunction }) => ({
                name,
                address: isFunction ? (value & ~1) >>> 0 : value,
                bytes,
                isFunction,
            }))
    )
}

/**
 * Index of the last entry that starts at or below an address, of entries in order; -1: none.
 * Of several at the same address it is the last.
 */
export function lastAtOrBelow(
    entries: readonly { readonly address: number }[],
    address: number
): number {
    let low = 0
    let high = entries.length
    while (low < high) {
        const middle = (low + high) >>> 1
        if (entries[middle]!.address <= address) low = middle + 1
        else high = middle
    }
    return low - 1
}
