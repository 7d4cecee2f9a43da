// SPDX-License-Identifier: MIT
// Reads an ELF32 file for ARM: what goes into the chip's memories, and the names of its addresses.

import { UsageError } from "../../protocol/errors.ts"

/** Bytes that a programmer writes. */
export interface Segment {
    readonly address: number
    readonly bytes: Uint8Array
}

export interface Symbol {
    readonly name: string
    /** Without the Thumb bit. */
    readonly address: number
    readonly bytes: number
    readonly isFunction: boolean
}

export interface ElfFile {
    /** Load addresses (LMA): initialised data is in flash, start-up code copies it. */
    readonly segments: readonly Segment[]
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

const EM_ARM = 40
const ET_EXEC = 2
const PT_LOAD = 1
const SHT_SYMTAB = 2
const STT_FUNC = 2
const STT_FILE = 4

/**
 * Read an ELF file.
 * @param name of the file, for messages
 * @param places flash and RAM of the chip
 * @throws UsageError when it is not an ELF file, not for ARM, or does not fit the chip
 */
export function readElf(
    file: Uint8Array,
    name: string,
    places: readonly Place[]
): ElfFile {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
    checkHeader(view, name)
    const read = new Reader(view, name)
    const segments: Segment[] = []
    for (const header of read.table(28, 42, 44)) {
        const bytes = read.word(header + 16)
        if (read.word(header) !== PT_LOAD || bytes === 0) continue
        const address = read.word(header + 12)
        const segment = {
            address,
            bytes: read.bytes(read.word(header + 4), bytes),
        }
        checkPlace(segment, name, places)
        segments.push(segment)
    }
    if (segments.length === 0)
        throw new UsageError(`${name} has nothing to load: no program segments`)
    return {
        segments,
        symbols: new SymbolTable(readSymbols(read)),
        entry: read.word(24),
    }
}

/** Bounds-checked little-endian reads. */
class Reader {
    constructor(
        private readonly view: DataView,
        private readonly name: string
    ) {}

    word(offset: number): number {
        this.need(offset, 4)
        return this.view.getUint32(offset, true)
    }

    half(offset: number): number {
        this.need(offset, 2)
        return this.view.getUint16(offset, true)
    }

    bytes(offset: number, length: number): Uint8Array {
        this.need(offset, length)
        return new Uint8Array(
            this.view.buffer,
            this.view.byteOffset + offset,
            length
        )
    }

    /** Offsets of a table's entries: the header has its offset, the entry size and the count at these places. */
    table(offsetAt: number, sizeAt: number, countAt: number): number[] {
        const start = this.word(offsetAt)
        const size = this.half(sizeAt)
        return Array.from(
            { length: this.half(countAt) },
            (_, index) => start + index * size
        )
    }

    private need(offset: number, length: number): void {
        if (offset + length > this.view.byteLength)
            throw new UsageError(
                `${this.name} is cut short: it has ${this.view.byteLength} bytes, its headers speak of ${offset + length}`
            )
    }
}

function checkHeader(view: DataView, name: string): void {
    if (view.byteLength < 52 || view.getUint32(0, false) !== 0x7f454c46)
        throw new UsageError(
            `${name} is not an ELF file: it does not begin with 7f 45 4c 46`
        )
    const is32 = view.getUint8(4) === 1
    const littleEndian = view.getUint8(5) === 1
    const machine = view.getUint16(18, littleEndian)
    if (!is32 || !littleEndian || machine !== EM_ARM)
        throw new UsageError(
            `${name} is an ELF file for another machine (${is32 ? 32 : 64} bits, machine ${machine}): ` +
                `an STM32F4 needs 32 bits, little endian, ARM (${EM_ARM})`
        )
    const type = view.getUint16(16, true)
    if (type !== ET_EXEC)
        throw new UsageError(
            `${name} is not a linked program (ELF type ${type}): give the file that the linker made`
        )
}

function checkPlace(
    { address, bytes }: Segment,
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

function readSymbols(read: Reader): Symbol[] {
    const sections = read.table(32, 46, 48)
    const section = sections.find(at => read.word(at + 4) === SHT_SYMTAB)
    if (section === undefined) return []
    const start = read.word(section + 16)
    const count = Math.floor(read.word(section + 20) / 16)
    const names = sections[read.word(section + 24)]
    if (names === undefined) return []
    const strings = read.bytes(read.word(names + 16), read.word(names + 20))
    const symbols: Symbol[] = []
    for (let index = 1; index < count; index++) {
        const at = start + index * 16
        const type = read.word(at + 12) & 15
        const name = text(strings, read.word(at))
        // Mapping symbols ($t, $d) name no function.
        if (name === "" || name.startsWith("$") || type === STT_FILE) continue
        const value = read.word(at + 4)
        symbols.push({
            name,
            address: type === STT_FUNC ? value & ~1 : value,
            bytes: read.word(at + 8),
            isFunction: type === STT_FUNC,
        })
    }
    return symbols
}

function text(strings: Uint8Array, offset: number): string {
    const end = strings.indexOf(0, offset)
    return new TextDecoder().decode(
        strings.subarray(offset, end < 0 ? strings.length : end)
    )
}
