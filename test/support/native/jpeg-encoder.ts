// SPDX-License-Identifier: MIT
// A baseline JPEG encoder that is told everything: sampling factors, restart intervals, what lies between the segments.
// Written from ITU-T T.81; sharp, which offers none of these, decodes what it writes.

/** T.81 tables K.3 to K.6: BITS and HUFFVAL. Of the AC tables as the run/size pairs are listed there. */
const DC_LUMINANCE = {
    bits: "0,1,5,1,1,1,1,1,1,0,0,0,0,0,0,0",
    symbols: counting(12),
}
const DC_CHROMINANCE = {
    bits: "0,3,1,1,1,1,1,1,1,1,1,0,0,0,0,0",
    symbols: counting(12),
}
const AC_LUMINANCE = {
    bits: "0,2,1,3,3,2,4,3,5,5,4,4,0,0,1,125",
    symbols:
        "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738" +
        "393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5" +
        "a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
}
const AC_CHROMINANCE = {
    bits: "0,2,1,2,4,4,3,4,7,5,4,4,0,1,2,119",
    symbols:
        "0001020311040521310612415107617113223281081442" +
        "91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a6364656667" +
        "68696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9ca" +
        "d2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
}

function counting(count: number): string {
    return Array.from({ length: count }, (_, i) =>
        i.toString(16).padStart(2, "0")
    ).join("")
}

interface HuffmanTable {
    readonly bits: readonly number[]
    readonly symbols: readonly number[]
    /** By symbol. */
    readonly codes: ReadonlyMap<number, { code: number; length: number }>
}

/** T.81 annex C. */
function huffmanTable({
    bits,
    symbols,
}: {
    bits: string
    symbols: string
}): HuffmanTable {
    const counts = bits.split(",").map(Number)
    const values = [...symbols.matchAll(/../g)].map(([hex]) =>
        parseInt(hex, 16)
    )
    const codes = new Map<number, { code: number; length: number }>()
    let code = 0
    let at = 0
    for (const [i, count] of counts.entries()) {
        for (let n = 0; n < count; n++)
            codes.set(values[at++]!, { code: code++, length: i + 1 })
        code <<= 1
    }
    return { bits: counts, symbols: values, codes }
}

const DC = [DC_LUMINANCE, DC_CHROMINANCE].map(huffmanTable)
const AC = [AC_LUMINANCE, AC_CHROMINANCE].map(huffmanTable)

/** T.81 figure A.6: place in a block of the n-th coefficient. */
const ZIGZAG = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => {
    const diagonal = (i: number) => (i >> 3) + (i & 7)
    const along = (i: number) => (diagonal(i) % 2 === 0 ? i & 7 : i >> 3)
    return diagonal(a) - diagonal(b) || along(a) - along(b)
})

class BitWriter {
    readonly bytes: number[] = []
    private pending = 0
    private count = 0

    put(value: number, bits: number): void {
        for (let i = bits - 1; i >= 0; i--) {
            this.pending = (this.pending << 1) | ((value >> i) & 1)
            if (++this.count < 8) continue
            this.bytes.push(this.pending)
            if (this.pending === 0xff) this.bytes.push(0)
            this.pending = this.count = 0
        }
    }

    /** Padding is ones (F.1.2.3). */
    align(): void {
        while (this.count !== 0) this.put(1, 1)
    }
}

export interface Component {
    /** Sampling factors, 1..4. */
    readonly across: number
    readonly down: number
    /** Of the tables: 0 luminance, 1 chrominance. */
    readonly table: 0 | 1
    /** A sample, 0..255, at a place of the component's own grid. */
    readonly sample: (x: number, y: number) => number
}

export interface JpegOptions {
    readonly width: number
    readonly height: number
    readonly components: readonly Component[]
    /** Step of all coefficients, 1..255. */
    readonly step?: number
    /** MCUs between restart markers. */
    readonly restartInterval?: number
    /** Bytes of content of a comment. */
    readonly comment?: Uint8Array
}

const u16 = (value: number): number[] => [value >> 8, value & 0xff]

export function segment(marker: number, content: readonly number[]): number[] {
    return [0xff, marker, ...u16(content.length + 2), ...content]
}

