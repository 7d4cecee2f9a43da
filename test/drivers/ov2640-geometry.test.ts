// SPDX-License-Identifier: MIT
// The OV2640's size pipeline: read-out, window, divider, zoom, and the registers read back by a decoder of its own.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { GeometryRegisters } from "../../drivers/ov2640/geometry.ts"
import {
    geometryProblem,
    geometryRegisters,
    largestWindow,
    ReadOut,
    reflected,
    solveGeometry,
} from "../../drivers/ov2640/geometry.ts"
import { Flip } from "../../protocol/capture.ts"

const FIELD = { x: 0, y: 0, width: 1600, height: 1200 }

function request(
    [x, y, width, height]: readonly [number, number, number, number],
    outputWidthPx = 0,
    outputHeightPx = 0
) {
    return { window: { x, y, width, height }, outputWidthPx, outputHeightPx }
}

/** As the data sheet describes registers 0x50..0x5C, 0x8C, 0xC0 and 0xC1, one bit after the other. */
function decode(r: GeometryRegisters) {
    const bit = (value: number, n: number) => Math.floor(value / 2 ** n) % 2
    const bits = (value: number, high: number, low: number) =>
        Math.floor(value / 2 ** low) % 2 ** (high - low + 1)
    const hDivisor = 2 ** bits(r.ctrli, 2, 0)
    const vDivisor = 2 ** bits(r.ctrli, 5, 3)
    const width = 4 * (r.hsize + 256 * bit(r.vhyx, 3) + 512 * bit(r.test, 7))
    const height = 4 * (r.vsize + 256 * bit(r.vhyx, 7))
    return {
        inputWidth: 8 * r.hsize8 + bits(r.sizel, 5, 3) + 2048 * bit(r.sizel, 6),
        inputHeight: 8 * r.vsize8 + bits(r.sizel, 2, 0),
        x: r.xoffl + 256 * bits(r.vhyx, 2, 0),
        y: r.yoffl + 256 * bits(r.vhyx, 6, 4),
        width,
        height,
        dividedWidth: width / hDivisor,
        dividedHeight: height / vDivisor,
        outputWidth: 4 * (r.zmow + 256 * bits(r.zmhh, 1, 0)),
        outputHeight: 4 * (r.zmoh + 256 * bit(r.zmhh, 2)),
    }
}

