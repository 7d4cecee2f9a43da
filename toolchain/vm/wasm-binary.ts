// SPDX-License-Identifier: MIT
// Reads the sections of a WebAssembly binary, and edits exports and constants in it.
//
// Source of the format: WebAssembly Core Specification 1.0, chapter 5 (binary format) and appendix A.4 (name section).

const SECTION_CUSTOM = 0
const SECTION_IMPORT = 2
const SECTION_GLOBAL = 6
const SECTION_EXPORT = 7
const SECTION_ELEMENT = 9
const SECTION_CODE = 10
const SECTION_DATA = 11
const EXTERNAL_FUNCTION = 0
const OPCODE_I32_CONST = 0x41
const OPCODE_F32_CONST = 0x43

/** A range of bytes, end exclusive. */
export interface ByteRange {
    readonly start: number
    readonly end: number
}

interface Section extends ByteRange {
    readonly id: number
    /** First byte after the section's id and length. */
    readonly body: number
}

/** A cursor over the binary. */
class Reader {
    constructor(
        private readonly bytes: Uint8Array,
        public offset: number
    ) {}

    byte(): number {
        const value = this.bytes[this.offset++]
        if (value === undefined)
            throw new RangeError("WebAssembly binary ends too early")
        return value
    }

    /** Unsigned LEB128, up to 32 bits. */
    u32(): number {
        let value = 0
        for (let shift = 0; ; shift += 7) {
            const byte = this.byte()
            value |= (byte & 0x7f) << shift
            if ((byte & 0x80) === 0) return value >>> 0
        }
    }

    /** Signed LEB128, up to 32 bits. */
    i32(): number {
        let value = 0
        for (let shift = 0; ;) {
            const byte = this.byte()
            value |= (byte & 0x7f) << shift
            shift += 7
            if ((byte & 0x80) !== 0) continue
            return shift < 32 && (byte & 0x40) !== 0
                ? value | (-1 << shift)
                : value
        }
    }

    text(): string {
        const length = this.u32()
        this.offset += length
        return new TextDecoder().decode(
            this.bytes.subarray(this.offset - length, this.offset)
        )
    }
}

/** A WebAssembly binary; an edit returns a new one. */
export class WasmBinary {
    private readonly sections: readonly Section[]
    private names: ReadonlyMap<string, number> | undefined

    constructor(readonly bytes: Uint8Array) {
        this.sections = readSections(bytes)
    }

    /**
     * The function of this name in the name section.
     * @returns its index, imported functions included
     * @throws RangeError when there is none
     */
    functionIndex(name: string): number {
        this.names ??= this.readFunctionNames()
        const index = this.names.get(name)
        if (index === undefined)
            throw new RangeError(
                `no function ${name} in the WebAssembly binary`
            )
        return index
    }

    /**
     * The slot of a function in table 0.
     * @throws RangeError when no element segment holds it
     */
    tableSlot(functionIndex: number): number {
        const reader = this.readerOf(SECTION_ELEMENT)
        for (let segments = reader.u32(); segments > 0; segments--) {
            if (reader.u32() !== 0 || reader.byte() !== OPCODE_I32_CONST)
                throw new RangeError(
                    "WebAssembly element segment is not an active one of table 0"
                )
            const offset = reader.i32()
            reader.byte()
            const count = reader.u32()
            let found = -1
            for (let slot = 0; slot < count; slot++)
                if (reader.u32() === functionIndex && found < 0)
                    found = offset + slot
            if (found >= 0) return found
        }
        throw new RangeError(
            `function ${functionIndex} is not in the WebAssembly table`
        )
    }

    /** The body of a function: local declarations and code; `head` is where its length stands. */
    functionBody(functionIndex: number): ByteRange & { readonly head: number } {
        const reader = this.readerOf(SECTION_CODE)
        const count = reader.u32()
        let index = this.importedFunctions()
        for (let i = 0; i < count; i++, index++) {
            const head = reader.offset
            const length = reader.u32()
            const start = reader.offset
            if (index === functionIndex)
                return { head, start, end: start + length }
            reader.offset += length
        }
        throw new RangeError(
            `no code for function ${functionIndex} in the WebAssembly binary`
        )
    }

    /** The data section's body. */
    data(): ByteRange {
        const section = this.section(SECTION_DATA)
        return { start: section.body, end: section.end }
    }

    /** Its active data segments in memory 0: address and content. */
    dataSegments(): {
        readonly address: number
        readonly content: Uint8Array
    }[] {
        if (!this.sections.some(({ id }) => id === SECTION_DATA)) return []
        const reader = this.readerOf(SECTION_DATA)
        return Array.from({ length: reader.u32() }, () => {
            if (reader.u32() !== 0 || reader.byte() !== OPCODE_I32_CONST)
                throw new RangeError(
                    "WebAssembly data segment is not an active one of memory 0"
                )
            const address = reader.i32() >>> 0
            reader.byte()
            const length = reader.u32()
            const start = reader.offset
            reader.offset += length
            return {
                address,
                content: this.bytes.subarray(start, start + length),
            }
        })
    }

    /** How many of its own global variables may be written. Of their types only i32 and f32 are expected. */
    mutableGlobals(): number {
        if (!this.sections.some(({ id }) => id === SECTION_GLOBAL)) return 0
        const reader = this.readerOf(SECTION_GLOBAL)
        let count = 0
        for (let globals = reader.u32(); globals > 0; globals--) {
            reader.byte()
            count += reader.byte()
            if (reader.byte() === OPCODE_F32_CONST) reader.offset += 4
            else reader.u32()
            reader.byte()
        }
        return count
    }

