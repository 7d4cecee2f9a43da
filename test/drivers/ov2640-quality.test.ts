// SPDX-License-Identifier: MIT
// The OV2640's JPEG quality: its scale in QS, and the way down when a frame does not fit.

import { describe, expect, it } from "vitest"
import {
    fittingQuality,
    jpegReserveBytes,
    lowerQuality,
    qsToQuality,
    qualityProblem,
    qualityToQs,
    roomyQuality,
} from "../../drivers/ov2640/quality.ts"

const ALL = Array.from({ length: 100 }, (_, i) => i + 1)

describe("OV2640 JPEG quality", () => {
    it("goes from QS 63 at quality 1 to QS 2 at quality 100", () => {
        expect(qualityToQs(1)).toBe(63)
        expect(qualityToQs(50)).toBe(33)
        expect(qualityToQs(100)).toBe(2)
    })

    it("never gives a better quality the larger scale, and uses every scale", () => {
        const scales = ALL.map(qualityToQs)

        for (let i = 1; i < scales.length; i++)
            expect(scales[i]!).toBeLessThanOrEqual(scales[i - 1]!)
        expect(new Set(scales).size).toBe(62)
        expect(scales.every(Number.isInteger)).toBe(true)
    })

    it("finds the highest quality of each scale", () => {
        for (let qs = 2; qs <= 63; qs++) {
            const highest = Math.max(...ALL.filter(q => qualityToQs(q) === qs))
            expect(qsToQuality(qs)).toBe(highest)
        }
    })

    it("steps down by one scale, 62 times from 100, and then not at all", () => {
        let quality = 100
        for (let qs = 3; qs <= 63; qs++) {
            quality = lowerQuality(quality)
            expect(qualityToQs(quality)).toBe(qs)
        }
        expect(lowerQuality(quality)).toBe(0)
    })

    it.each([
        [1, ""],
        [100, ""],
        [50.5, ""],
        [0, "quality 0 is not in 1..100"],
        [101, "quality 101 is not in 1..100"],
        [NaN, "quality NaN is not in 1..100"],
    ])("judges quality %d as %j", (quality, problem) => {
        expect(qualityProblem(quality)).toBe(problem)
    })

    it("reserves one byte for five pixels, in whole words, and 3 KB for what does not shrink", () => {
        expect(jpegReserveBytes(1600, 1200)).toBe(384_000 + 3072)
        expect(jpegReserveBytes(352, 288)).toBe(20_276 + 3072)
        expect(jpegReserveBytes(4, 4)).toBe(4 + 3072)
    })
})

describe("OV2640 JPEG quality of a frame that did not fit", () => {
    it("is always lower than before, down to the lowest, then there is none", () => {
        for (const quality of ALL)
            for (const excess of [1, 1.001, 1.5, 2, 10, 1000]) {
                const next = fittingQuality(quality, 20_000 * excess, 20_000)
                if (qualityToQs(quality) === 63) expect(next).toBe(0)
                else
                    expect(qualityToQs(next)).toBeGreaterThan(
                        qualityToQs(quality)
                    )
            }
    })

    it("goes further the more is missing", () => {
        // quality 80 is QS 14; twice too large: three times that
        expect(qualityToQs(80)).toBe(14)
        expect(qualityToQs(fittingQuality(80, 40_000, 20_000))).toBe(42)
        expect(qualityToQs(fittingQuality(80, 21_000, 20_000))).toBe(16)
    })
})

describe("roomyQuality", () => {
    it.each([
        [10, 80, 2000, 10_000],
        [40, 95, 5000, 10_000],
        [1, 100, 700, 60_000],
    ])(
        "from %i, at most %i, raises as far as %i bytes of %i leave room",
        (quality, wanted, largest, buffer) => {
            const better = roomyQuality(quality, wanted, largest, buffer)

            expect(better).toBeGreaterThan(quality)
            expect(better).toBeLessThanOrEqual(wanted)
            // Sizes grow no faster than the scale falls.
            const grown = (largest * qualityToQs(quality)) / qualityToQs(better)
            expect(grown).toBeLessThanOrEqual(buffer)
        }
    )

    it("is 0 where there is no room, or nothing better is wanted", () => {
        expect(roomyQuality(40, 80, 8500, 10_000)).toBe(0)
        expect(roomyQuality(80, 80, 100, 10_000)).toBe(0)
    })
})
