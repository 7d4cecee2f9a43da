// SPDX-License-Identifier: MIT
// The display's image: stride, direction, colours.

import { describe, expect, it } from "vitest"
import { Display } from "../../../sim/observe/display.ts"

const memory = (): Uint8Array => new Uint8Array(64)

describe("a display", () => {
    it("shows RGB565 pixels, little endian, with full red, green and blue as 255", () => {
        const bytes = memory()
        bytes.set([0x00, 0xf8, 0xe0, 0x07, 0x1f, 0x00, 0xff, 0xff], 8)
        const display = new Display({
            memory: bytes,
            address: 8,
            widthPx: 4,
            heightPx: 1,
        })

        expect([...display.image().rgb]).toEqual([
            255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255,
        ])
    })

    it("leaves out what lies between two rows", () => {
        const bytes = memory()
        bytes.fill(0xff)
        bytes.set([1, 0, 2, 0], 0)
        bytes.set([3, 0, 4, 0], 10)
        const display = new Display({
            memory: bytes,
            address: 0,
            widthPx: 2,
            heightPx: 2,
            strideBytes: 10,
        })

        expect([
            display.pixel(0, 0),
            display.pixel(1, 0),
            display.pixel(0, 1),
            display.pixel(1, 1),
        ]).toEqual([1, 2, 3, 4])
    })

    it("has its first row at the highest address when it is bottom-up", () => {
        const bytes = memory()
        bytes.set([1, 0, 2, 0, 3, 0])
        const display = new Display({
            memory: bytes,
            address: 0,
            widthPx: 1,
            heightPx: 3,
            bottomUp: true,
        })

        expect([0, 1, 2].map(y => display.pixel(0, y))).toEqual([3, 2, 1])
    })

    it("refuses rows that overlap, and memory that it does not have", () => {
        const options = {
            memory: memory(),
            address: 0,
            widthPx: 4,
            heightPx: 8,
        }
        expect(() => new Display({ ...options, strideBytes: 6 })).toThrow(
            "a stride of 6 bytes is less than a row of 4 RGB565 pixels"
        )
        expect(() => new Display({ ...options, address: 2 })).toThrow(
            "64 bytes from 0x2 on reach past the end of memory"
        )
    })
})