describe("OV2640 geometry at the data sheet's sizes", () => {
    it("reads the whole field with the registers that every driver writes for UXGA", () => {
        const geometry = solveGeometry(request([0, 0, 1600, 1200]))

        expect(geometryRegisters(geometry)).toEqual({
            hsize8: 0xc8,
            vsize8: 0x96,
            sizel: 0x00,
            hsize: 0x90,
            vsize: 0x2c,
            xoffl: 0,
            yoffl: 0,
            vhyx: 0x88,
            test: 0,
            ctrli: 0,
            zmow: 0x90,
            zmoh: 0x2c,
            zmhh: 0x05,
        })
    })

    it("reads SVGA and CIF with C0, C1 = 64, 4B and 32, 25", () => {
        const svga = solveGeometry(request([0, 0, 1600, 1200], 800, 600))
        const cif = solveGeometry(request([0, 0, 1600, 1200], 400, 296))

        expect(geometryRegisters(svga)).toMatchObject({
            hsize8: 0x64,
            vsize8: 0x4b,
            sizel: 0,
        })
        expect(geometryRegisters(cif)).toMatchObject({
            hsize8: 0x32,
            vsize8: 0x25,
            sizel: 0,
        })
    })

    it.each([
        ["QQVGA", 160, 120, ReadOut.CIF],
        ["QCIF", 176, 144, ReadOut.CIF],
        ["QVGA", 320, 240, ReadOut.CIF],
        ["CIF", 352, 288, ReadOut.CIF],
        ["VGA", 640, 480, ReadOut.SVGA],
        ["SVGA", 800, 600, ReadOut.SVGA],
        ["XGA", 1024, 768, ReadOut.UXGA],
        ["SXGA", 1280, 1024, ReadOut.UXGA],
        ["UXGA", 1600, 1200, ReadOut.UXGA],
    ])("has %s from the largest window of its shape", (_, w, h, readOut) => {
        const window = largestWindow(w, h)
        const wanted = { window, outputWidthPx: w, outputHeightPx: h }

        expect(geometryProblem(wanted)).toBe("")
        const geometry = solveGeometry(wanted)
        expect(geometry).toMatchObject({
            readOut,
            outputWidthPx: w,
            outputHeightPx: h,
        })
        // Shape of the window and of the frame, 2 % for CIF's missing rows and the grid.
        const stretch = geometry.window.width / geometry.window.height / (w / h)
        expect(Math.abs(stretch - 1)).toBeLessThan(0.02)
    })

    it("divides before it zooms, as far as whole and even pixels are left", () => {
        // 400 x 296 for 160 x 120: 200 x 148, then zoom; 100 columns would be too few.
        const small = solveGeometry(request([0, 0, 1600, 1200], 160, 120))
        expect([small.hDivider, small.vDivider]).toEqual([1, 1])

        // 1600 x 1200 of UXGA for 100 x 1200: columns / 8 = 200; rows stay.
        const narrow = solveGeometry(request([0, 0, 1600, 1200], 100, 1200))
        expect([narrow.hDivider, narrow.vDivider]).toEqual([3, 0])

        // 800 of 1600 columns: the divider alone, nothing left to zoom.
        const half = solveGeometry(request([0, 0, 1600, 1200], 800, 1200))
        expect([half.hDivider, half.vDivider]).toEqual([1, 0])

        // 1500 columns: / 2 = 750 is even, / 4 = 375 is not.
        const odd = solveGeometry(request([0, 0, 1500, 1200], 40, 1200))
        expect(odd.hDivider).toBe(1)
    })

    it("leaves no more than 1184 rows of the field in CIF", () => {
        const whole = solveGeometry(request([0, 0, 1600, 1200], 320, 240))
        expect(whole.window).toEqual({ ...FIELD, height: 1184 })

        const bottom = solveGeometry(request([0, 1040, 640, 160], 160, 32))
        expect(bottom.readOut).toBe(ReadOut.CIF)
        expect(bottom.window).toEqual({
            x: 0,
            y: 1040,
            width: 640,
            height: 144,
        })
    })

    it("takes a finer read-out when CIF has too few rows left", () => {
        const geometry = solveGeometry(request([0, 1040, 640, 160], 160, 40))

        expect(geometry.readOut).toBe(ReadOut.SVGA)
        expect(geometry.window.height).toBe(160)
    })
})

