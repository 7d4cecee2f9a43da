// SPDX-License-Identifier: MIT
// The window that follows: the target stays in it, whole, and it is found again when it has jumped.

import { beforeAll, describe, expect, it } from "vitest"
import "../../../sim/failed-waveforms.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import {
    TARGET_RADIUS_PX,
    TargetScene,
    type Position,
} from "../../../sim/scene/target.ts"
import { simulate, type SimulateResult } from "../../../sim/testing.ts"

const APP = "src/examples/follow-the-bright.ts"
const FIELD = { width: 752, height: 480 }
const SIDE = 96

/** Until then the target stands still: booting takes some 100 ms, and the first window is in the middle of the field. */
const STARTS_NS = 0.2e9

/** The target of `--scene target`, at another speed and with a jump in time at which it is elsewhere. */
class Target implements Scene {
    readonly name = "faster target"
    readonly still = false
    private readonly target = new TargetScene(FIELD)

    constructor(
        private readonly speed: number,
        private readonly jump = { atNs: Infinity, byNs: 0 }
    ) {}

    positionAt(timeNs: number): Position {
        return this.target.positionAt(this.pathNs(timeNs))
    }

    at(timeNs: number) {
        return this.target.at(this.pathNs(timeNs))
    }

    private pathNs(timeNs: number): number {
        const { atNs, byNs } = this.jump
        const movesNs = Math.max(0, timeNs - STARTS_NS)
        return this.speed * movesNs + (timeNs >= atNs ? byNs : 0)
    }
}

/** How far the middle of the window is from the target's in the middle of the exposure, the longer way, pixels. */
function offset({ sent, window }: CapturedFrame, target: Target): number {
    const { x, y } = target.positionAt(
        (sent.exposureStartNs! + sent.exposureEndNs!) / 2
    )
    const middle = (SIDE - 1) / 2
    return Math.max(
        Math.abs(x - window.x - middle),
        Math.abs(y - window.y - middle)
    )
}

/** The whole disc is in the window. */
function isWhole(frame: CapturedFrame, target: Target): boolean {
    return offset(frame, target) <= SIDE / 2 - TARGET_RADIUS_PX
}

function range(values: readonly number[]): [number, number] {
    return [Math.min(...values), Math.max(...values)]
}

describe("a window of 96x96 at 150 fps, and a target at up to 380 pixels per second", () => {
    const target = new Target(1)
    let result: SimulateResult

    beforeAll(async () => {
        // The path closes after 12 s.
        result = await simulate({ app: APP, scene: target, seconds: 12.3 })
    })

    it("never loses it, and has it near the middle", () => {
        const { frames } = result

        expect(frames.length).toBeGreaterThan(1800)
        expect(frames.filter(frame => !isWhole(frame, target))).toEqual([])
        // 276 pixels per second in x are 1.8 a frame. From the middle of one exposure to the first window that was moved
        // by it three frames and a part of one go by.
        const furthest = Math.max(...frames.map(frame => offset(frame, target)))
        expect(furthest).toBeLessThan(4 * (276 / 150))
    })

    it("travels over seven tenths of the field, both ways, at the full rate", () => {
        const [left, right] = range(result.frames.map(({ window }) => window.x))
        const [top, bottom] = range(result.frames.map(({ window }) => window.y))

        expect(right - left).toBeGreaterThan(0.69 * FIELD.width)
        expect(bottom - top).toBeGreaterThan(0.69 * FIELD.height)
        expect(result.fps).toBeCloseTo(150, 0)
    })

    it("drops nothing, and each frame is whole and where it says", () => {
        const { counters, frames } = result

        expect(counters).toMatchObject({
            dropped: 0,
            skipped: 0,
            torn: 0,
            pixelErrors: 0,
        })
        expect(frames.map(({ window }) => window)).toEqual(
            frames.map(({ sent }) => sent.window)
        )
    })
})

describe("a faster target", () => {
    it("of 1,500 pixels per second stays in the window, whole", async () => {
        const target = new Target(4)
        const { frames, counters } = await simulate({
            app: APP,
            scene: target,
            seconds: 3.3,
        })

        expect(frames.filter(frame => !isWhole(frame, target))).toEqual([])
        expect(counters).toMatchObject({ dropped: 0, pixelErrors: 0 })
    })
})

/** 7 rows of 11 places at most, and two frames for each: one is on its way when the window is asked to move on. */
const SEARCH_FRAMES = 2 * 7 * 11
/** On the way when the target jumps, and when it is found. */
const DELAY_FRAMES = 4

describe.each([
    { atNs: 1e9, byNs: 2e9, where: "further on in the search's order" },
    { atNs: 3.8e9, byNs: 3e9, where: "just before the place where it was" },
])("a target that jumps out of the window, $where", ({ atNs, byNs }) => {
    it("is found again by a look everywhere, and stays in the window", async () => {
        const target = new Target(1, { atNs, byNs })
        const { frames } = await simulate({
            app: APP,
            scene: target,
            seconds: 6,
        })

        const lost = frames.filter(frame => !isWhole(frame, target))
        expect(lost.length).toBeGreaterThan(DELAY_FRAMES)
        expect(lost.length).toBeLessThanOrEqual(SEARCH_FRAMES + DELAY_FRAMES)
        expect(lost[0]!.sent.exposureEndNs!).toBeGreaterThan(atNs)
        // 154 frames are 1.03 s: what is left is followed as before.
        expect(frames.at(-1)!.endUs - lost.at(-1)!.endUs).toBeGreaterThan(1e6)
    })
})
