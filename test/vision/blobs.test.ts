// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { kernel } from "../../sim/kernel/kernel-test.ts"
import type { ListValue } from "../../sim/kernel/kernel-result.ts"
import { discs, noise, TestPicture } from "../support/vision/pictures.ts"

const FILE = "vision/blobs.kernel.ts"

async function blobs(
    picture: TestPicture,
    threshold: number,
    minArea: number,
    most: number
): Promise<ListValue> {
    const functions = await kernel(FILE)
    return functions["blobs"]!(picture, threshold, minArea, most) as ListValue
}

describe("blobs", () => {
    it.each([1, 2, 3, 4])(
        "are what a flood fill finds, picture %i",
        async seed => {
            const picture = discs(90, 70, 25, seed)

            const found = await blobs(picture, 128, 1, 100)

            expect(found.left).toBe(0)
            expect(found.items).toEqual(floodFilled(picture, 128, 1))
        }
    )

    it("of noise, where groups touch at corners and join late", async () => {
        const picture = noise(40, 30, 7)

        const found = await blobs(picture, 140, 2, 200)

        expect(found.left).toBe(0)
        expect(found.items).toEqual(floodFilled(picture, 140, 2))
    })

    it("below the smallest area are left out, without a place counted", async () => {
        const picture = discs(90, 70, 25, 1)

        expect((await blobs(picture, 128, 60, 100)).items).toEqual(
            floodFilled(picture, 128, 60)
        )
    })

    it("without a place are counted", async () => {
        const picture = discs(90, 70, 25, 1)
        const all = floodFilled(picture, 128, 1)

        expect(await blobs(picture, 128, 1, 3)).toEqual({
            length: 3,
            left: all.length - 3,
            items: all.slice(0, 3),
        })
    })

    it("have a centroid also when all of the largest frame is one", async () => {
        const white = new TestPicture(752, 480).fill(() => 255)

        expect((await blobs(white, 128, 1, 4)).items).toEqual([
            {
                area: 752 * 480,
                x: 375.5 * 16,
                y: 239.5 * 16,
                left: 0,
                top: 0,
                right: 751,
                bottom: 479,
            },
        ])
    })

    it("beyond what there is memory for are counted: runs of a row, and beginnings in a frame", async () => {
        const stripes = new TestPicture(300, 1).fill(x => (x % 2) * 255)
        const dots = new TestPicture(200, 6).fill((x, y) =>
            x % 2 === 0 && y % 2 === 0 && x < 200 ? 255 : 0
        )

        expect(await blobs(stripes, 128, 1, 200)).toMatchObject({
            length: 128,
            left: 150 - 128,
        })
        expect(await blobs(dots, 128, 1, 300)).toMatchObject({
            length: 256,
            left: 300 - 256,
        })
    })
})

/** Groups by walking from pixel to pixel, in the order of their first pixels. */
function floodFilled(picture: TestPicture, threshold: number, minArea: number) {
    const { width, height } = picture
    const seen = new Set<number>()
    const isBright = (x: number, y: number): boolean =>
        x >= 0 &&
        y >= 0 &&
        x < width &&
        y < height &&
        picture.at(x, y) > threshold
    const groups = []
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
            if (!isBright(x, y) || seen.has(y * width + x)) continue
            const pixels: [number, number][] = []
            const open: [number, number][] = [[x, y]]
            seen.add(y * width + x)
            for (let next = open.pop(); next; next = open.pop()) {
                pixels.push(next)
                for (const dy of [-1, 0, 1])
                    for (const dx of [-1, 0, 1]) {
                        const [nx, ny] = [next[0] + dx, next[1] + dy]
                        if (!isBright(nx, ny) || seen.has(ny * width + nx))
                            continue
                        seen.add(ny * width + nx)
                        open.push([nx, ny])
                    }
            }
            if (pixels.length < minArea) continue
            const xs = pixels.map(([px]) => px)
            const ys = pixels.map(([, py]) => py)
            const sum = (of: number[]) => of.reduce((a, b) => a + b, 0)
            groups.push({
                area: pixels.length,
                x: Math.floor((sum(xs) * 16) / pixels.length),
                y: Math.floor((sum(ys) * 16) / pixels.length),
                left: Math.min(...xs),
                top: Math.min(...ys),
                right: Math.max(...xs),
                bottom: Math.max(...ys),
            })
        }
    return groups
}
