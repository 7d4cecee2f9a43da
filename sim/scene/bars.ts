// SPDX-License-Identifier: MIT
// Eight colour bars: white, yellow, cyan, green, magenta, red, blue, black, at full saturation.

import { lumaOfRgb } from "./colour.ts"
import type { Scene } from "./scene.ts"
import { StillScene } from "./still-scene.ts"
import type { Size } from "../../protocol/capture.ts"

/** 0xRRGGBB, from the left; falling luma. */
export const BAR_COLOURS = [
    0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff,
    0x000000,
] as const

/** Bar n covers the columns x with floor(8 x / width) = n. */
export function barsScene(size: Size): Scene {
    const { width, height } = size
    const row = new Uint8Array(3 * width)
    for (let x = 0; x < width; x++) {
        const colour =
            BAR_COLOURS[Math.floor((x * BAR_COLOURS.length) / width)]!
        row.set([colour >> 16, (colour >> 8) & 0xff, colour & 0xff], 3 * x)
    }
    const rgb = new Uint8Array(3 * width * height)
    for (let y = 0; y < height; y++) rgb.set(row, y * row.length)
    return new StillScene("bars", size, lumaOfRgb(rgb), rgb)
}
