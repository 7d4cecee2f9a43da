// SPDX-License-Identifier: MIT
// Kernels that make numbers of a picture: histogram, percentiles, focus.
import { describe, expect, it } from "vitest"
import { kernel } from "../../sim/kernel/kernel-test.ts"
import { discs, noise, TestPicture } from "../support/vision/pictures.ts"

function levelsOf(picture: TestPicture): number[] {
    const { width, height } = picture
    return Array.from({ length: width * height }, (_, i) =>
        picture.at(i % width, Math.floor(i / width))
    )
}

describe("histogram()", () => {
    it("counts each level", async () => {
        const { histogram } = await kernel("vision/histogram.kernel.ts")
        const picture = noise(31, 23)
        const counts = new Int32Array(256)
        for (const level of levelsOf(picture)) counts[level]!++

        expect(histogram!(picture, 256)).toEqual(counts)
    })
})

describe("percentiles()", () => {
    it.each([
        [0, 100],
        [5, 95],
        [25, 75],
        [50, 50],
    ])("%i and %i", async (low, high) => {
        const { percentiles } = await kernel("vision/histogram.kernel.ts")
        const picture = discs(40, 25, 9)
        const sorted = levelsOf(picture).sort((a, b) => a - b)
        /** Nearest rank. */
        const rank = (percent: number) =>
            sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1]
        const sum = sorted.reduce((a, b) => a + b, 0)

        expect(percentiles!(picture, low, high)).toEqual({
            low: rank(low),
            median: rank(50),
            high: rank(high),
            mean: Math.fround(sum / sorted.length),
        })
    })
})

describe("focus()", () => {
    it("is the mean of the squared Laplacian", async () => {
        const { focus } = await kernel("vision/focus.kernel.ts")
        const picture = noise(21, 15)
        let sum = 0
        for (let y = 1; y < 14; y++)
            for (let x = 1; x < 20; x++)
                sum +=
                    (4 * picture.at(x, y) -
                        picture.at(x - 1, y) -
                        picture.at(x + 1, y) -
                        picture.at(x, y - 1) -
                        picture.at(x, y + 1)) **
                    2
        const mean = sum / (19 * 13)

        // Sums of rows are added with 24 bits each.
        expect(focus!(picture)).toBeGreaterThan(mean * (1 - 2 ** -20))
        expect(focus!(picture)).toBeLessThan(mean * (1 + 2 ** -20))
    })

    it("falls when the picture is blurred, and is 0 when it is flat", async () => {
        const { focus } = await kernel("vision/focus.kernel.ts")
        const sharp = discs(64, 48, 12)
        const blurred = new TestPicture(64, 48).fill(
            (x, y) => (sharp.at(x, y) + sharp.at(Math.min(63, x + 1), y)) >> 1
        )

        expect(focus!(blurred)).toBeLessThan(focus!(sharp) as number)
        expect(focus!(new TestPicture(8, 8).fill(() => 90))).toBe(0)
        expect(focus!(new TestPicture(2, 2))).toBe(0)
    })
})
