// SPDX-License-Identifier: MIT
// Colours of scenes: what a gray sensor sees of them, and how a video's become RGB.

/** Luma of every pixel (BT.601, full range, 1/256): what a monochrome sensor sees. */
export function lumaOfRgb(rgb: Uint8Array): Uint8Array {
    const luma = new Uint8Array(rgb.length / 3)
    for (let i = 0, at = 0; i < luma.length; i++, at += 3)
        luma[i] =
            (77 * rgb[at]! + 150 * rgb[at + 1]! + 29 * rgb[at + 2]! + 128) >> 8
    return luma
}

/** Planes of a YUV image. */
export interface YuvPlanes {
    readonly y: Uint8Array
    readonly cb: Uint8Array
    readonly cr: Uint8Array
}

/** For one pixel of a field: its place in the luma plane, and in the chroma planes. */
export interface YuvMap {
    readonly luma: Uint32Array
    readonly chroma: Uint32Array
}

/**
 * Colours of a BT.601 video, in 1/256: R = Y + 1.402 Cr, G = Y - 0.344 Cb - 0.714 Cr, B = Y + 1.772 Cb.
 * @param luma full-range level for each Y of the video
 * @param fullRange chroma is 0..255 around 128, not 16..240
 */
export function yuvToRgb(
    planes: YuvPlanes,
    map: YuvMap,
    luma: Uint8Array,
    fullRange: boolean
): Uint8Array {
    const stretch = fullRange ? 1 : 255 / 224
    const chroma = Int16Array.from({ length: 256 }, (_, level) =>
        Math.round((level - 128) * stretch)
    )
    const rgb = new Uint8ClampedArray(3 * map.luma.length)
    for (let i = 0, at = 0; i < map.luma.length; i++, at += 3) {
        const y = luma[planes.y[map.luma[i]!]!]!
        const cb = chroma[planes.cb[map.chroma[i]!]!]!
        const cr = chroma[planes.cr[map.chroma[i]!]!]!
        rgb[at] = y + ((359 * cr + 128) >> 8)
        rgb[at + 1] = y - ((88 * cb + 183 * cr + 128) >> 8)
        rgb[at + 2] = y + ((454 * cb + 128) >> 8)
    }
    return new Uint8Array(rgb.buffer)
}
