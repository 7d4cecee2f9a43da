// SPDX-License-Identifier: MIT
// Bounds of a window on a field, and numbers as text.

import { describe, expect, it } from "vitest"
import { hexNumber, rounded } from "../../drivers/format.ts"
import { windowProblem } from "../../drivers/sensor-limits.ts"
import {
    strategyName,
    windowName,
    type Strategy,
} from "../../protocol/capture.ts"

const FIELD = { name: "MT9V034", widthPx: 752, heightPx: 480 }

describe("window on a field of 752 x 480", () => {
    it.each([
        { x: 0, y: 0, width: 752, height: 480 },
        { x: 0, y: 0, width: 1, height: 1 },
        { x: 751, y: 479, width: 1, height: 1 },
        { x: 532, y: 260, width: 220, height: 220 },
    ])("$width x $height at $x, $y lies on it", window => {
        expect(windowProblem(window, FIELD)).toBe("")
    })

    it.each([
        {
            x: 0,
            y: 0,
            width: 753,
            height: 480,
            why: "ends at column 753, the MT9V034 has 752",
        },
        {
            x: 0,
            y: 0,
            width: 752,
            height: 481,
            why: "ends at row 481, the MT9V034 has 480",
        },
        { x: 1, y: 0, width: 752, height: 480, why: "ends at column 753" },
        { x: 0, y: 1, width: 752, height: 480, why: "ends at row 481" },
        {
            x: -1,
            y: 0,
            width: 4,
            height: 4,
            why: "starts before column 0 or row 0",
        },
        {
            x: 0,
            y: -1,
            width: 4,
            height: 4,
            why: "starts before column 0 or row 0",
        },
        { x: 0, y: 0, width: 0, height: 4, why: "has no pixels" },
        { x: 0, y: 0, width: 4, height: 0, why: "has no pixels" },
        { x: 0, y: 0, width: -4, height: 4, why: "has no pixels" },
        { x: 0, y: 0, width: NaN, height: 4, why: "has no pixels" },
        {
            x: NaN,
            y: 0,
            width: 4,
            height: 4,
            why: "starts before column 0 or row 0",
        },
    ])("$width x $height at $x, $y $why", ({ why, ...window }) => {
        expect(windowProblem(window, FIELD)).toContain(why)
    })

    it("is written as the command line writes it", () => {
        expect(windowName({ x: 600, y: 0, width: 220, height: 220 })).toBe(
            "220x220+600+0"
        )
    })
})

describe("strategy names", () => {
    it("are those of the command line", () => {
        const names = [0, 1, 2, 3, 4, 5, 6].map(code =>
            strategyName(code as Strategy)
        )

        expect(names).toEqual([
            "auto",
            "line",
            "dcmi-crop",
            "sensor-window",
            "rows+crop",
            "jpeg",
            "?",
        ])
    })
})

describe("numbers as text", () => {
    it.each([
        [0, 4, "0x0000"],
        [0x1324, 4, "0x1324"],
        [0xabcdef, 2, "0xabcdef"],
        [0x31475343, 8, "0x31475343"],
        [0xffffffff, 8, "0xffffffff"],
        [15, 1, "0xf"],
        [16, 1, "0x10"],
    ])("%d with %d digits is %s", (value, digits, text) => {
        expect(hexNumber(value, digits)).toBe(text)
    })

    it("are rounded to two decimals for people", () => {
        expect([rounded(119.9998), rounded(67.7549), rounded(0)]).toEqual([
            120, 67.75, 0,
        ])
    })
})
