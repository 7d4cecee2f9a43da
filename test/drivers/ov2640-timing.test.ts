// SPDX-License-Identifier: MIT
// The OV2640's clocks and frame rates against the data sheet's figures 15 to 17 and table 1.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    geometryProblem,
    ReadOut,
    solveGeometry,
    type Geometry,
} from "../../drivers/ov2640/geometry.ts"
import {
    bytesPerPixel,
    OV2640_LIMITS,
    solveClocks,
    solveTiming,
    xvclkProblem,
} from "../../drivers/ov2640/timing.ts"
import { PixelFormat, TimingMode } from "../../protocol/capture.ts"

const FIELD = { x: 0, y: 0, width: 1600, height: 1200 }

/** Core clocks of a line, lines of a frame, highest core clock: read from the sheet once more. */
const SHEET = {
    [ReadOut.UXGA]: { line: 1922, rows: 1248, maxHz: 36_000_000 },
    [ReadOut.SVGA]: { line: 1190, rows: 672, maxHz: 24_000_000 },
    [ReadOut.CIF]: { line: 595, rows: 336, maxHz: 12_000_000 },
}

const UXGA = solveGeometry({
    window: FIELD,
    outputWidthPx: 0,
    outputHeightPx: 0,
})
const SVGA = solveGeometry({
    window: FIELD,
    outputWidthPx: 800,
    outputHeightPx: 600,
})
const CIF = solveGeometry({
    window: FIELD,
    outputWidthPx: 400,
    outputHeightPx: 296,
})

interface Ask {
    xclkHz?: number
    fps?: number
    mode?: TimingMode
    format?: PixelFormat
}

function solve(geometry: Geometry, ask: Ask = {}) {
    return solveClocks({
        geometry,
        format: PixelFormat.JPEG,
        xclkHz: 24_000_000,
        fps: 0,
        mode: TimingMode.AUTO,
        ...ask,
    })
}

describe("OV2640 highest frame rates", () => {
    it("reaches the data sheet's 15, 30 and 60 fps at its clocks", () => {
        const uxga = solve(UXGA, { xclkHz: 18_000_000 })
        expect(uxga.fps).toBeCloseTo(15.008, 3)
        expect(uxga).toMatchObject({
            clockHz: 36_000_000,
            doubler: true,
            divider: 1,
        })

        const svga = solve(SVGA)
        expect(svga.fps).toBeCloseTo(30.012, 3)
        expect(svga).toMatchObject({
            clockHz: 24_000_000,
            doubler: false,
            divider: 1,
        })

        const cif = solve(CIF)
        expect(cif.fps).toBeCloseTo(60.024, 3)
        expect(cif).toMatchObject({
            clockHz: 12_000_000,
            doubler: false,
            divider: 2,
        })
    })

    it("stays at 24 MHz in UXGA with a 24 MHz clock: 48 MHz would be over 36", () => {
        expect(solve(UXGA).clockHz).toBe(24_000_000)
        expect(solve(UXGA).fps).toBeCloseTo(10.0056, 4)
    })

    it("gives 25 and 50 fps with a 20 MHz clock", () => {
        expect(solve(SVGA, { xclkHz: 20_000_000 }).fps).toBeCloseTo(25.01, 2)
        expect(solve(CIF, { xclkHz: 20_000_000 }).fps).toBeCloseTo(50.02, 2)
    })

    it("gives no more when more is asked for", () => {
        expect(solve(SVGA, { fps: 31 })).toEqual(solve(SVGA))
        expect(solve(SVGA, { fps: 1e9 })).toEqual(solve(SVGA))
        expect(solve(SVGA, { fps: 1e9, mode: TimingMode.DEFAULT })).toEqual(
            solve(SVGA)
        )
    })

    it("takes fps 0, or none, as the highest", () => {
        expect(solve(SVGA, { fps: NaN })).toEqual(solve(SVGA))
        expect(solve(SVGA, { fps: -3 })).toEqual(solve(SVGA))
    })
})

