// SPDX-License-Identifier: MIT
// The scenes that need no file: flat, ramp, noise, target.

import { describe, expect, it } from "vitest"
import { flatScene } from "../../../sim/scene/flat.ts"
import { MovingNoiseScene, noiseScene } from "../../../sim/scene/noise.ts"
import { rampScene } from "../../../sim/scene/ramp.ts"
import type { Field } from "../../../sim/scene/scene.ts"
import { TargetScene } from "../../../sim/scene/target.ts"

const FIELD = { width: 752, height: 480 }

const sameLuma = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

describe("a flat scene", () => {
    it("has one level everywhere, 128 by default", () => {
        expect(new Set(flatScene(FIELD).at(0).luma)).toEqual(new Set([128]))
        expect(new Set(flatScene(FIELD, 7).at(1e9).luma)).toEqual(new Set([7]))
        expect(flatScene(FIELD).at(0).luma).toHaveLength(752 * 480)
    })
})

describe("a ramp", () => {
    it("goes from black to white along each row", () => {
        const { luma } = rampScene(FIELD).at(0)
        expect([
            luma[0],
            luma[751],
            luma[479 * 752],
            luma[479 * 752 + 751],
        ]).toEqual([0, 255, 0, 255])
        for (let x = 1; x < 752; x++) {
            const step = luma[x]! - luma[x - 1]!
            expect(step === 0 || step === 1).toBe(true)
        }
    })
})

describe("noise", () => {
    it("is the same for the same seed and another for another", () => {
        const [a, b, c] = [1, 1, 2].map(
            seed => noiseScene(FIELD, seed).at(0).luma
        )
        expect(sameLuma(a!, b!)).toBe(true)
        expect(sameLuma(a!, c!)).toBe(false)
    })

    it("has all levels, about equally often", () => {
        const counts = new Array<number>(256).fill(0)
        for (const level of noiseScene(FIELD, 3).at(0).luma) counts[level]!++
        // 1410 each on average; six standard deviations are 225.
        expect(Math.min(...counts)).toBeGreaterThan(1185)
        expect(Math.max(...counts)).toBeLessThan(1635)
    })

    it("moving: is the same at the same time and another at another", () => {
        const scene = new MovingNoiseScene(FIELD, 1)
        const first = scene.at(8_333_333).luma.slice()
        const second = scene.at(16_666_667).luma.slice()
        expect(scene.still).toBe(false)
        expect(sameLuma(first, second)).toBe(false)
        expect(sameLuma(scene.at(8_333_333).luma, first)).toBe(true)
        expect(
            sameLuma(new MovingNoiseScene(FIELD, 2).at(8_333_333).luma, first)
        ).toBe(false)
    })
})

/** Centre of all pixels brighter than half. */
function centroid({ luma, width }: Field): {
    x: number
    y: number
    count: number
} {
    let [x, y, count] = [0, 0, 0]
    luma.forEach((level, i) => {
        if (level < 128) return
        x += i % width
        y += Math.floor(i / width)
        count++
    })
    return { x: x / count, y: y / count, count }
}

describe("the moving target", () => {
    const scene = new TargetScene(FIELD)

    it("starts in the middle of the field", () => {
        expect(scene.positionAt(0)).toEqual({ x: 375.5, y: 239.5 })
    })

    it.each([0, 0.1, 0.5, 1.234, 3, 7.7, 11.99, 500])(
        "is where positionAt says after %d s",
        seconds => {
            const timeNs = seconds * 1e9
            const { x, y, count } = centroid(scene.at(timeNs))
            const position = scene.positionAt(timeNs)
            expect(Math.abs(x - position.x)).toBeLessThan(0.5)
            expect(Math.abs(y - position.y)).toBeLessThan(0.5)
            // A disc of radius 12: 452 pixels.
            expect(Math.abs(count - 452)).toBeLessThan(20)
        }
    )

    it("leaves no trace: a time looks the same whatever was looked at before", () => {
        const fresh = new TargetScene(FIELD).at(2e9).luma
        expect(sameLuma(scene.at(2e9).luma, fresh)).toBe(true)
    })

    it("closes its path after 12 s", () => {
        const [start, end] = [scene.positionAt(1.5e9), scene.positionAt(13.5e9)]
        expect(end.x).toBeCloseTo(start.x, 6)
        expect(end.y).toBeCloseTo(start.y, 6)
    })

    it("never touches the border of the field", () => {
        for (let ms = 0; ms < 12_000; ms += 10) {
            const { x, y } = scene.positionAt(ms * 1e6)
            expect(x > 13 && x < 738 && y > 13 && y < 466).toBe(true)
        }
    })

    it("moves less than 5 pixels in a frame at 120 fps", () => {
        const frameNs = 1e9 / 120
        for (let n = 0; n < 1440; n++) {
            const a = scene.positionAt(n * frameNs)
            const b = scene.positionAt((n + 1) * frameNs)
            expect(Math.hypot(b.x - a.x, b.y - a.y)).toBeLessThan(5)
        }
    })
})