function header(options: JpegOptions): number[] {
    const {
        width,
        height,
        components,
        step = 16,
        restartInterval,
        comment,
    } = options
    const tables = [...new Set(components.map(({ table }) => table))].sort()
    const huffman = (
        kind: number,
        id: number,
        { bits, symbols }: HuffmanTable
    ) => segment(0xc4, [(kind << 4) | id, ...bits, ...symbols])
    return [
        ...(comment ? segment(0xfe, [...comment]) : []),
        ...tables.flatMap(id =>
            segment(0xdb, [id, ...Array<number>(64).fill(step)])
        ),
        ...segment(0xc0, [
            8,
            ...u16(height),
            ...u16(width),
            components.length,
            ...components.flatMap(({ across, down, table }, i) => [
                i + 1,
                (across << 4) | down,
                table,
            ]),
        ]),
        ...tables.flatMap(id => [
            ...huffman(0, id, DC[id]!),
            ...huffman(1, id, AC[id]!),
        ]),
        ...(restartInterval === undefined
            ? []
            : segment(0xdd, u16(restartInterval))),
        ...segment(0xda, [
            components.length,
            ...components.flatMap(({ table }, i) => [
                i + 1,
                (table << 4) | table,
            ]),
            ...[0, 63, 0],
        ]),
    ]
}

/** Quantised coefficients of the block whose first sample is (x, y), in zigzag order (A.3.3). */
function coefficients(
    { sample }: Component,
    x: number,
    y: number,
    step: number
): number[] {
    return ZIGZAG.map(place => {
        const [u, v] = [place & 7, place >> 3]
        let sum = 0
        for (let j = 0; j < 8; j++)
            for (let i = 0; i < 8; i++)
                sum +=
                    (sample(x + i, y + j) - 128) * cosine(i, u) * cosine(j, v)
        return Math.round(sum / 4 / step)
    })
}

function cosine(at: number, frequency: number): number {
    return (
        Math.cos(((2 * at + 1) * frequency * Math.PI) / 16) *
        (frequency === 0 ? Math.SQRT1_2 : 1)
    )
}

/** Bits of a magnitude, and the bits that stand for the value (tables F.1 and F.2). */
function magnitude(value: number): [bits: number, code: number] {
    const bits = 32 - Math.clz32(Math.abs(value))
    return [bits, value >= 0 ? value : value + (1 << bits) - 1]
}

function writeBlock(
    to: BitWriter,
    block: readonly number[],
    difference: number,
    table: number
): void {
    const put = (from: HuffmanTable, symbol: number) => {
        const { code, length } = from.codes.get(symbol)!
        to.put(code, length)
    }
    const [dcBits, dcCode] = magnitude(difference)
    put(DC[table]!, dcBits)
    to.put(dcCode, dcBits)
    const last = block.findLastIndex((value, k) => k > 0 && value !== 0)
    let run = 0
    for (let k = 1; k <= last; k++) {
        if (block[k] === 0) {
            run++
            continue
        }
        for (; run > 15; run -= 16) put(AC[table]!, 0xf0)
        const [bits, code] = magnitude(block[k]!)
        put(AC[table]!, (run << 4) | bits)
        to.put(code, bits)
        run = 0
    }
    if (last < 63) put(AC[table]!, 0)
}

/** From FF D8 to FF D9, one scan with all components. */
export function encodeJpeg(options: JpegOptions): Uint8Array {
    const { width, height, step = 16, restartInterval } = options
    const single = options.components.length === 1
    const components = single
        ? [{ ...options.components[0]!, across: 1, down: 1 }]
        : options.components
    const across = Math.max(...components.map(component => component.across))
    const down = Math.max(...components.map(component => component.down))
    const columns = Math.ceil(width / (8 * across))
    const rows = Math.ceil(height / (8 * down))
    const to = new BitWriter()
    let predictions = components.map(() => 0)
    for (let mcu = 0; mcu < columns * rows; mcu++) {
        if (
            restartInterval !== undefined &&
            mcu > 0 &&
            mcu % restartInterval === 0
        ) {
            to.align()
            to.bytes.push(0xff, 0xd0 + ((mcu / restartInterval - 1) % 8))
            predictions = components.map(() => 0)
        }
        const [mcuX, mcuY] = [mcu % columns, Math.floor(mcu / columns)]
        for (const [c, component] of components.entries())
            for (let b = 0; b < component.across * component.down; b++) {
                const x = 8 * (mcuX * component.across + (b % component.across))
                const y =
                    8 *
                    (mcuY * component.down + Math.floor(b / component.across))
                const block = coefficients(component, x, y, step)
                writeBlock(
                    to,
                    block,
                    block[0]! - predictions[c]!,
                    component.table
                )
                predictions[c] = block[0]!
            }
    }
    to.align()
    return Uint8Array.from([
        0xff,
        0xd8,
        ...header(options),
        ...to.bytes,
        0xff,
        0xd9,
    ])
}
