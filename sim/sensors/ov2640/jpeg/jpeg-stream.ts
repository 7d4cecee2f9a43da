// SPDX-License-Identifier: MIT
// The OV2640's JPEG stream on the port: the image, filler to the end of a block, and how it is cut into bursts.

/**
 * Filler of zeros follows FF D9 up to the end of such a block, bytes. Users report fillers of 96 to 513 bytes and
 * totals that are multiples of 16; the chip's rule is not documented.
 */
export const JPEG_BLOCK_BYTES = 512

const MARKER = 0xff
const END_OF_IMAGE = 0xd9
const BURST_GRAIN_BYTES = 16

/** What one HREF pulse, or one burst of PCLK within a long one, carries. */
export interface Burst {
    readonly offset: number
    readonly sizeBytes: number
}

/** The image and its filler. */
export function padStream(jpeg: Uint8Array): Uint8Array {
    const blocks = Math.ceil(jpeg.length / JPEG_BLOCK_BYTES)
    const stream = new Uint8Array(blocks * JPEG_BLOCK_BYTES)
    stream.set(jpeg)
    return stream
}

/** A frame that nobody should use: entropy-coded noise, as from an image whose start was missed; no marker in it. */
export function brokenStream(sequence: number): Uint8Array {
    const stream = new Uint8Array(4 * JPEG_BLOCK_BYTES)
    let state = (sequence + 1) * 0x9e3779b1
    for (let i = 0; i < stream.length; i++) {
        state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + i
        const byte = state >>> 24
        stream[i] = byte === MARKER ? END_OF_IMAGE : byte
    }
    return stream
}

/** HREF like VSYNC: PCLK runs for one block at a time. */
export function blockBursts(sizeBytes: number): Burst[] {
    const bursts: Burst[] = []
    for (let offset = 0; offset < sizeBytes; offset += JPEG_BLOCK_BYTES)
        bursts.push({
            offset,
            sizeBytes: Math.min(JPEG_BLOCK_BYTES, sizeBytes - offset),
        })
    return bursts
}

/** HREF in pulses: lines of unequal length, between 256 and 1008 bytes, the last one shorter; the same in each run. */
export function lineBursts(sizeBytes: number): Burst[] {
    const bursts: Burst[] = []
    let state = sizeBytes
    for (let offset = 0; offset < sizeBytes;) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0
        const wanted = (16 + ((state >>> 16) % 48)) * BURST_GRAIN_BYTES
        const size = Math.min(wanted, sizeBytes - offset)
        bursts.push({ offset, sizeBytes: size })
        offset += size
    }
    return bursts
}
