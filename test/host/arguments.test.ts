// SPDX-License-Identifier: MIT

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    choiceArgument,
    numberArgument,
    parseWindow,
} from "../../host/arguments.ts"
import { UsageError } from "../../protocol/errors.ts"

describe("--window", () => {
    it("reads a size alone and leaves the place open", () => {
        expect(parseWindow("220x220")).toEqual({ width: 220, height: 220 })
    })

    it("reads a size and a place", () => {
        expect(parseWindow("260x260+10+60")).toEqual({
            width: 260,
            height: 260,
            x: 10,
            y: 60,
        })
    })

    it("reads back every window that it can hold", () => {
        const side = fc.integer({ min: 1, max: 65534 })
        const place = fc.integer({ min: 0, max: 65534 })
        fc.assert(
            fc.property(side, side, place, place, (width, height, x, y) => {
                expect(parseWindow(`${width}x${height}+${x}+${y}`)).toEqual({
                    width,
                    height,
                    x,
                    y,
                })
            })
        )
    })

    it.each([
        "",
        "220",
        "220x",
        "x220",
        "220*220",
        "220x220+10",
        "220x220+10+",
        "220x220-1+0",
        "22.5x220",
        " 220x220",
        "220x220+1+2+3",
        "axb",
    ])("refuses %j and shows an example", text => {
        expect(() => parseWindow(text)).toThrow(UsageError)
        expect(() => parseWindow(text)).toThrow(/220x220/)
    })

    it.each(["0x220", "220x0", "0x0"])("refuses %s: no pixels", text => {
        expect(() => parseWindow(text)).toThrow(/no pixels/)
    })

    it("holds 65,534, and refuses 65,535, which means centred in the request block", () => {
        expect(parseWindow("1x1+65534+0")).toMatchObject({ x: 65534 })
        expect(() => parseWindow("1x1+65535+0")).toThrow(/65535.*65534/)
    })
})

describe("a number", () => {
    const frames = numberArgument("--frames", {
        min: 1,
        max: 1000,
        what: "frames",
        integer: true,
    })
    const fps = numberArgument("--fps", {
        min: 0.5,
        max: 200,
        what: "frames per second",
    })

    it.each([
        [frames, "1", 1],
        [frames, "1000", 1000],
        [fps, "0.5", 0.5],
        [fps, "119.98", 119.98],
        [fps, ".75", 0.75],
        [fps, "200", 200],
    ])("is read within its limits (%#)", (read, text, value) => {
        expect(read(text)).toBe(value)
    })

    it.each([
        [frames, "0"],
        [frames, "1001"],
        [fps, "0"],
        [fps, "0.49"],
        [fps, "201"],
        [fps, "-1"],
    ])("is refused outside them, with the limits (%#)", (read, text) => {
        expect(() => read(text)).toThrow(UsageError)
        expect(() => read(text)).toThrow(/must be [\d.]+ to \d+/)
    })

    it.each(["", "abc", "1e3", "0x10", "NaN", "Infinity", "12fps", "1.2.3"])(
        "is refused as %j",
        text => {
            expect(() => fps(text)).toThrow(/--fps .* is not a number/)
        }
    )

    it("is refused with a fraction where only whole ones make sense", () => {
        expect(() => frames("1.5")).toThrow(
            "--frames 1.5 is not a whole number of frames"
        )
    })
})

describe("a choice", () => {
    const read = choiceArgument("--timing", ["fastest", "default"] as const)

    it("is read in any case", () => {
        expect(read("Fastest")).toBe("fastest")
    })

    it("is refused with the list", () => {
        expect(() => read("fast")).toThrow(
            "--timing fast is unknown: it is one of fastest, default"
        )
    })
})
