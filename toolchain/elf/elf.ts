// SPDX-License-Identifier: MIT
// Reads a linked ELF32 file for ARM: what a programmer writes, sections and symbols (System V ABI, chapters 4 and 5).

import { inflateSync } from "node:zlib"
import { CamscriptError, UsageError } from "../../protocol/errors.ts"

/** Bytes that a programmer writes. */
export interface ElfSegment {
    /** Load address (LMA): initialised data is in flash, start-up code copies it. */
    readonly address: number
    readonly bytes: Uint8Array
}

export interface ElfSection {
    readonly name: string
    readonly address: number
    readonly bytes: number
    /** Takes memory on the chip. */
    readonly allocated: boolean
    /** Holds code. */
    readonly executable: boolean
    /** Comes from the file; false: .bss and the like. */
    readonly loaded: boolean
    /** Content; empty when there is none. Compressed debug information is already expanded. */
    readonly content: Uint8Array
}

export interface ElfSymbol {
    readonly name: string
    /** Of a function in Thumb code: with bit 0 set. */
    readonly value: number
    readonly bytes: number
    readonly isFunction: boolean
    /** The name of a source file. */
    readonly isFile: boolean
    /** Defined here, not only asked for. */
    readonly defined: boolean
}

export interface Elf {
    readonly entry: number
    readonly segments: readonly ElfSegment[]
    readonly sections: readonly ElfSection[]
    readonly symbols: readonly ElfSymbol[]
}

const HEADER_BYTES = 52
const SYMBOL_BYTES = 16
const EM_ARM = 40
const ET_EXEC = 2
const PT_LOAD = 1
const SHT_SYMTAB = 2
const SHT_NOBITS = 8
const SHF_ALLOC = 2
const SHF_EXECINSTR = 4
const SHF_COMPRESSED = 1 << 11
/** Elf32_Chdr. */
const COMPRESSION_HEADER_BYTES = 12
const ELFCOMPRESS_ZLIB = 1
/** A few bytes can expand to anything: debug information of a firmware has some megabytes. */
const EXPANDED_MAX_BYTES = 1 << 28
/** A longer name is cut: without the byte that ends it each symbol would have a file full. */
const NAME_MAX_BYTES = 4096
const STT_FUNC = 2
const STT_FILE = 4

/**
 * Parse an ELF file.
 * @param name of the file, for messages
 * @throws UsageError when it is no ELF file, not for ARM, not linked, or cut short
 */
export function parseElf(file: Uint8Array, name: string): Elf {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
    checkHeader(view, name)
    const read = new Reader(view, name)
    const headers = sectionHeaders(read)
    return {
        entry: read.word(24),
        segments: readSegments(read),
        sections: readSections(read, headers),
        symbols: readSymbols(read, headers),
    }
}

/**
 * Address of a symbol.
 * @throws CamscriptError when there is none
 */
export function symbolValue(elf: Elf, name: string): number {
    const symbol = elf.symbols.find(
        candidate => candidate.name === name && candidate.defined
    )
    if (symbol === undefined)
        throw new CamscriptError(`the ELF has no symbol ${name}`)
    return symbol.value
}

/** Bounds-checked little-endian reads. */
class Reader {
    private readonly file: Uint8Array

    constructor(
        private readonly view: DataView,
        private readonly name: string
    ) {
        // Not a Buffer, whose slices are views.
        this.file = new Uint8Array(
            view.buffer,
            view.byteOffset,
            view.byteLength
        )
    }

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
        return this.file.subarray(offset, offset + length)
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
    if (
        view.byteLength < HEADER_BYTES ||
        view.getUint32(0, false) !== 0x7f454c46
    )
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

function readSegments(read: Reader): ElfSegment[] {
    return read
        .table(28, 42, 44)
        .map(header => ({
            type: read.word(header),
            offset: read.word(header + 4),
            address: read.word(header + 12),
            bytes: read.word(header + 16),
        }))
        .filter(({ type, bytes }) => type === PT_LOAD && bytes > 0)
        .map(({ address, offset, bytes }) => ({
            address,
            bytes: read.bytes(offset, bytes),
        }))
}

interface SectionHeader {
    readonly name: number
    readonly type: number
    readonly flags: number
    readonly address: number
    readonly offset: number
    readonly bytes: number
    readonly link: number
}

function sectionHeaders(read: Reader): readonly SectionHeader[] {
    return read.table(32, 46, 48).map(at => ({
        name: read.word(at),
        type: read.word(at + 4),
        flags: read.word(at + 8),
        address: read.word(at + 12),
        offset: read.word(at + 16),
        bytes: read.word(at + 20),
        link: read.word(at + 24),
    }))
}

function readSections(
    read: Reader,
    headers: readonly SectionHeader[]
): ElfSection[] {
    const names = textsOf(read, headers[read.half(50)])
    return headers.map(header => {
        const { address, offset, bytes, flags, type } = header
        const loaded = type !== SHT_NOBITS
        return {
            name: names(header.name),
            address,
            bytes,
            allocated: (flags & SHF_ALLOC) !== 0,
            executable: (flags & SHF_EXECINSTR) !== 0,
            loaded,
            // Without content its offset says nothing: it may lie behind the end.
            content: loaded
                ? expanded(flags, read.bytes(offset, bytes))
                : new Uint8Array(0),
        }
    })
}

/** Empty when the method is unknown, or the content damaged: debug information is never needed. */
function expanded(flags: number, content: Uint8Array): Uint8Array {
    if ((flags & SHF_COMPRESSED) === 0) return content
    const view = new DataView(content.buffer, content.byteOffset)
    if (
        content.length < COMPRESSION_HEADER_BYTES ||
        view.getUint32(0, true) !== ELFCOMPRESS_ZLIB
    )
        return new Uint8Array(0)
    try {
        return inflateSync(content.subarray(COMPRESSION_HEADER_BYTES), {
            maxOutputLength: EXPANDED_MAX_BYTES,
        })
    } catch {
        return new Uint8Array(0)
    }
}

function readSymbols(
    read: Reader,
    headers: readonly SectionHeader[]
): ElfSymbol[] {
    const table = headers.find(({ type }) => type === SHT_SYMTAB)
    if (table === undefined) return []
    const names = textsOf(read, headers[table.link])
    const entries = read.bytes(table.offset, table.bytes)
    const view = new DataView(
        entries.buffer,
        entries.byteOffset,
        entries.length
    )
    return Array.from(
        { length: Math.floor(table.bytes / SYMBOL_BYTES) },
        (_, index) => {
            const at = index * SYMBOL_BYTES
            const type = view.getUint8(at + 12) & 15
            return {
                name: names(view.getUint32(at, true)),
                value: view.getUint32(at + 4, true),
                bytes: view.getUint32(at + 8, true),
                isFunction: type === STT_FUNC,
                isFile: type === STT_FILE,
                defined: view.getUint16(at + 14, true) !== 0,
            }
        }
    )
}

/** Reads the texts of a string table, by their offsets; without one all are empty. */
function textsOf(
    read: Reader,
    table: SectionHeader | undefined
): (offset: number) => string {
    const strings = table
        ? read.bytes(table.offset, table.bytes)
        : new Uint8Array(0)
    const decoder = new TextDecoder()
    return offset => {
        const name = strings.subarray(offset, offset + NAME_MAX_BYTES)
        const end = name.indexOf(0)
        return decoder.decode(end < 0 ? name : name.subarray(0, end))
    }
}