describe("OV2640 geometry at the borders of its ranges", () => {
    it.each([
        [1, 4],
        [3, 4],
        [4, 4],
        [5, 4],
        [7, 4],
        [8, 8],
        [1599, 1596],
        [1600, 1600],
    ])("brings %i columns or rows to %i", (size, applied) => {
        const wide = solveGeometry(request([0, 0, size, 1200]))
        const high = solveGeometry(request([0, 0, 1600, Math.min(1200, size)]))

        expect(wide.window.width).toBe(applied)
        expect(wide.outputWidthPx).toBe(applied)
        expect(high.window.height).toBe(Math.min(1200, applied))
    })

    it("moves a window that had to grow back onto the field", () => {
        const { window } = solveGeometry(request([1599, 1198, 1, 2]))

        expect(window).toEqual({ x: 1596, y: 1196, width: 4, height: 4 })
    })

    it.each([
        [0, 0],
        [1, 0],
        [3, 0],
        [4, 4],
        [7, 4],
    ])("starts at column %i on the CIF pixel of column %i", (x, applied) => {
        const { window, readOut } = solveGeometry(
            request([x, 0, 640, 480], 160, 120)
        )

        expect(readOut).toBe(ReadOut.CIF)
        expect(window.x).toBe(applied)
    })

    it("has frames from 40 x 32 on, scaled or not", () => {
        expect(geometryProblem(request([100, 100, 40, 32]))).toBe("")
        expect(geometryProblem(request([100, 100, 39, 32]))).toMatch(
            /frame 36x32 .* smaller than 40x32/
        )
        expect(geometryProblem(request([100, 100, 40, 31]))).toMatch(
            /frame 40x28 .* smaller than 40x32/
        )
        const at = (w: number, h: number) =>
            geometryProblem(request([0, 0, 1600, 1200], w, h))

        expect(at(40, 32)).toBe("")
        expect(at(39, 32)).toBe(
            "frame 36x32 of window 1600x1200+0+0 is smaller than 40x32, the OV2640's smallest"
        )
        expect(at(40, 31)).toMatch(/frame 40x28 .* smaller than 40x32/)
    })

    it("refuses to enlarge, with the sum", () => {
        expect(geometryProblem(request([0, 0, 320, 240], 640, 480))).toBe(
            "frame 640x480 of window 320x240+0+0 would be enlarged, the OV2640 only scales down"
        )
        expect(geometryProblem(request([0, 0, 320, 240], 324, 240))).toMatch(
            /enlarged/
        )
        expect(geometryProblem(request([0, 0, 320, 240], 323, 243))).toBe("")
    })

    it.each([
        [[0, 0, 1601, 1200], /ends at column 1601, the OV2640 has 1600/],
        [[1, 0, 1600, 1200], /ends at column 1601/],
        [[0, 1, 1600, 1200], /ends at row 1201, the OV2640 has 1200/],
        [[-1, 0, 4, 4], /starts before column 0/],
        [[0, 0, 0, 4], /has no pixels/],
        [[0, 0, NaN, 4], /has no pixels/],
    ] as const)("refuses the window %j", (window, reason) => {
        expect(geometryProblem(request(window))).toMatch(reason)
    })

    it("refuses a negative frame", () => {
        expect(geometryProblem(request([0, 0, 40, 40], -4, 4))).toBe(
            "frame -4x4 has no pixels"
        )
    })
})

