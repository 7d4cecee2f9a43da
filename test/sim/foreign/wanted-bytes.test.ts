// SPDX-License-Identifier: MIT
// What a DCMI hands on of a frame, by its registers.

import { describe, expect, it } from "vitest"
import { wantedBytes } from "../../../sim/foreign/wanted-bytes.ts"
import type { SensorFrame } from "../../../sim/sensors/sensor-model.ts"

const CROP = 1 << 2
const BSM_EVERY_OTHER = 1 << 16
const LSM = 1 << 19
const OELS = 1 << 20

/** 8 columns, 4 rows; a byte is 10 x row + column. */
const SENT = { columns: 8, rows: 4, bytesPerPixel: 1 } as SensorFrame
const BYTES = Uint8Array.from({ length: 32 }, (_, index) => {
    const row = Math.floor(index / 8)
    return 10 * row + (index % 8)
})

function wanted(cr: number, cwstrt = 0, cwsize = 0): number[] {
    return [...wantedBytes(SENT, BYTES, { cr, cwstrt, cwsize })]
}

describe("the bytes that a DCMI hands on", () => {
    it("are all without a crop", () => {
        expect(wanted(0, 1, 1)).toEqual([...BYTES])
    })

    it("are those of the window", () => {
        expect(wanted(CROP, (1 << 16) | 2, (1 << 16) | 3)).toEqual([
            ...[12, 13, 14, 15],
            ...[22, 23, 24, 25],
        ])
    })

    it("end where the frame does", () => {
        expect(wanted(CROP, (3 << 16) | 6, (5 << 16) | 7)).toEqual([36, 37])
        expect(wanted(CROP, 9, 3)).toEqual([])
    })

    it("are every other byte and line with the selections of the F446", () => {
        expect(wanted(BSM_EVERY_OTHER | LSM | OELS)).toEqual([
            ...[10, 12, 14, 16],
            ...[30, 32, 34, 36],
        ])
    })

    it("of a JPEG are filled up to a word", () => {
        const jpeg = { ...SENT, format: "jpeg" } as SensorFrame
        const stream = Uint8Array.of(0xff, 0xd8, 1, 0xff, 0xd9)

        expect([
            ...wantedBytes(jpeg, stream, { cr: 8, cwstrt: 0, cwsize: 0 }),
        ]).toEqual([0xff, 0xd8, 1, 0xff, 0xd9, 0, 0, 0])
    })
})
