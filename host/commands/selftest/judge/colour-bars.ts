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

/** Bytes in the middle of each bar: neighbours of another bar may be mixed into the outer ones. */
export function knownBytes(): KnownByte[] {
    return BARS.flatMap(([y, cb, cr], bar) => {
        // A whole group of four, away from both edges where the captured row has it.
        const middle = bar * BAR_BYTES + BAR_BYTES / 2
        const inner = Math.min(
            Math.max(middle, OV2640_SHAPE.offsetBytes),
            OV2640_SHAPE.offsetBytes + OV2640_SHAPE.lineBytes - 4
        )
        const at = 4 * Math.floor(inner / 4)
        const column = at - OV2640_SHAPE.offsetBytes
        return [y, cb, y, cr].map((sent, i) => ({ column: column + i, sent }))
    })
}
