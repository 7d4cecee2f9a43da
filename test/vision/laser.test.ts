// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { kernel } from "../../sim/kernel/kernel-test.ts"
import {
    noise,
    randomNumbers,
    TestPicture,
} from "../support/vision/pictures.ts"

const FILE = "vision/laser.kernel.ts"

/** The centre of gravity of each column's light, in 1/16 rounded down. */
function centres(picture: TestPicture, threshold: number): Uint16Array {
    return Uint16Array.from({ length: picture.width }, (_, x) => {
        let [weight, moment] = [0, 0]
        for (let y = 0; y < picture.height; y++) {
            const light = Math.max(0, picture.at(x, y) - threshold)
            weight += light
            moment += light * y
        }
        return weight === 0 ? 0xffff : Math.floor((moment * 16) / weight)
    })
}

/** A bright line of some thickness over a dark noise. */
function line(width: number, height: number): TestPicture {
    const random = randomNumbers(9)
    return new TestPicture(width, height).fill((x, y) => {
        const centre = height / 2 + (height / 4) * Math.sin(x / 20)
        return random(40) + 210 * Math.exp(-((y - centre) ** 2) / 5)
    })
}

describe.each(["laser", "laserRow"])("%s()", name => {
    it.each([
        ["a line", line(101, 60), 100],
        ["noise", noise(50, 40), 200],
        ["darkness", new TestPicture(16, 8), 10],
        [
            "the largest frame, bright all over",
            new TestPicture(752, 480).fill(() => 255),
            0,
        ],
    ])("of %s is the centre of gravity", async (_what, picture, threshold) => {
        const functions = await kernel(FILE)

        expect(functions[name]!(picture, threshold, picture.width)).toEqual(
            centres(picture, threshold)
        )
    })

    it("has nothing left of the frame before", async () => {
        const functions = await kernel(FILE)
        functions[name]!(noise(40, 30), 100, 40)

        expect(functions[name]!(line(40, 30), 100, 40)).toEqual(
            centres(line(40, 30), 100)
        )
    })
})
