// SPDX-License-Identifier: MIT
// The MT9V034's arithmetic against the data sheet's formulas and worked numbers.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    exposureMaxRows,
    framePclk,
    hblankMinPclk,
    rowMinPclk,
    solveTiming,
    windowRegisters,
} from "../../drivers/mt9v034/timing.ts"
import { TimingMode } from "../../protocol/capture.ts"

const XCLK_HZ = 26_660_000

interface Ask {
    widthPx?: number
    heightPx?: number
    binning?: number
    xclkHz?: number
    fps?: number
    mode?: TimingMode
}

function solve(ask: Ask) {
    return solveTiming({
        widthPx: 220,
        heightPx: 220,
        binning: 1,
        xclkHz: XCLK_HZ,
        fps: 0,
        mode: TimingMode.AUTO,
        ...ask,
    })
}

describe("MT9V034 window registers", () => {
    it("start at column 1 and row 4 for the field's first pixel", () => {
        expect(
            windowRegisters({ x: 0, y: 0, width: 752, height: 480 })
        ).toEqual({
            columnStart: 1,
            rowStart: 4,
            windowHeight: 480,
            windowWidth: 752,
        })
    })

    it("reach the last column and row", () => {
        const registers = windowRegisters({
            x: 748,
            y: 478,
            width: 4,
            height: 2,
        })

        expect(registers.columnStart).toBe(749)
        expect(registers.rowStart).toBe(482)
    })
})

describe("MT9V034 row time", () => {
    it("keeps at least 61, 71 and 91 clocks of blanking with columns binned by 1, 2 and 4", () => {
        expect([1, 2, 4].map(hblankMinPclk)).toEqual([61, 71, 91])
    })

    it.each([
        { widthPx: 1, binning: 1, row: 704 },
        { widthPx: 642, binning: 1, row: 704 },
        { widthPx: 643, binning: 1, row: 704 },
        { widthPx: 644, binning: 1, row: 705 },
        { widthPx: 752, binning: 1, row: 813 },
        { widthPx: 633, binning: 2, row: 704 },
        { widthPx: 640, binning: 2, row: 711 },
        { widthPx: 752, binning: 4, row: 843 },
    ])(
        "of $widthPx columns binned by $binning is at least $row clocks",
        ({ widthPx, binning, row }) => {
            expect(rowMinPclk(widthPx, binning)).toBe(row)
        }
    )
})

describe("MT9V034 frame length", () => {
    it("is (rows + blanking) x row + 4 clocks: 444,154 after a reset", () => {
        const frame = framePclk({
            rows: 480,
            vblankRows: 45,
            rowPclk: 846,
            exposureRows: 480,
        })

        expect(frame).toBe(444_154)
        expect(XCLK_HZ / frame).toBeCloseTo(60.02, 2)
    })

    it("falls to 78.6 fps when the reset exposure of 480 rows stays on a window of 220 rows", () => {
        const frame = framePclk({
            rows: 220,
            vblankRows: 95,
            rowPclk: 704,
            exposureRows: 480,
        })

        expect(frame).toBe(339_332)
        expect(XCLK_HZ / frame).toBeCloseTo(78.6, 1)
    })

    it("is not changed by the longest exposure allowed, and is by one row more than that and one", () => {
        const shape = { rows: 220, vblankRows: 95, rowPclk: 704 }
        const short = framePclk({ ...shape, exposureRows: 1 })
        const longest = exposureMaxRows(220, 95)

        expect(longest).toBe(312)
        expect(framePclk({ ...shape, exposureRows: longest })).toBe(short)
        expect(framePclk({ ...shape, exposureRows: longest + 2 })).toBe(
            short + 704
        )
    })

    it("never allows more rows of exposure than the register holds", () => {
        expect(exposureMaxRows(480, 40_000)).toBe(32_765)
    })
})

describe("MT9V034 fastest timing", () => {
    it.each([
        { widthPx: 752, heightPx: 480, binning: 1, row: 813, fps: 67.75 },
        { widthPx: 220, heightPx: 220, binning: 1, row: 704, fps: 169.06 },
        { widthPx: 360, heightPx: 360, binning: 1, row: 704, fps: 104.03 },
        { widthPx: 320, heightPx: 240, binning: 1, row: 704, fps: 155.2 },
        { widthPx: 640, heightPx: 480, binning: 2, row: 711, fps: 153.67 },
        { widthPx: 752, heightPx: 480, binning: 4, row: 843, fps: 255.04 },
        { widthPx: 188, heightPx: 120, binning: 1, row: 704, fps: 305.39 },
    ])(
        "gives $fps fps for $widthPx x $heightPx binned by $binning",
        ({ row, fps, ...ask }) => {
            const timing = solve({ ...ask, mode: TimingMode.FASTEST })

            expect(timing.rowPclk).toBe(row)
            expect(timing.vblankRows).toBe(4)
            expect(timing.fps).toBeCloseTo(fps, 1)
        }
    )

    it("is also what a frame rate out of reach gets", () => {
        expect(solve({ fps: 400 })).toEqual(solve({ mode: TimingMode.FASTEST }))
    })

    it("with a frame rate keeps the shortest row and chooses the nearest blanking", () => {
        const timing = solve({ fps: 120, mode: TimingMode.FASTEST })

        expect(timing).toMatchObject({
            rowPclk: 704,
            hblankPclk: 484,
            vblankRows: 96,
        })
        expect(timing.fps).toBeCloseTo(119.84, 2)
    })
})

