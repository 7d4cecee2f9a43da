// SPDX-License-Identifier: MIT
// What an LCD must show: black, and in a window the sensor's frame.

import type { LcdImage } from "../../../sim/displays/lcd-controller.ts"

export interface GlassWindow {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
}

/** Pixels as the firmware hands them to the LCD: gray that it made RGB565, or RGB565 as it came, the low byte first. */
export type GlassPixels = "gray" | "rgb565le"

function widened(bits: number, count: 5 | 6): number {
    return (bits << (8 - count)) | (bits >> (2 * count - 8))
}

function colourOf(sent: Uint8Array, pixel: number, pixels: GlassPixels) {
    if (pixels === "rgb565le")
        return sent[2 * pixel]! | (sent[2 * pixel + 1]! << 8)
    const gray = sent[pixel]!
    return ((gray >> 3) << 11) | ((gray >> 2) << 5) | (gray >> 3)
}

/** The whole glass. @param sent a frame of the window's size */
export function expectedGlass(
    sent: Uint8Array,
    pixels: GlassPixels,
    { x, y, width, height }: GlassWindow,
    [widthPx, heightPx]: readonly [number, number] = [320, 240]
): LcdImage {
    const rgb = new Uint8Array(widthPx * heightPx * 3)
    for (let pixel = 0; pixel < width * height; pixel++) {
        const colour = colourOf(sent, pixel, pixels)
        const row = y + Math.floor(pixel / width)
        const at = 3 * (row * widthPx + x + (pixel % width))
        rgb[at] = widened(colour >> 11, 5)
        rgb[at + 1] = widened((colour >> 5) & 63, 6)
        rgb[at + 2] = widened(colour & 31, 5)
    }
    return { widthPx, heightPx, rgb }
}
