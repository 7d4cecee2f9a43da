// SPDX-License-Identifier: MIT
import { expect, it } from "vitest"
import { kernel } from "../../sim/kernel/kernel-test.ts"
import { noise, TestPicture } from "../support/vision/pictures.ts"

const FILE = "vision/flow.kernel.ts"

/** For each block the least sum of absolute differences, of equal ones the first. */
function searched(before: TestPicture, after: TestPicture) {
    const step = (length: number) => Math.trunc((length - 16) / 4)
    const motions = []
    for (let j = 0; j < 5; j++)
        for (let i = 0; i < 5; i++) {
            const x = 4 + i * step(before.width)
            const y = 4 + j * step(before.height)
            let best = { dx: 0, dy: 0, difference: Infinity }
            for (let dy = -4; dy <= 4; dy++)
                for (let dx = -4; dx <= 4; dx++) {
                    let difference = 0
                    for (let v = 0; v < 8; v++)
                        for (let u = 0; u < 8; u++)
                            difference += Math.abs(
                                before.at(x + u, y + v) -
                                    after.at(x + dx + u, y + dy + v)
                            )
                    if (difference < best.difference)
                        best = { dx, dy, difference }
                }
            motions.push(best)
        }
    return motions
}

it.each([
    [64, 64],
    [43, 31],
    [16, 16],
])("of noise is that of a full search, %ix%i", async (width, height) => {
    const { flow } = await kernel(FILE)
    const [before, after] = [noise(width, height, 3), noise(width, height, 4)]

    expect(flow!(before, after, 25)).toEqual({
        length: 25,
        left: 0,
        items: searched(before, after),
    })
})

it("finds how far a picture was moved", async () => {
    const { flow } = await kernel(FILE)
    const scene = noise(80, 80)
    const part = (x0: number, y0: number) =>
        new TestPicture(64, 64).fill((x, y) => scene.at(x + x0, y + y0))

    const found = flow!(part(8, 8), part(5, 10), 20)

    expect(found).toEqual({
        length: 20,
        left: 5,
        items: Array(20).fill({ dx: 3, dy: -2, difference: 0 }),
    })
})
