// SPDX-License-Identifier: MIT
// DeviceScript's Buffer methods and `hex` literals on top of Node's Buffer, for vitest.

declare global {
    /** Bytes from hexadecimal digits; white space is ignored. In DeviceScript they stay in flash. */
    function hex(text: TemplateStringsArray, ...values: never[]): Buffer

    // The parameter must be there to merge with Node's declaration.
    // eslint-disable-next-line @typescript-eslint/no-unused-vars
    interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
        /** Read a number; `format` is u8, u16, u32, i8, i16, i32, f32 or f64, little endian. */
        getAt(offset: number, format: string): number
        /** Write a number; `format` as in getAt. */
        setAt(offset: number, format: string, value: number): void
        /** Copy `length` bytes of `source` from `sourceOffset` on to `offset`. */
        blitAt(
            offset: number,
            source: Buffer | string,
            sourceOffset: number,
            length: number
        ): void
        /** Set `length` bytes from `offset` on to `value`. */
        fillAt(offset: number, length: number, value: number): void
        getBit(index: number): boolean
        setBit(index: number, on: boolean): void
        /** Turn the bytes `from`..`to` left by `shift`. */
        rotate(shift: number, from?: number, to?: number): void
    }
}

type Getter = (view: DataView, offset: number) => number
type Setter = (view: DataView, offset: number, value: number) => void

const GETTERS: Readonly<Record<string, Getter>> = {
    u8: (view, offset) => view.getUint8(offset),
    u16: (view, offset) => view.getUint16(offset, true),
    u32: (view, offset) => view.getUint32(offset, true),
    i8: (view, offset) => view.getInt8(offset),
    i16: (view, offset) => view.getInt16(offset, true),
    i32: (view, offset) => view.getInt32(offset, true),
    f32: (view, offset) => view.getFloat32(offset, true),
    f64: (view, offset) => view.getFloat64(offset, true),
}

const SETTERS: Readonly<Record<string, Setter>> = {
    u8: (view, offset, value) => view.setUint8(offset, value),
    u16: (view, offset, value) => view.setUint16(offset, value, true),
    u32: (view, offset, value) => view.setUint32(offset, value, true),
    i8: (view, offset, value) => view.setInt8(offset, value),
    i16: (view, offset, value) => view.setInt16(offset, value, true),
    i32: (view, offset, value) => view.setInt32(offset, value, true),
    f32: (view, offset, value) => view.setFloat32(offset, value, true),
    f64: (view, offset, value) => view.setFloat64(offset, value, true),
}

function viewOf(buffer: Buffer): DataView {
    return new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
}

function known<T>(table: Readonly<Record<string, T>>, format: string): T {
    const entry = table[format]
    if (entry === undefined)
        throw new TypeError(`Buffer: no number format "${format}"`)
    return entry
}

const methods = {
    getAt(this: Buffer, offset: number, format: string): number {
        return known(GETTERS, format)(viewOf(this), offset)
    },
    setAt(this: Buffer, offset: number, format: string, value: number): void {
        known(SETTERS, format)(viewOf(this), offset, value)
    },
    blitAt(
        this: Buffer,
        offset: number,
        source: Buffer | string,
        sourceOffset: number,
        length: number
    ): void {
        const bytes = typeof source === "string" ? Buffer.from(source) : source
        bytes.copy(this, offset, sourceOffset, sourceOffset + length)
    },
    fillAt(this: Buffer, offset: number, length: number, value: number): void {
        this.fill(value, offset, offset + length)
    },
    getBit(this: Buffer, index: number): boolean {
        return ((this[index >> 3]! >> (index & 7)) & 1) === 1
    },
    setBit(this: Buffer, index: number, on: boolean): void {
        const bit = 1 << (index & 7)
        this[index >> 3] = on
            ? this[index >> 3]! | bit
            : this[index >> 3]! & ~bit
    },
    rotate(this: Buffer, shift: number, from = 0, to = this.length): void {
        const part = Buffer.from(this.subarray(from, to))
        const length = part.length
        for (let i = 0; i < length; i++)
            this[from + i] = part[(((i + shift) % length) + length) % length]!
    },
}

for (const [name, value] of Object.entries(methods))
    Object.defineProperty(Buffer.prototype, name, {
        value,
        writable: true,
        configurable: true,
    })

function hexLiteral(text: TemplateStringsArray): Buffer {
    const digits = text.join("").replace(/\s+/g, "")
    if (!/^([0-9a-f]{2})*$/i.test(digits))
        throw new SyntaxError(`hex\`${text.join("")}\` is not pairs of digits`)
    return Buffer.from(digits, "hex")
}

Object.defineProperty(globalThis, "hex", {
    value: hexLiteral,
    writable: true,
    configurable: true,
})

export {}
