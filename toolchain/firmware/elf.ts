// SPDX-License-Identifier: MIT
// Reads what the budget and the tests need of a 32-bit little-endian ELF file: sections and symbols.

import { CamscriptError } from "../../protocol/errors.ts"

export interface ElfSection {
    readonly name: string
    readonly address: number
    readonly bytes: number
    /** Takes memory on the chip. */
    readonly allocated: boolean
    /** Comes from the file; false: .bss and the like. */
    readonly loaded: boolean
    /** Content, as it is in the file; empty when there is none. */
    readonly content: Uint8Array
}

export interface ElfSymbol {
    readonly name: string
    readonly value: number
    readonly bytes: number
    readonly isFunction: boolean
    /** Defined here, not only asked for. */
    readonly defined: boolean
}

export interface Elf {
    readonly sections: readonly ElfSection[]
    readonly symbols: readonly ElfSymbol[]
}

const SHT_SYMTAB = 2
const SHT_NOBITS = 8
const SHF_ALLOC = 2
const STT_FUNC = 2
const SYMBOL_BYTES = 16

/**
 * Parse an ELF file.
 * @throws CamscriptError when it is not a 32-bit little-endian one
 */
export function readElf(file: Uint8Array): Elf {
    // Not a Buffer, whose slices are views.
    const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // 0x7f "ELF", 32 bits, little endian.
    if (
        bytes.length < 52 ||
        view.getUint32(0) !== 0x7f454c46 ||
        view.getUint16(4) !== 0x0101
    )
        throw new CamscriptError("not a 32-bit little-endian ELF file")
    const headers = sectionHeaders(view)
    const names = headers[view.getUint16(50, true)]!
    const text = (table: SectionHeader, offset: number): string => {
        const start = table.offset + offset
        return Buffer.from(
            bytes.subarray(start, bytes.indexOf(0, start))
        ).toString("latin1")
    }
    const sections = headers.map(header => ({
        name: text(names, header.name),
        address: header.address,
        bytes: header.bytes,
        allocated: (header.flags & SHF_ALLOC) !== 0,
        loaded: header.type !== SHT_NOBITS,
        content: bytes.subarray(
            header.offset,
            header.offset + (header.type === SHT_NOBITS ? 0 : header.bytes)
        ),
    }))
    const symbols: ElfSymbol[] = []
    for (const table of headers.filter(({ type }) => type === SHT_SYMTAB))
        for (let at = 0; at < table.bytes; at += SYMBOL_BYTES) {
            const entry = table.offset + at
            symbols.push({
                name: text(headers[table.link]!, view.getUint32(entry, true)),
                value: view.getUint32(entry + 4, true),
                bytes: view.getUint32(entry + 8, true),
                isFunction: (view.getUint8(entry + 12) & 15) === STT_FUNC,
                defined: view.getUint16(entry + 14, true) !== 0,
            })
        }
    return { sections, symbols }
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

function sectionHeaders(view: DataView): readonly SectionHeader[] {
    const start = view.getUint32(32, true)
    const stride = view.getUint16(46, true)
    return Array.from({ length: view.getUint16(48, true) }, (_, index) => {
        const word = (offset: number): number =>
            view.getUint32(start + index * stride + offset, true)
        return {
            name: word(0),
            type: word(4),
            flags: word(8),
            address: word(12),
            offset: word(16),
            bytes: word(20),
            link: word(24),
        }
    })
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
