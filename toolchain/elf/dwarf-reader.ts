// SPDX-License-Identifier: MIT
// Reads the encodings of DWARF (version 5, chapter 7): little-endian numbers, LEB128, texts.

/** A place in a section that moves on as it is read. */
export class DwarfReader {
    private readonly view: DataView

    constructor(
        readonly content: Uint8Array,
        /** Byte that is read next. */
        public at = 0,
        private readonly end = content.length
    ) {
        this.view = new DataView(
            content.buffer,
            content.byteOffset,
            content.byteLength
        )
    }

    get done(): boolean {
        return this.at >= this.end
    }

    /** Bytes that follow, as a reader of their own; this one goes on behind them. */
    part(bytes: number): DwarfReader {
        const end = this.take(bytes) + bytes
        return new DwarfReader(this.content, end - bytes, end)
    }

    uint8(): number {
        return this.view.getUint8(this.take(1))
    }

    int8(): number {
        return this.view.getInt8(this.take(1))
    }

    uint16(): number {
        return this.view.getUint16(this.take(2), true)
    }

    uint32(): number {
        return this.view.getUint32(this.take(4), true)
    }

    skip(bytes: number): void {
        this.take(bytes)
    }

    /** Unsigned LEB128, modulo 2^32. */
    uleb(): number {
        return this.leb().value >>> 0
    }

    /** Signed LEB128, 32 bits. */
    sleb(): number {
        const { value, shift, last } = this.leb()
        return shift < 32 && (last & 0x40) !== 0 ? value | (-1 << shift) : value
    }

    /** A text that ends with 0. */
    text(): string {
        const end = this.content.indexOf(0, this.at)
        if (end < 0 || end >= this.end) throw cutShort()
        const bytes = this.content.subarray(this.at, end)
        this.at = end + 1
        return new TextDecoder().decode(bytes)
    }

    private leb(): { value: number; shift: number; last: number } {
        let value = 0
        let shift = 0
        for (;;) {
            const last = this.uint8()
            if (shift < 32) value |= (last & 0x7f) << shift
            shift += 7
            if ((last & 0x80) === 0) return { value, shift, last }
        }
    }

    private take(bytes: number): number {
        const { at } = this
        if (at + bytes > this.end) throw cutShort()
        this.at = at + bytes
        return at
    }
}

function cutShort(): RangeError {
    return new RangeError("the debug information is cut short")
}
