// SPDX-License-Identifier: MIT
// The OV2640's colour bars as YUYV: what is sent in the middle of each bar. Pure.
// Source: full-range BT.601 as JFIF has it; colours and order of the bars are in no document (docs/fidelity/ov2640.md).

import { OV2640_SHAPE } from "../../../../protocol/selftest.ts"

/** White, yellow, cyan, green, magenta, red, blue, black: Y, Cb, Cr. */
const BARS = [
    [255, 128, 128],
    [226, 1, 149],
    [178, 171, 1],
    [149, 43, 21],
    [106, 213, 235],
    [77, 85, 255],
    [29, 255, 107],
    [0, 128, 128],
] as const

const BAR_BYTES = OV2640_SHAPE.busLineBytes / BARS.length

/** A byte that is certain, by its place in the captured row. */
export interface KnownByte {
    readonly column: number
    readonly sent: number
}

/** Where in the captured row four bytes are all of one bar: neighbours of another bar may be mixed into its outer ones. */
function columnOf(bar: number): number {
    const { offsetBytes, lineBytes } = OV2640_SHAPE
    const middle = bar * BAR_BYTES + BAR_BYTES / 2
    const last = offsetBytes + lineBytes - 4
    const inner = Math.min(Math.max(middle, offsetBytes), last)
    return 4 * Math.floor(inner / 4) - offsetBytes
}

/** Bytes that are certain in YUYV. */
export function knownYuv(): KnownByte[] {
    return BARS.flatMap(([y, cb, cr], bar) =>
        [y, cb, y, cr].map((sent, i) => ({ column: columnOf(bar) + i, sent }))
    )
}

/** Bytes that are certain in RGB565, high byte first: each colour is there or not. */
export function knownRgb565(): KnownByte[] {
    return BARS.flatMap((_, bar) => {
        // White, yellow, cyan, green: with green; of each four the first two with red; every other one with blue.
        const green = bar < 4
        const red = bar % 4 < 2
        const blue = bar % 2 === 0
        const high = (red ? 0xf8 : 0) | (green ? 0x07 : 0)
        const low = (green ? 0xe0 : 0) | (blue ? 0x1f : 0)
        return [high, low, high, low].map((sent, i) => ({
            column: columnOf(bar) + i,
            sent,
        }))
    })
}