describe("OV2640 geometry for random requests", () => {
    const span = (field: number) =>
        fc
            .tuple(fc.integer({ min: 0, max: field - 1 }), fc.nat())
            .map(([start, n]) => [start, 1 + (n % (field - start))] as const)
    const requests = fc
        .tuple(span(1600), span(1200), fc.nat(1700), fc.nat(1300))
        .map(([[x, width], [y, height], w, h]) =>
            // One in three unscaled, one in three anything, one in three a frame that may be possible.
            request(
                [x, y, width, height],
                w % 3 === 0 ? 0 : w % 3 === 1 ? w : (w % width) + 1,
                w % 3 === 0 ? 0 : w % 3 === 1 ? h : (h % height) + 1
            )
        )

    it("keeps every constraint of the pipeline, and the registers say the same", () => {
        let solved = 0
        fc.assert(
            fc.property(requests, wanted => {
                if (geometryProblem(wanted) !== "") return
                solved++
                const geometry = solveGeometry(wanted)
                const read = decode(geometryRegisters(geometry))
                const step = 1600 / read.inputWidth
                const asked = wanted.window

                expect([
                    [1600, 1200],
                    [800, 600],
                    [400, 296],
                ]).toContainEqual([read.inputWidth, read.inputHeight])
                expect(read.x + read.width).toBeLessThanOrEqual(read.inputWidth)
                expect(read.y + read.height).toBeLessThanOrEqual(
                    read.inputHeight
                )
                expect(geometry.window).toEqual({
                    x: read.x * step,
                    y: read.y * step,
                    width: read.width * step,
                    height: read.height * step,
                })
                expect(read.dividedWidth % 2).toBe(0)
                expect(Number.isInteger(read.dividedHeight)).toBe(true)
                expect(read.outputWidth).toBe(geometry.outputWidthPx)
                expect(read.outputHeight).toBe(geometry.outputHeightPx)
                expect(read.outputWidth).toBeLessThanOrEqual(read.dividedWidth)
                expect(read.outputHeight).toBeLessThanOrEqual(
                    read.dividedHeight
                )
                // Never more than was asked for, but for the 4 pixels that there must be.
                expect(geometry.window.width).toBeLessThanOrEqual(
                    Math.max(4, asked.width)
                )
                expect(geometry.window.height).toBeLessThanOrEqual(
                    Math.max(4, asked.height)
                )
                if (asked.width >= 4)
                    expect(asked.x - geometry.window.x).toSatisfy(
                        (shift: number) => shift >= 0 && shift < step
                    )
                if (wanted.outputWidthPx >= 4)
                    expect(read.outputWidth).toBe(
                        wanted.outputWidthPx - (wanted.outputWidthPx % 4)
                    )
            }),
            { numRuns: 9000, seed: 2640 }
        )
        expect(solved).toBeGreaterThanOrEqual(2000)
    })

    it("takes a finer read-out only when the coarser one has too few pixels", () => {
        let checked = 0
        fc.assert(
            fc.property(requests, wanted => {
                if (geometryProblem(wanted) !== "") return
                const { readOut, outputWidthPx, outputHeightPx } =
                    solveGeometry(wanted)
                if (readOut === ReadOut.CIF) return
                checked++
                const step = readOut === ReadOut.UXGA ? 2 : 4
                const rows = step === 2 ? 600 : 296
                const { x, y, width, height } = wanted.window
                const down4 = (n: number) => Math.floor(n / 4) * 4
                const columns = down4(down4(width) / step)
                const lines = Math.min(
                    down4(down4(height) / step),
                    down4(rows - Math.floor(y / step))
                )
                expect(x).toBeGreaterThanOrEqual(0)
                expect(columns < outputWidthPx || lines < outputHeightPx).toBe(
                    true
                )
            }),
            { numRuns: 3000, seed: 2641 }
        )
        expect(checked).toBeGreaterThan(500)
    })

    it("never crashes and never refuses without a reason that names the numbers", () => {
        const anything = fc.oneof(fc.double(), fc.integer())
        fc.assert(
            fc.property(
                fc.tuple(anything, anything, anything, anything),
                anything,
                anything,
                (window, w, h) => {
                    const problem = geometryProblem(request(window, w, h))
                    if (problem === "") solveGeometry(request(window, w, h))
                    else expect(problem).toMatch(/^(window|frame) .+/)
                    expect(problem.length).toBeLessThan(220)
                }
            ),
            { numRuns: 2000, seed: 2642 }
        )
    })
})

describe("OV2640 geometry of a core that turns the image", () => {
    it("moves the DSP's window to the other end, and back", () => {
        const upright = solveGeometry(request([640, 100, 640, 480], 320, 240))
        const turned = reflected(upright, Flip.BOTH)

        // SVGA: 800 - 320 - 320 columns and 600 - 50 - 240 rows before it.
        expect(upright.core).toEqual({ x: 320, y: 50, width: 320, height: 240 })
        expect(turned.core).toEqual({ x: 160, y: 310, width: 320, height: 240 })
        expect(turned.window).toEqual(upright.window)
        expect(reflected(turned, Flip.BOTH)).toEqual(upright)
    })

    it("moves it in one direction when the core turns in one", () => {
        const upright = solveGeometry(request([640, 100, 640, 480], 320, 240))

        expect(reflected(upright, Flip.VFLIP).core).toMatchObject({
            x: 320,
            y: 310,
        })
        expect(reflected(upright, Flip.HFLIP).core).toMatchObject({
            x: 160,
            y: 50,
        })
        expect(reflected(upright, Flip.NONE)).toEqual(upright)
    })
})

describe("OV2640 largest window of a shape", () => {
    it.each([
        [4, 3, { x: 0, y: 0, width: 1600, height: 1200 }],
        [1, 1, { x: 200, y: 0, width: 1200, height: 1200 }],
        [16, 9, { x: 0, y: 148, width: 1600, height: 900 }],
        [1600, 1, { x: 0, y: 596, width: 1600, height: 4 }],
    ])("of %i:%i is %j", (w, h, window) => {
        expect(largestWindow(w, h)).toEqual(window)
    })
})