describe("OV2640 slower frame rates", () => {
    it("keeps the clock and adds lines: 1345 rows for 15 fps in SVGA", () => {
        const timing = solve(SVGA, { fps: 15 })

        // 24 MHz / 15 / 1190 = 1344.5 rows; 672 are not extra.
        expect(timing).toMatchObject({ clockHz: 24_000_000, extraRows: 673 })
        expect(timing.fps).toBeCloseTo(14.995, 3)
    })

    it("divides the clock and adds no lines with --timing default", () => {
        const timing = solve(SVGA, { fps: 15, mode: TimingMode.DEFAULT })

        expect(timing).toMatchObject({
            clockHz: 12_000_000,
            divider: 2,
            extraRows: 0,
        })
        expect(timing.fps).toBeCloseTo(15.006, 3)
    })

    it("doubles first when that comes nearer", () => {
        // 2 x 24 / 5 = 9.6 MHz; 24 / 2 and 24 / 3 are farther from 12 fps.
        const timing = solve(SVGA, { fps: 12, mode: TimingMode.DEFAULT })

        expect(timing).toMatchObject({ doubler: true, divider: 5 })
        expect(timing.fps).toBeCloseTo(12.005, 3)
    })

    it("reads each frame in the shortest time with FASTEST as with AUTO", () => {
        expect(solve(CIF, { fps: 7, mode: TimingMode.FASTEST })).toEqual(
            solve(CIF, { fps: 7 })
        )
    })

    it("lowers the clock when 65,535 extra lines are too few", () => {
        // 12 MHz / 595 / (336 + 65535) = 0.306 fps.
        expect(solve(CIF, { fps: 0.31 }).clockHz).toBe(12_000_000)
        const slow = solve(CIF, { fps: 0.3 })
        expect(slow.clockHz).toBeLessThan(12_000_000)
        expect(slow.fps).toBeCloseTo(0.3, 4)
    })

    it("ends at divider 64 and 65,535 extra lines", () => {
        const slowest = solve(CIF, { fps: 1e-6 })

        expect(slowest).toMatchObject({
            divider: 64,
            doubler: false,
            extraRows: 65_535,
        })
    })

    it("counts in cycles of XVCLK, so that rows / XVCLK is a time", () => {
        // UXGA at 18 MHz: a line of 1922 clocks of 36 MHz is 961 cycles of the input.
        const timing = solve(UXGA, { xclkHz: 18_000_000 })

        expect(timing.rowPclk).toBe(961)
        expect(timing.hblankPclk).toBe(161)
        expect(timing.vblankRows).toBe(48)
        expect(timing.framePclk).toBe(961 * 1248)
        expect(timing.exposureMaxRows).toBe(1247)
    })
})

describe("OV2640 port clock", () => {
    it("carries two bytes for each pixel of an unscaled row while it is read", () => {
        const timing = solve(UXGA, { format: PixelFormat.RGB565 })

        expect(timing).toMatchObject({
            clockHz: 24_000_000,
            portHz: 48_000_000,
            portDivider: 1,
        })
    })

    it("slows the core when the port cannot keep up", () => {
        // 18 MHz input: the core could have 36 MHz, but 72 MHz on the port are over 2 x 18.
        const raw = { xclkHz: 18_000_000, format: PixelFormat.YUV422 }

        expect(solve(UXGA, raw)).toMatchObject({
            clockHz: 18_000_000,
            portHz: 36_000_000,
        })
        expect(solve(UXGA, { ...raw, format: PixelFormat.GRAY8 }).clockHz).toBe(
            36_000_000
        )
    })

    it("is slower for a scaled frame", () => {
        const quarter = solveGeometry({
            window: FIELD,
            outputWidthPx: 160,
            outputHeightPx: 120,
        })

        // 12 MHz x 160 / 400 x 2 bytes = 9.6 MHz: exactly a fifth of 48.
        expect(solve(quarter, { format: PixelFormat.RGB565 })).toMatchObject({
            portHz: 9_600_000,
            portDivider: 5,
        })
    })

    it("has room for half a byte per pixel with JPEG", () => {
        const timing = solve(UXGA)
        const readoutS = (1200 * 1922) / timing.clockHz

        expect(timing.portHz * readoutS).toBeGreaterThanOrEqual(
            (1600 * 1200) / 2
        )
        expect(timing.portHz).toBe(12_000_000)
    })
})

describe("OV2640 clock input", () => {
    it.each([
        [5_999_999, false],
        [6_000_000, true],
        [24_000_000, true],
        [24_000_001, false],
        [0, false],
        [NaN, false],
    ])("of %d Hz is possible: %s", (xclkHz, possible) => {
        expect(xvclkProblem(xclkHz) === "").toBe(possible)
    })

    it("is refused with both limits", () => {
        expect(xvclkProblem(26_660_000)).toBe(
            "XVCLK is 26660000 Hz, the OV2640 takes 6000000..24000000 Hz"
        )
    })
})

