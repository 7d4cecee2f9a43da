// SPDX-License-Identifier: MIT
// Compares the memory of a display with what the sensor sent: each word with the frame in which it was written.

/** One pixel of RGB565. */
const PIXEL_BYTES = 2

/** Where rows go in a display's memory (lines block of the frame grabber). */
export interface DisplayLayout {
    /** Of the row with the lowest address. */
    readonly address: number
    readonly strideBytes: number
    /** Of the display. */
    readonly rows: number
    readonly bottomUp: boolean
    /** The sensor's gray pixels become RGB565. */
    readonly fromGray: boolean
    /** Of the image: bytes of one row on the bus, and rows. */
    readonly lineBytes: number
    readonly lines: number
}

/** A display's memory at one time. */
export interface DisplayContent {
    readonly layout: DisplayLayout
    readonly bytes: Uint8Array
    /** For each word the sensor's frame in which it was written; -1: never. Empty outside of the frame memory. */
    readonly writtenIn: Int32Array
}

/**
 * @param frame undefined: nobody knows in which it was written
 * @returns a row of the image as the sensor sent it; undefined when it did not
 */
export type SentRow = (
    frame: number | undefined,
    row: number
) => Uint8Array | undefined

/** The sensor's frames in which the image was written; what lies beside it does not count. */
export function displayWriters(content: DisplayContent): Set<number> {
    const { layout, writtenIn } = content
    const words = shownBytes(layout) >> 2
    const writers = new Set<number>()
    for (let row = 0; row < layout.lines; row++) {
        const first = rowOffset(layout, row) >> 2
        for (const frame of writtenIn.subarray(first, first + words))
            writers.add(frame)
    }
    return writers
}

/** Count the image's pixels that are not what was sent, and the rows that have some. */
export function compareDisplay(
    content: DisplayContent,
    sentRow: SentRow
): { readonly pixelErrors: number; readonly wrongRows: number } {
    let pixelErrors = 0
    let wrongRows = 0
    for (let row = 0; row < content.layout.lines; row++) {
        const errors = wrongPixels(content, row, sentRow)
        pixelErrors += errors
        if (errors > 0) wrongRows++
    }
    return { pixelErrors, wrongRows }
}

function wrongPixels(
    { layout, bytes, writtenIn }: DisplayContent,
    row: number,
    sentRow: SentRow
): number {
    const start = rowOffset(layout, row)
    let errors = 0
    let frame: number | null | undefined = null
    let wanted: Uint8Array | undefined
    for (let at = 0; at < shownBytes(layout); at += PIXEL_BYTES) {
        const writer = writtenIn[(start + at) >> 2]
        if (writer !== frame) {
            frame = writer
            const sent = sentRow(writer, row)
            wanted = sent && layout.fromGray ? rgb565(sent) : sent
        }
        const same =
            bytes[start + at] === wanted?.[at] &&
            bytes[start + at + 1] === wanted?.[at + 1]
        if (!same) errors++
    }
    return errors
}

/** Offset of a row of the image, 0 at the top. */
function rowOffset(layout: DisplayLayout, row: number): number {
    const { rows, strideBytes, bottomUp } = layout
    return (bottomUp ? rows - 1 - row : row) * strideBytes
}

/** Bytes of one row of the image in the display's memory. */
function shownBytes(layout: DisplayLayout): number {
    return layout.lineBytes * (layout.fromGray ? PIXEL_BYTES : 1)
}

/** Gray as 5 bits of red, 6 of green and 5 of blue, low byte first. */
function rgb565(gray: Uint8Array): Uint8Array {
    const pixels = new Uint8Array(gray.length * PIXEL_BYTES)
    for (const [at, level] of gray.entries()) {
        const pixel = ((level >> 3) << 11) | ((level >> 2) << 5) | (level >> 3)
        pixels[PIXEL_BYTES * at] = pixel & 0xff
        pixels[PIXEL_BYTES * at + 1] = pixel >> 8
    }
    return pixels
}
