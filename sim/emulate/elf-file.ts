// SPDX-License-Identifier: MIT
// What the emulator needs of an ELF: the bytes to load, where they go, and names for addresses (System V ABI, ARM ELF).
// Not read: relocations, debug information, shared objects.

import { UsageError } from "../errors.ts"

export interface ElfSegment {
    /** Where its bytes are stored: the load address (flash for initialised data), not where the program runs it. */
    readonly address: number
    readonly bytes: Uint8Array
}

export interface ElfFile {
    readonly segments: readonly ElfSegment[]
    /** Name and offset of the function at an address: "main+0x12"; undefined when no symbol covers it. */
    readonly nameOf: (address: number) => string | undefined
    /** Address of a symbol; undefined when there is none. */
    readonly addressOf: (symbol: string) => number | undefined
}

const MAGIC = 0x464c457f
const CLASS_32 = 1
const LITTLE_ENDIAN = 1
const MACHINE_ARM = 40
const TYPE_EXECUTABLE = 2
const SEGMENT_LOAD = 1
const SECTION_SYMBOLS = 2
const SYMBOL_FUNCTION = 2
const SYMBOL_BYTES = 16

/**
 * Read an ELF.
 * @param name of the file, for messages
 * @throws UsageError when it is no executable for a 32-bit ARM
 */
export function readElf(file: Uint8Array, name: string): ElfFile {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
    const problem = headerProblem(view)
    if (problem !== undefined) throw new UsageError(`${name} ${problem}`)
    try {
        const symbols = readSymbols(view, file)
        return {
            segments: readSegments(view, file),
            nameOf: address => nameOf(symbols, address),
            addressOf: symbol =>
                symbols.find(candidate => candidate.name === symbol)?.address,
        }
    } catch (error) {
        if (!(error instanceof RangeError)) throw error
        throw new UsageError(
            `${name} is cut short: its headers point beyond its end`
        )
    }
}

function headerProblem(view: DataView): string | undefined {
    if (view.byteLength < 52 || view.getUint32(0, true) !== MAGIC)
        return "is no ELF file"
    if (view.getUint8(4) !== CLASS_32 || view.getUint8(5) !== LITTLE_ENDIAN)
        return "is no 32-bit little-endian ELF: STM32 firmware is"
    const machine = view.getUint16(18, true)
    if (machine !== MACHINE_ARM)
        return `is an ELF for machine ${machine}, not for ARM (${MACHINE_ARM})`
    const type = view.getUint16(16, true)
    if (type !== TYPE_EXECUTABLE)
        return `is an ELF of type ${type}: only linked executables (${TYPE_EXECUTABLE}) can be run`
    return undefined
}

function readSegments(view: DataView, file: Uint8Array): ElfSegment[] {
    const first = view.getUint32(28, true)
    const entryBytes = view.getUint16(42, true)
    const count = view.getUint16(44, true)
    const segments: ElfSegment[] = []
    for (let index = 0; index < count; index++) {
        const at = first + index * entryBytes
        const bytes = view.getUint32(at + 16, true)
        if (view.getUint32(at, true) !== SEGMENT_LOAD || bytes === 0) continue
        const offset = view.getUint32(at + 4, true)
        if (offset + bytes > file.length) throw new RangeError("segment")
        segments.push({
            address: view.getUint32(at + 12, true),
            bytes: file.subarray(offset, offset + bytes),
        })
    }
    return segments
}

interface Symbol {
    readonly name: string
    readonly address: number
    readonly bytes: number
    readonly isFunction: boolean
}

function readSymbols(view: DataView, file: Uint8Array): Symbol[] {
    const first = view.getUint32(32, true)
    const entryBytes = view.getUint16(46, true)
    const count = view.getUint16(48, true)
    const section = (index: number): number => first + index * entryBytes
    for (let index = 0; index < count; index++) {
        const at = section(index)
        if (view.getUint32(at + 4, true) !== SECTION_SYMBOLS) continue
        const names = view.getUint32(
            section(view.getUint32(at + 24, true)) + 16,
            true
        )
        return symbolsAt(view, file, {
            offset: view.getUint32(at + 16, true),
            bytes: view.getUint32(at + 20, true),
            names,
        })
    }
    return []
}

function symbolsAt(
    view: DataView,
    file: Uint8Array,
    table: { offset: number; bytes: number; names: number }
): Symbol[] {
    const symbols: Symbol[] = []
    for (let done = 0; done < table.bytes; done += SYMBOL_BYTES) {
        const at = table.offset + done
        const name = textAt(file, table.names + view.getUint32(at, true))
        // ARM's mapping symbols ($t, $d) name no thing.
        if (name === "" || name.startsWith("$")) continue
        const isFunction = (view.getUint8(at + 12) & 0xf) === SYMBOL_FUNCTION
        const value = view.getUint32(at + 4, true)
        symbols.push({
            name,
            // Bit 0 of a function says Thumb.
            address: isFunction ? (value & ~1) >>> 0 : value,
            bytes: view.getUint32(at + 8, true),
            isFunction,
        })
    }
    return symbols
}

function textAt(file: Uint8Array, start: number): string {
    const end = file.indexOf(0, start)
    return Buffer.from(file.subarray(start, end < 0 ? start : end)).toString(
        "latin1"
    )
}

function nameOf(
    symbols: readonly Symbol[],
    address: number
): string | undefined {
    const found = symbols.find(
        symbol =>
            symbol.isFunction &&
            address >= symbol.address &&
            address < symbol.address + Math.max(symbol.bytes, 1)
    )
    if (found === undefined) return undefined
    const offset = address - found.address
    return offset === 0 ? found.name : `${found.name}+0x${offset.toString(16)}`
}
