// SPDX-License-Identifier: MIT
// What the OV2640's port carries: the formats of IMAGE_MODE, and the conversion of RGB rows into their bytes.

import type { PixelFormat } from "../sensor-model.ts"

const JPEG = 0x10
const Y8 = 0x40
const FORMAT_MASK = 0x0c
const FORMAT_YUV422 = 0x00
const FORMAT_RGB565 = 0x08
const SWAP = 0x01
/** CTRL0 bit 4: V before U. */
const CTRL0_V_FIRST = 0x10

/**
 * The format that IMAGE_MODE (and CTRL0[4]) select.
 * @returns undefined for RAW10, whose colour order no source gives, and for the reserved code
 */
export function decodeFormat(
    imageMode: number,
    ctrl0: number
): PixelFormat | undefined {
    if ((imageMode & JPEG) !== 0) return "jpeg"
    if ((imageMode & Y8) !== 0) return "gray8"
    const swapped = (imageMode & SWAP) !== 0
    switch (imageMode & FORMAT_MASK) {
        case FORMAT_YUV422: {
            const vFirst = (ctrl0 & CTRL0_V_FIRST) !== 0
            if (swapped) return vFirst ? "vyuy" : "uyvy"
            return vFirst ? "yvyu" : "yuyv"
        }
        case FORMAT_RGB565:
            return swapped ? "rgb565le" : "rgb565be"
        default:
            return undefined
    }
}

/** Bytes per pixel on the port; 0 for JPEG, whose length the content decides. */
export function bytesPerPixel(format: PixelFormat): number {
    if (format === "jpeg") return 0
    return format === "gray8" ? 1 : 2
}

/**
 * Luma, BT.601, full range 0..255 (what drivers of this sensor assume: Y, Cb and Cr as in JFIF), in 1/256:
 * Y = (77 R + 150 G + 29 B + 128) >> 8.
 */
export function lumaOf(r: number, g: number, b: number): number {
    return (77 * r + 150 * g + 29 * b + 128) >> 8
}

/** Cb = 128 + ((-43 R - 85 G + 128 B + 128) >> 8), at most 255. */
function cbOf(r: number, g: number, b: number): number {
    return Math.min(255, 128 + ((-43 * r - 85 * g + 128 * b + 128) >> 8))
}

/** Cr = 128 + ((128 R - 107 G - 21 B + 128) >> 8), at most 255. */
function crOf(r: number, g: number, b: number): number {
    return Math.min(255, 128 + ((128 * r - 107 * g - 21 * b + 128) >> 8))
}

/** Places of Y0, U, Y1, V in the four bytes of a pixel pair. */
const YUV_ORDER: Readonly<
    Partial<Record<PixelFormat, readonly [number, number, number, number]>>
> = {
    yuyv: [0, 1, 2, 3],
    yvyu: [0, 3, 2, 1],
    uyvy: [1, 0, 3, 2],
    vyuy: [1, 2, 3, 0],
}

/** RGB pixels (3 bytes each, an even number per row) as the bytes of an uncompressed format. */
export function packPixels(rgb: Uint8Array, format: PixelFormat): Uint8Array {
    const pixels = rgb.length / 3
    const bytes = new Uint8Array(pixels * bytesPerPixel(format))
    const order = YUV_ORDER[format]
    if (order !== undefined) packYuv422(rgb, bytes, order)
    else if (format === "gray8") packGray(rgb, bytes)
    else packRgb565(rgb, bytes, format === "rgb565be" ? 0 : 1)
    return bytes
}

/** Chroma of a pair: the mean of both pixels' chroma, halves up. */
function packYuv422(
    rgb: Uint8Array,
    bytes: Uint8Array,
    [y0, u, y1, v]: readonly [number, number, number, number]
): void {
    for (let from = 0, to = 0; to < bytes.length; from += 6, to += 4) {
        const r0 = rgb[from]!
        const g0 = rgb[from + 1]!
        const b0 = rgb[from + 2]!
        const r1 = rgb[from + 3]!
        const g1 = rgb[from + 4]!
        const b1 = rgb[from + 5]!
        bytes[to + y0] = lumaOf(r0, g0, b0)
        bytes[to + y1] = lumaOf(r1, g1, b1)
        bytes[to + u] = (cbOf(r0, g0, b0) + cbOf(r1, g1, b1) + 1) >> 1
        bytes[to + v] = (crOf(r0, g0, b0) + crOf(r1, g1, b1) + 1) >> 1
    }
}

function packGray(rgb: Uint8Array, bytes: Uint8Array): void {
    for (let from = 0, to = 0; to < bytes.length; from += 3, to++)
        bytes[to] = lumaOf(rgb[from]!, rgb[from + 1]!, rgb[from + 2]!)
}

/** R[7:3] G[7:2] B[7:3]: the upper bits, without rounding. `high` is the place of the byte with red in it. */
function packRgb565(rgb: Uint8Array, bytes: Uint8Array, high: 0 | 1): void {
    for (let from = 0, to = 0; to < bytes.length; from += 3, to += 2) {
        const g = rgb[from + 1]!
        bytes[to + high] = (rgb[from]! & 0xf8) | (g >> 5)
        bytes[to + 1 - high] = ((g & 0x1c) << 3) | (rgb[from + 2]! >> 3)
    }
}
