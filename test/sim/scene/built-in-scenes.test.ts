// SPDX-License-Identifier: MIT
// The scenes that need no file: flat, ramp, noise, target.

import { describe, expect, it } from "vitest"
import { DAY_NS, DayScene } from "../../../sim/scene/day.ts"
import { flatScene } from "../../../sim/scene/flat.ts"
import { MovingNoiseScene, noiseScene } from "../../../sim/scene/noise.ts"
import { rampScene } from "../../../sim/scene/ramp.ts"
import type { Field } from "../../../sim/scene/scene.ts"
import { photoScene } from "../../../sim/scene/photo.ts"
import { TargetScene } from "../../../sim/scene/target.ts"
import { VisitorScene } from "../../../sim/scene/visitor.ts"

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

    it("leaves no trace before a landscape either, which is far darker than it", () => {
        const scene = new TargetScene(FIELD, "photo")
        const first = scene.at(1e9).luma.slice()
        const { x, y } = scene.positionAt(1e9)
        const inDisc = (i: number, radius: number) =>
            Math.hypot(
                (i % FIELD.width) - x,
                Math.floor(i / FIELD.width) - y
            ) <= radius

        scene.at(1.02e9)
        scene.at(4.4e9)
        expect(sameLuma(scene.at(1e9).luma, first)).toBe(true)
        expect(first.filter((_, i) => inDisc(i, 11))).toEqual(
            new Uint8Array(first.filter((_, i) => inDisc(i, 11)).length).fill(
                240
            )
        )
        const beside = first.filter((_, i) => !inDisc(i, 13))
        expect(Math.max(...new Set(beside))).toBeLessThan(110)
        expect(new Set(beside).size).toBeGreaterThan(50)
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

describe("a visitor", () => {
    /** Standard deviation of the scene from the landscape without noise, in a row of gray levels that never clip. */
    function noiseSd(luma: Uint8Array, clean: Uint8Array): number {
        let [sum, squares, count] = [0, 0, 0]
        clean.forEach((level, i) => {
            if (level < 16 || level > 239) return
            const difference = luma[i]! - level
            sum += difference
            squares += difference ** 2
            count++
        })
        expect(Math.abs(sum / count)).toBeLessThan(0.02)
        return Math.sqrt(squares / count)
    }

    it("is away at first: a landscape in noise of two gray levels, another at each time and for each seed", () => {
        const scene = new VisitorScene(FIELD, 1)
        const clean = photoScene(FIELD).at(0).luma
        const first = scene.at(0).luma.slice()

        expect(scene.visitorAt(0)).toBeUndefined()
        expect(noiseSd(first, clean)).toBeCloseTo(2, 1)
        expect(noiseSd(scene.at(1e9).luma, clean)).toBeCloseTo(2, 1)
        expect(sameLuma(scene.at(1e9).luma, first)).toBe(false)
        expect(sameLuma(scene.at(0).luma, first)).toBe(true)
        expect(sameLuma(new VisitorScene(FIELD, 2).at(0).luma, first)).toBe(
            false
        )
    })

    it("walks from the left edge to the right, and is drawn where it says", () => {
        const scene = new VisitorScene(FIELD, 1)
        const clean = photoScene(FIELD).at(0).luma
        const places = [1.6e9, 2.2e9, 2.9e9].map(timeNs => {
            const visitor = scene.visitorAt(timeNs)!
            const { luma } = scene.at(timeNs)
            let [left, right, top, bottom] = [Infinity, -1, Infinity, -1]
            luma.forEach((level, i) => {
                // Far more than noise, in a landscape that is brighter nearly everywhere.
                if (Math.abs(level - clean[i]!) < 25) return
                left = Math.min(left, i % FIELD.width)
                right = Math.max(right, i % FIELD.width)
                top = Math.min(top, Math.floor(i / FIELD.width))
                bottom = Math.max(bottom, Math.floor(i / FIELD.width))
            })
            for (const [seen, said] of [
                [left, visitor.left],
                [right, visitor.right],
                [top, visitor.top],
                [bottom, visitor.bottom],
            ] as const)
                expect(Math.abs(seen - said)).toBeLessThanOrEqual(3)
            return visitor.left
        })
        expect(places[0]).toBeLessThan(places[1]!)
        expect(places[1]).toBeLessThan(places[2]!)
        expect(scene.visitorAt(3.1e9)).toBeUndefined()
        expect(scene.visitorAt(5.6e9)).toEqual(scene.visitorAt(1.6e9))
    })
})

describe("a day", () => {
    const day = new DayScene(FIELD)
    /** Means of red, green and blue. */
    const colours = (share: number) => {
        const rgb = day.at(share * DAY_NS).rgb!
        const sums = [0, 0, 0]
        rgb.forEach((level, i) => (sums[i % 3]! += level))
        return sums.map(sum => sum / (rgb.length / 3)) as [
            number,
            number,
            number,
        ]
    }

    it("is red when the sun rises, bright at noon, dark and blue at midnight, and comes again", () => {
        const [sunrise, noon, midnight] = [0, 0.25, 0.75].map(colours)

        expect(sunrise![0]).toBeGreaterThan(1.5 * sunrise![2])
        expect(noon![1]).toBeGreaterThan(1.5 * sunrise![1])
        expect(midnight![2]).toBeGreaterThan(1.2 * midnight![0])
        expect(midnight![1]).toBeLessThan(0.15 * noon![1])
        expect(colours(1)).toEqual(sunrise)
    })

    it("has the sun where there is sky, further right each time", () => {
        const columns = [0.15, 0.2, 0.25, 0.3].map(share => {
            // Nothing else is as bright in the sky of this row, once the landscape without a sun is taken off.
            const { rgb, luma } = day.at(share * DAY_NS)
            const clean = photoScene(FIELD).at(0).rgb!
            let [sum, count] = [0, 0]
            luma.forEach((_, i) => {
                if (rgb![3 * i]! - clean[3 * i]! < 40) return
                sum += i % FIELD.width
                count++
            })
            expect(count).toBeGreaterThan(300)
            return sum / count
        })
        expect(columns).toEqual([...columns].sort((a, b) => a - b))
        expect(columns[3]! - columns[0]!).toBeGreaterThan(100)
    })
})
