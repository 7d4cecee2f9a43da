// SPDX-License-Identifier: MIT
import { expect, it } from "vitest"
import { kernel } from "../../sim/kernel/kernel-test.ts"
import { noise, TestPicture } from "../support/vision/pictures.ts"

const FILE = "vision/brightest.kernel.ts"

it.each([0, 100, 254, 255])("centroid above %i", async threshold => {
    const { brightest } = await kernel(FILE)
    const picture = noise(37, 29)
    const all: [x: number, y: number, level: number][] = []
    for (let y = 0; y < 29; y++)
        for (let x = 0; x < 37; x++) all.push([x, y, picture.at(x, y)])
    const bright = all.filter(([, , level]) => level > threshold)
    const sum = (of: typeof all, index: 0 | 1 | 2): number =>
        of.reduce((total, pixel) => total + pixel[index], 0)
    const mean = (index: 0 | 1): number =>
        bright.length === 0 ? 0 : sum(bright, index) / bright.length

    expect(brightest!(picture, threshold)).toEqual({
        x: Math.fround(mean(0)),
        y: Math.fround(mean(1)),
        count: bright.length,
        max: bright.reduce((most, [, , level]) => Math.max(most, level), 0),
        sum: sum(all, 2),
    })
})

it("sums fit for all pixels of the largest frame", async () => {
    const { brightest } = await kernel(FILE)
    const white = new TestPicture(752, 480).fill(() => 255)

    expect(brightest!(white, 128)).toEqual({
        x: 375.5,
        y: 239.5,
        count: 752 * 480,
        max: 255,
        sum: 752 * 480 * 255,
    })
})