describe("MT9V034 default timing", () => {
    it("is the row and the blanking after a reset", () => {
        const full = solve({
            widthPx: 752,
            heightPx: 480,
            mode: TimingMode.DEFAULT,
        })

        expect(full).toMatchObject({
            hblankPclk: 94,
            vblankRows: 45,
            rowPclk: 846,
            framePclk: 444_154,
        })
    })

    it.each([
        { xclkHz: 26_600_000, fps: 118.65 },
        { xclkHz: 26_660_000, fps: 118.92 },
        { xclkHz: 27_000_000, fps: 120.43 },
    ])("gives $fps fps for 220 x 220 at $xclkHz Hz", ({ xclkHz, fps }) => {
        expect(solve({ xclkHz, mode: TimingMode.DEFAULT }).fps).toBeCloseTo(
            fps,
            1
        )
    })
})

describe("MT9V034 timing for a frame rate", () => {
    it.each([26_600_000, 26_660_000, 26_667_000, 27_000_000])(
        "is within 0.05 fps of 120 for 220 x 220 at %i Hz",
        xclkHz => {
            const timing = solve({ xclkHz, fps: 120 })

            expect(Math.abs(timing.fps - 120)).toBeLessThan(0.05)
        }
    )

    it("lengthens vertical blanking to 3000 rows before it lengthens the row", () => {
        const slowestShortRow = XCLK_HZ / (3220 * 704 + 4)

        expect(solve({ fps: slowestShortRow })).toMatchObject({
            rowPclk: 704,
            vblankRows: 3000,
        })
        const slower = solve({ fps: slowestShortRow * 0.9 })
        expect(slower.rowPclk).toBeGreaterThan(704)
        expect(slower.fps).toBeCloseTo(slowestShortRow * 0.9, 2)
    })

    it("gives the slowest possible for one that is too low", () => {
        expect(solve({ fps: 0.5 })).toMatchObject({
            hblankPclk: 1023,
            vblankRows: 3000,
        })
    })

    it("never breaks a limit, tells the frame rate of the formula, and leaves the exposure inside the frame", () => {
        const asks = fc.record({
            widthPx: fc.integer({ min: 4, max: 752 }),
            heightPx: fc.integer({ min: 4, max: 480 }),
            binning: fc.constantFrom(1, 2, 4),
            xclkHz: fc.integer({ min: 13_000_000, max: 27_000_000 }),
            fps: fc.oneof(
                fc.constant(0),
                fc.double({ min: 0.1, max: 1000, noNaN: true })
            ),
            mode: fc.constantFrom(
                TimingMode.AUTO,
                TimingMode.FASTEST,
                TimingMode.DEFAULT
            ),
        })
        const hblankMin = { 1: 61, 2: 71, 4: 91 }

        fc.assert(
            fc.property(asks, ask => {
                const timing = solve(ask)
                const rows = Math.floor(ask.heightPx / ask.binning)

                expect(timing.rowPclk).toBeGreaterThanOrEqual(704)
                expect(timing.rowPclk).toBe(ask.widthPx + timing.hblankPclk)
                expect(timing.hblankPclk).toBeGreaterThanOrEqual(
                    hblankMin[ask.binning as 1 | 2 | 4]
                )
                expect(timing.hblankPclk).toBeLessThanOrEqual(1023)
                expect(timing.vblankRows).toBeGreaterThanOrEqual(4)
                expect(timing.vblankRows).toBeLessThanOrEqual(3000)
                expect(Number.isInteger(timing.rowPclk)).toBe(true)
                expect(Number.isInteger(timing.vblankRows)).toBe(true)
                expect(timing.framePclk).toBe(
                    (rows + timing.vblankRows) * timing.rowPclk + 4
                )
                expect(timing.fps).toBe(ask.xclkHz / timing.framePclk)
                expect(timing.exposureMaxRows).toBe(
                    rows + timing.vblankRows - 3
                )
            })
        )
    })

    it("misses a frame rate in reach by less than 0.06 %, any of them with any width", () => {
        // Near the fastest rate there are few rows of blanking to choose from.
        let worst = 0
        for (let fps = 10; fps <= 160; fps++)
            for (let widthPx = 4; widthPx <= 752; widthPx += 4) {
                const wanted = Math.min(fps, solve({ widthPx }).fps)
                const error = Math.abs(solve({ widthPx, fps }).fps - wanted)
                worst = Math.max(worst, error / wanted)
            }
        expect(worst).toBeLessThan(0.0006)
    })
})