    /** Export functions of the name section under their own names. */
    withExports(names: readonly string[]): WasmBinary {
        const section = this.section(SECTION_EXPORT)
        const reader = new Reader(this.bytes, section.body)
        const count = reader.u32()
        const added = names.flatMap(name => {
            const text = new TextEncoder().encode(name)
            return [
                ...unsignedLeb(text.length),
                ...text,
                EXTERNAL_FUNCTION,
                ...unsignedLeb(this.functionIndex(name)),
            ]
        })
        const body = Buffer.concat([
            Uint8Array.from(unsignedLeb(count + names.length)),
            this.bytes.subarray(reader.offset, section.end),
            Uint8Array.from(added),
        ])
        const head = Uint8Array.from([
            SECTION_EXPORT,
            ...unsignedLeb(body.length),
        ])
        return new WasmBinary(
            Buffer.concat([
                this.bytes.subarray(0, section.start),
                head,
                body,
                this.bytes.subarray(section.end),
            ])
        )
    }

    /** Put bytes in place of others of the same length. */
    withBytes(offset: number, replacement: Uint8Array): WasmBinary {
        const bytes = new Uint8Array(this.bytes)
        bytes.set(replacement, offset)
        return new WasmBinary(bytes)
    }

    /**
     * Insert code into a function.
     * @param at offset inside the function's body
     */
    withCode(functionIndex: number, at: number, code: Uint8Array): WasmBinary {
        const { bytes } = this
        const section = this.section(SECTION_CODE)
        const body = this.functionBody(functionIndex)
        if (at < body.start || at > body.end)
            throw new RangeError(
                `offset ${at} is not in function ${functionIndex} of the WebAssembly binary, at ${body.start} to ${body.end}`
            )
        const functions = Buffer.concat([
            bytes.subarray(section.body, body.head),
            Uint8Array.from(unsignedLeb(body.end - body.start + code.length)),
            bytes.subarray(body.start, at),
            code,
            bytes.subarray(at, section.end),
        ])
        return new WasmBinary(
            Buffer.concat([
                bytes.subarray(0, section.start),
                Uint8Array.from([
                    SECTION_CODE,
                    ...unsignedLeb(functions.length),
                ]),
                functions,
                bytes.subarray(section.end),
            ])
        )
    }

    private section(id: number): Section {
        const section = this.sections.find(candidate => candidate.id === id)
        if (section === undefined)
            throw new RangeError(`the WebAssembly binary has no section ${id}`)
        return section
    }

    private readerOf(id: number): Reader {
        return new Reader(this.bytes, this.section(id).body)
    }

    private importedFunctions(): number {
        const reader = this.readerOf(SECTION_IMPORT)
        let functions = 0
        for (let imports = reader.u32(); imports > 0; imports--) {
            reader.text()
            reader.text()
            // Only functions are expected: other kinds have longer descriptions.
            if (reader.byte() !== EXTERNAL_FUNCTION)
                throw new RangeError(
                    "the WebAssembly binary imports something else than functions"
                )
            reader.u32()
            functions++
        }
        return functions
    }

    private readFunctionNames(): ReadonlyMap<string, number> {
        const names = new Map<string, number>()
        for (const section of this.sections) {
            if (section.id !== SECTION_CUSTOM) continue
            const reader = new Reader(this.bytes, section.body)
            if (reader.text() !== "name") continue
            while (reader.offset < section.end) {
                const kind = reader.byte()
                const end = reader.u32() + reader.offset
                if (kind === 1)
                    for (let count = reader.u32(); count > 0; count--) {
                        const index = reader.u32()
                        names.set(reader.text(), index)
                    }
                reader.offset = end
            }
        }
        return names
    }
}

/** i32.const with its operand in exactly `length` bytes: LEB128 may be padded. */
export function i32Const(value: number, length: number): Uint8Array {
    const bytes = [OPCODE_I32_CONST]
    let rest = value
    for (let i = 0; i < length; i++) {
        bytes.push((rest & 0x7f) | (i < length - 1 ? 0x80 : 0))
        rest >>= 7
    }
    // The last group's bit 6 is the sign, so that what is left has to repeat it.
    if (rest !== ((bytes[length]! & 0x40) === 0 ? 0 : -1))
        throw new RangeError(
            `${value} does not fit into ${length} bytes of signed LEB128`
        )
    return Uint8Array.from(bytes)
}

/** Offsets at which a byte sequence starts inside a range. */
export function findBytes(
    bytes: Uint8Array,
    range: ByteRange,
    wanted: Uint8Array
): number[] {
    const found: number[] = []
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (
        let at = buffer.indexOf(wanted, range.start);
        at >= 0;
        at = buffer.indexOf(wanted, at + 1)
    )
        if (at + wanted.length <= range.end) found.push(at)
    return found
}

function readSections(bytes: Uint8Array): Section[] {
    if (
        new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, false) !==
        0x0061736d
    )
        throw new RangeError("not a WebAssembly binary")
    const sections: Section[] = []
    for (let start = 8; start < bytes.length;) {
        const reader = new Reader(bytes, start)
        const id = reader.byte()
        const length = reader.u32()
        sections.push({
            id,
            start,
            body: reader.offset,
            end: reader.offset + length,
        })
        start = reader.offset + length
    }
    return sections
}

/** Unsigned LEB128 of a number below 2 ** 32. */
export function unsignedLeb(value: number): number[] {
    const bytes: number[] = []
    for (;;) {
        const group = value & 0x7f
        value >>>= 7
        if (value === 0) return [...bytes, group]
        bytes.push(group | 0x80)
    }
}
