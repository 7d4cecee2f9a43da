// SPDX-License-Identifier: MIT
import { Frame } from "camscript/kernel"

// Luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, where 31, 63 and 31 are white: 255; in 1/65536.
const RED = 161188
const GREEN = 155710
const BLUE = 61456

/**
 * Gray levels of RGB565, high byte first as the OV2640 sends it. `out` gets a byte for each pixel, from the start of each of its rows; it may
 * be the frame itself.
 */
export function rgb565ToGray(frame: Frame, out: Frame): void {
    const width = frame.width
    const height = min(frame.height, out.height)
    for (let y = 0; y < height; y++) {
        const pixels = frame.row(y)
        const result = out.row(y)
        for (let x = 0; x < width; x++) {
            const high = pixels[2 * x]
            const low = pixels[2 * x + 1]
            const red = high >> 3
            const green = ((high & 7) << 3) | (low >> 5)
            const blue = low & 31
            result[x] = (RED * red + GREEN * green + BLUE * blue + 32768) >> 16
        }
    }
}

/** Gray levels of YUV 4:2:2 in the order Y0 U Y1 V: its Y. `out` is as of rgb565ToGray(). */
export function yuv422ToGray(frame: Frame, out: Frame): void {
    const width = frame.width
    const height = min(frame.height, out.height)
    for (let y = 0; y < height; y++) {
        const pixels = frame.row(y)
        const result = out.row(y)
        for (let x = 0; x < width; x++) result[x] = pixels[2 * x]
    }
}