describe("OV2640 limits for the planner", () => {
    it("knows the bytes of a pixel in each format", () => {
        const { GRAY8, RGB565, YUV422, JPEG } = PixelFormat

        expect([GRAY8, RGB565, YUV422, JPEG].map(bytesPerPixel)).toEqual([
            1, 2, 2, 0,
        ])
    })

    it("times a window like the driver does", () => {
        const timing = OV2640_LIMITS.solveTiming({
            widthPx: 1600,
            heightPx: 1200,
            binning: 1,
            xclkHz: 24_000_000,
            fps: 0,
            mode: TimingMode.AUTO,
            outputWidthPx: 640,
            outputHeightPx: 480,
            format: PixelFormat.JPEG,
        })

        expect(timing.fps).toBeCloseTo(30.012, 3)
    })

    it("takes binning as a smaller frame", () => {
        const base = {
            widthPx: 1600,
            heightPx: 1184,
            xclkHz: 24_000_000,
            fps: 0,
            mode: TimingMode.AUTO,
        }

        expect(solveTiming({ ...base, binning: 1 }).fps).toBeCloseTo(10.006, 3)
        expect(solveTiming({ ...base, binning: 2 }).fps).toBeCloseTo(30.012, 3)
        expect(solveTiming({ ...base, binning: 4 }).fps).toBeCloseTo(60.024, 3)
    })
})

describe("OV2640 timing for random requests", () => {
    const formats = [1, 2, 3, 4] as const
    const modes = [0, 1, 2] as const

    it("keeps every limit, and its frame rate is the data sheet's formula", () => {
        let solved = 0
        fc.assert(
            fc.property(
                fc.integer({ min: 6_000_000, max: 24_000_000 }),
                fc.double({ min: 0, max: 100, noNaN: true }),
                fc.constantFrom(...modes),
                fc.constantFrom(...formats),
                fc.tuple(fc.nat(1596), fc.nat(1196), fc.nat(), fc.nat()),
                fc.tuple(fc.nat(), fc.nat()),
                (xclkHz, fps, mode, format, [x, y, w, h], [ow, oh]) => {
                    const window = {
                        x,
                        y,
                        width: 1 + (w % (1600 - x)),
                        height: 1 + (h % (1200 - y)),
                    }
                    const frame = {
                        window,
                        outputWidthPx: 1 + (ow % window.width),
                        outputHeightPx: 1 + (oh % window.height),
                    }
                    if (geometryProblem(frame) !== "") return
                    solved++
                    const geometry = solveGeometry(frame)
                    const timing = solve(geometry, {
                        xclkHz,
                        fps,
                        mode,
                        format,
                    })
                    const sheet = SHEET[geometry.readOut]

                    const input = timing.doubler ? 2 * xclkHz : xclkHz
                    expect(timing.clockHz).toBe(input / timing.divider)
                    expect(timing.divider).toBeGreaterThanOrEqual(1)
                    expect(timing.divider).toBeLessThanOrEqual(64)
                    expect(timing.clockHz).toBeLessThanOrEqual(sheet.maxHz)
                    expect(Number.isInteger(timing.extraRows)).toBe(true)
                    expect(timing.extraRows).toBeGreaterThanOrEqual(0)
                    expect(timing.extraRows).toBeLessThanOrEqual(65_535)
                    const rows = sheet.rows + timing.extraRows
                    expect(timing.fps).toBeCloseTo(
                        timing.clockHz / (rows * sheet.line),
                        9
                    )
                    expect(xclkHz / timing.framePclk).toBeCloseTo(timing.fps, 9)

                    // 48 MHz at 24 MHz; DCMI takes 54 MHz.
                    expect(timing.portHz).toBe(
                        (2 * xclkHz) / timing.portDivider
                    )
                    expect(timing.portHz).toBeLessThanOrEqual(54_000_000)
                    expect(timing.portDivider).toBeGreaterThanOrEqual(1)
                    expect(timing.portDivider).toBeLessThanOrEqual(127)
                    if (format !== PixelFormat.JPEG) {
                        const bytes =
                            geometry.outputWidthPx * (format === 1 ? 1 : 2)
                        const windowS = geometry.core.width / timing.clockHz
                        expect(
                            timing.portHz * windowS + 1e-3
                        ).toBeGreaterThanOrEqual(bytes)
                    }
                }
            ),
            { numRuns: 8000, seed: 2643 }
        )
        expect(solved).toBeGreaterThanOrEqual(2000)
    })

    it("comes within half a line of the frame rate asked for, where it can", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 6_000_000, max: 24_000_000 }),
                fc.double({ min: 0.5, max: 60, noNaN: true }),
                fc.constantFrom(UXGA, SVGA, CIF),
                (xclkHz, fps, geometry) => {
                    const fastest = solve(geometry, { xclkHz }).fps
                    const timing = solve(geometry, { xclkHz, fps })
                    if (fps >= fastest) {
                        expect(timing.fps).toBe(fastest)
                        return
                    }
                    const { line } = SHEET[geometry.readOut]
                    const rowS = line / timing.clockHz
                    expect(
                        Math.abs(1 / timing.fps - 1 / fps)
                    ).toBeLessThanOrEqual(rowS / 2 + 1e-9)
                }
            ),
            { numRuns: 2000, seed: 2644 }
        )
    })
})
