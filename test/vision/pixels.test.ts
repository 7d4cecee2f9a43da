// SPDX-License-Identifier: MIT
// Kernels that make a picture of a picture.
import { describe, expect, it } from "vitest"
import { kernel } from "../../sim/kernel/kernel-test.ts"
import {
    mapped,
    noise,
    randomNumbers,
    TestPicture,
} from "../support/vision/pictures.ts"

/** Sum over the 3x3 pixels around one, with weights in rows. */
function weighted(
    picture: TestPicture,
    x: number,
    y: number,
    weights: readonly number[]
): number {
    return weights.reduce(
        (sum, weight, i) =>
            sum +
            weight * picture.at(x + (i % 3) - 1, y + Math.floor(i / 3) - 1),
        0
    )
}

const isInside = ({ width, height }: TestPicture, x: number, y: number) =>
    x > 0 && y > 0 && x < width - 1 && y < height - 1

describe("edges()", () => {
    it("is |gx| + |gy| of Sobel, at most 255, inside of the outermost pixels", async () => {
        const { edges } = await kernel("vision/edges.kernel.ts")
        const picture = noise(23, 17)
        const out = noise(23, 17, 2)
        const expected = mapped(out, (x, y) => {
            if (!isInside(picture, x, y)) return out.at(x, y)
            const gx = weighted(picture, x, y, [-1, 0, 1, -2, 0, 2, -1, 0, 1])
            const gy = weighted(picture, x, y, [-1, -2, -1, 0, 0, 0, 1, 2, 1])
            return Math.min(255, Math.abs(gx) + Math.abs(gy))
        })

        edges!(picture, out)

        expect(out.pixels).toEqual(expected.pixels)
    })
})

describe("bayerToGray()", () => {
    it("weights 1 2 1, 2 4 2, 1 2 1", async () => {
        const { bayerToGray } = await kernel("vision/debayer.kernel.ts")
        const picture = noise(23, 17)
        const out = noise(23, 17, 2)
        const expected = mapped(out, (x, y) =>
            isInside(picture, x, y)
                ? (weighted(picture, x, y, [1, 2, 1, 2, 4, 2, 1, 2, 1]) + 8) >>
                  4
                : out.at(x, y)
        )

        bayerToGray!(picture, out)

        expect(out.pixels).toEqual(expected.pixels)
    })

    it("makes one gray of one colour, wherever its red, green and blue pixels are", async () => {
        const { bayerToGray } = await kernel("vision/debayer.kernel.ts")
        const colour = [200, 80, 80, 40] // R G / G B
        const picture = new TestPicture(12, 10).fill(
            (x, y) => colour[(y % 2) * 2 + (x % 2)]!
        )
        const out = new TestPicture(12, 10).fill(() => 100)

        bayerToGray!(picture, out)

        expect(new Set(out.pixels)).toEqual(new Set([100]))
    })
})

describe.each([
    ["half", 2],
    ["quarter", 4],
] as const)("%s()", (name, size) => {
    const reduced = (picture: TestPicture, x: number, y: number) => {
        let sum = 0
        for (let v = 0; v < size; v++)
            for (let u = 0; u < size; u++)
                sum += picture.at(size * x + u, size * y + v)
        return Math.floor((sum + size ** 2 / 2) / size ** 2)
    }

    it("is the rounded mean", async () => {
        const functions = await kernel("vision/reduce.kernel.ts")
        const picture = noise(27, 22)
        const [width, height] = [Math.floor(27 / size), Math.floor(22 / size)]
        const out = new TestPicture(width, height)

        functions[name]!(picture, out)

        expect(out.pixels).toEqual(
            new TestPicture(width, height).fill((x, y) =>
                reduced(picture, x, y)
            ).pixels
        )
    })

    it("in the frame itself, whose upper left corner it fills", async () => {
        const functions = await kernel("vision/reduce.kernel.ts")
        const picture = noise(24, 24)
        const expected = mapped(picture, (x, y) =>
            x < 24 / size && y < 24 / size
                ? reduced(picture, x, y)
                : picture.at(x, y)
        )

        functions[name]!(picture, picture)

        expect(picture.pixels).toEqual(expected.pixels)
    })
})

describe("motion()", () => {
    it("counts what differs, and fades into the reference", async () => {
        const { motion } = await kernel("vision/reduce.kernel.ts")
        const picture = noise(23, 9)
        const reference = noise(23, 9, 2)
        const expected = mapped(
            reference,
            (x, y) => (picture.at(x, y) + reference.at(x, y)) >> 1
        )
        let moved = 0
        for (let y = 0; y < 9; y++)
            for (let x = 0; x < 23; x++)
                if (Math.abs(picture.at(x, y) - reference.at(x, y)) > 90)
                    moved++

        expect(motion!(picture, reference, 90)).toBe(moved)
        expect(reference.pixels).toEqual(expected.pixels)
    })
})

describe("rgb565ToGray()", () => {
    it("is BT.601's luma of every colour, rounded, and in place", async () => {
        const { rgb565ToGray } = await kernel("vision/gray.kernel.ts")
        const colours = new TestPicture(256, 256, 2).fill((x, y) =>
            x % 2 === 0 ? y : x >> 1
        )
        const luma = (high: number, low: number): number => {
            const red = (high >> 3) * (255 / 31)
            const green = (((high & 7) << 3) | (low >> 5)) * (255 / 63)
            const blue = (low & 31) * (255 / 31)
            return 0.299 * red + 0.587 * green + 0.114 * blue
        }
        const expected = Array.from({ length: 65536 }, (_, i) =>
            luma(i >> 8, i & 255)
        )

        rgb565ToGray!(colours, colours)

        let worst = 0
        for (let y = 0; y < 256; y++)
            for (let x = 0; x < 256; x++)
                worst = Math.max(
                    worst,
                    Math.abs(colours.at(x, y) - expected[y * 256 + x]!)
                )
        // Half a level, and what the constants are rounded by.
        expect(worst).toBeLessThan(0.501)
        expect(colours.at(0, 0)).toBe(0)
        expect(colours.at(255, 255)).toBe(255)
    })
})

describe("yuv422ToGray()", () => {
    it("is Y, also in place", async () => {
        const { yuv422ToGray } = await kernel("vision/gray.kernel.ts")
        const random = randomNumbers(5)
        const picture = new TestPicture(12, 5, 3).fill(() => random(256))
        const expected = Array.from({ length: 5 }, (_, y) =>
            Array.from({ length: 12 }, (_, x) => picture.at(2 * x, y))
        )

        yuv422ToGray!(picture, picture)

        expect(
            expected.map((row, y) => row.map((_, x) => picture.at(x, y)))
        ).toEqual(expected)
    })
})
