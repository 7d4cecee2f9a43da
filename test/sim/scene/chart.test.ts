// SPDX-License-Identifier: MIT
// The chart tells where a window of it was taken.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { chartScene, locateChart } from "../../../sim/scene/chart.ts"

const FIELD = { width: 752, height: 480 }
const { luma } = chartScene().at(0)

/** A window of the chart through a brightness curve. */
function take(
    x: number,
    y: number,
    width: number,
    height: number,
    curve = (level: number) => level
): Uint8Array {
    const pixels = new Uint8Array(width * height)
    for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++)
            pixels[row * width + column] = curve(
                luma[(y + row) * 752 + x + column]!
            )
    return pixels
}

describe("the chart", () => {
    it("covers the field of the MT9V034 by default and is still", () => {
        expect(chartScene().at(0)).toMatchObject(FIELD)
        expect(chartScene().still).toBe(true)
    })

    it("has four levels, well apart", () => {
        const levels = [...new Set(luma)].sort((a, b) => a - b)
        expect(levels).toHaveLength(4)
        for (let i = 1; i < 4; i++)
            expect(levels[i]! - levels[i - 1]!).toBeGreaterThanOrEqual(32)
    })

    it("covers a field of another size", () => {
        const field = { width: 1600, height: 1200 }
        const large = chartScene(field).at(0).luma
        const pixels = new Uint8Array(32 * 32)
        for (let i = 0; i < pixels.length; i++)
            pixels[i] = large[(1100 + (i >> 5)) * 1600 + 1500 + (i & 31)]!
        expect(locateChart(pixels, 32, 32, field)).toEqual({ x: 1500, y: 1100 })
    })
})

describe("locateChart", () => {
    it("finds windows of 16x16 and more, at any place", () => {
        const windows = fc
            .record({
                width: fc.integer({ min: 16, max: 240 }),
                height: fc.integer({ min: 16, max: 240 }),
                atX: fc.double({ min: 0, max: 1, noNaN: true }),
                atY: fc.double({ min: 0, max: 1, noNaN: true }),
            })
            .map(({ width, height, atX, atY }) => ({
                width,
                height,
                x: Math.floor(atX * (752 - width)),
                y: Math.floor(atY * (480 - height)),
            }))
        fc.assert(
            fc.property(windows, ({ x, y, width, height }) => {
                expect(
                    locateChart(take(x, y, width, height), width, height)
                ).toEqual({ x, y })
            }),
            { numRuns: 20, seed: 1 }
        )
    })

    it.each([
        ["top left", 0, 0],
        ["top right", 736, 0],
        ["bottom left", 0, 464],
        ["bottom right", 736, 464],
    ])("finds 16x16 in the corner %s", (_name, x, y) => {
        expect(locateChart(take(x, y, 16, 16), 16, 16)).toEqual({ x, y })
    })

    it.each([
        ["dark", (level: number) => Math.round(level * 0.1)],
        [
            "bright, marks saturated",
            (level: number) => Math.min(255, level * 3),
        ],
        ["with an offset", (level: number) => level + 20],
    ])("does not depend on the exposure: %s", (_name, curve) => {
        expect(locateChart(take(211, 97, 20, 20, curve), 20, 20)).toEqual({
            x: 211,
            y: 97,
        })
    })

    it.each([
        ["black", () => 0],
        ["saturated", () => 255],
        ["inverted", (level: number) => 255 - level],
    ])("gives nothing for a %s image", (_name, curve) => {
        expect(
            locateChart(take(211, 97, 20, 20, curve), 20, 20)
        ).toBeUndefined()
    })

    it("gives nothing when a single pixel is wrong", () => {
        const pixels = take(100, 100, 32, 32)
        pixels[500] = pixels[500]! ^ 0xff
        expect(locateChart(pixels, 32, 32)).toBeUndefined()
    })

    it("gives nothing when two rows are swapped or a row is shifted by a pixel", () => {
        const swapped = take(100, 100, 32, 32)
        const row = swapped.slice(320, 352)
        swapped.copyWithin(320, 352, 384)
        swapped.set(row, 352)
        expect(locateChart(swapped, 32, 32)).toBeUndefined()
        const shifted = take(100, 100, 32, 32)
        shifted.set(take(101, 110, 32, 1), 320)
        expect(locateChart(shifted, 32, 32)).toBeUndefined()
    })
})
