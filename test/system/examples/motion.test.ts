// SPDX-License-Identifier: MIT
// Motion by the means of bands of rows: seen when and where it is, and only then.

import { describe, expect, it } from "vitest"
import "../../../sim/failed-waveforms.ts"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import {
    VISIT_NS,
    VISIT_PERIOD_NS,
    VISIT_START_NS,
    VisitorScene,
} from "../../../sim/scene/visitor.ts"
import { simulate } from "../../../sim/testing.ts"

const APP = "src/examples/motion.ts"
const FIELD = { width: 752, height: 480 }
const BAND_ROWS = 40
/** Frames of one sweep over the field. */
const SWEEP = FIELD.height / BAND_ROWS

interface Told {
    readonly frame: number
    readonly what: "motion" | "still"
    readonly top: number
    readonly bottom: number
}

function told(console: readonly string[]): Told[] {
    return console.flatMap(line => {
        const match =
            /^frame (\d+): (motion|still).* in rows (\d+)\.\.(\d+)$/.exec(line)
        if (!match) return []
        const [frame, top, bottom] = [match[1], match[3], match[4]].map(Number)
        return [
            {
                frame: frame!,
                what: match[2] as Told["what"],
                top: top!,
                bottom: bottom!,
            },
        ]
    })
}

/** When the sensor took a frame, ns. */
function takenNs(frames: readonly CapturedFrame[], sequence: number): number {
    return frames.find(frame => frame.sequence === sequence)!.sent
        .exposureStartNs!
}

/** The scene between its visits: other noise in each frame, and nobody. */
function nobody(seed: number): Scene {
    const scene = new VisitorScene(FIELD, seed)
    const visits = (timeNs: number) => Math.floor(timeNs / VISIT_START_NS)
    return {
        name: "nobody",
        still: false,
        at: timeNs =>
            scene.at(
                visits(timeNs) * VISIT_PERIOD_NS + (timeNs % VISIT_START_NS)
            ),
    }
}

describe("a landscape in noise through which somebody walks", () => {
    it("is told as motion within four sweeps, and as still within four sweeps after it", async () => {
        const { console, frames, counters } = await simulate({
            app: APP,
            scene: "visitor",
            seconds: 8,
        })

        const events = told(console)
        expect(events.map(({ what }) => what)).toEqual([
            "motion",
            "still",
            "motion",
            "still",
        ])
        // Two sweeps must differ; the first that does may have passed the rows before there was enough to see.
        const sweepNs = (SWEEP / 96) * 1e9
        for (const [index, { what, frame }] of events.entries()) {
            const visitNs =
                VISIT_START_NS + Math.floor(index / 2) * VISIT_PERIOD_NS
            const sinceNs =
                takenNs(frames, frame) -
                (what === "motion" ? visitNs : visitNs + VISIT_NS)
            expect(sinceNs).toBeGreaterThan(what === "motion" ? 0 : 2 * sweepNs)
            expect(sinceNs).toBeLessThan(4 * sweepNs)
        }
        expect(counters).toMatchObject({
            dropped: 0,
            skipped: 0,
            torn: 0,
            pixelErrors: 0,
        })
    })

    it("is told with the rows, to a band of 40", async () => {
        const { console } = await simulate({
            app: APP,
            scene: "visitor",
            frames: 420,
        })

        const { top, bottom } = new VisitorScene(FIELD, 1).visitorAt(
            VISIT_START_NS + VISIT_NS / 2
        )!
        const ended = told(console).find(({ what }) => what === "still")!
        expect(top - ended.top).toBeGreaterThanOrEqual(0)
        expect(top - ended.top).toBeLessThan(BAND_ROWS)
        expect(ended.bottom - bottom).toBeGreaterThanOrEqual(0)
        expect(ended.bottom - bottom).toBeLessThan(BAND_ROWS)
    })

    it("is swept from top to bottom, a band per frame", async () => {
        const { frames } = await simulate({
            app: APP,
            scene: "visitor",
            frames: 5 * SWEEP,
        })

        const tops = frames.slice(-4 * SWEEP).map(({ window }) => window.y)
        for (const [index, top] of tops.slice(1).entries())
            expect(top).toBe((tops[index]! + BAND_ROWS) % FIELD.height)
    })
})

describe("a landscape in noise with nobody in it", () => {
    it.each([1, 2])("gives no alarm in 30 s (seed %i)", async seed => {
        const { console, frames } = await simulate({
            app: APP,
            scene: nobody(seed),
            seconds: 30,
        })

        expect(told(console)).toEqual([])
        expect(console).toHaveLength(1)
        // There was noise to be fooled by: one frame of a band differs from the next of the same band.
        const [one, other] = [frames[600]!, frames[600 + SWEEP]!]
        expect(one.window).toEqual(other.window)
        const differing = one.pixels.filter(
            (level, i) => level !== other.pixels[i]
        )
        expect(differing.length).toBeGreaterThan(one.pixels.length / 2)
    })
})

describe("something that comes and stays", () => {
    it("belongs to the scene after ten seconds", async () => {
        const scene = new VisitorScene(FIELD, 1)
        const stopNs = VISIT_START_NS + VISIT_NS / 2
        const { console } = await simulate({
            app: APP,
            scene: {
                name: "stays",
                still: false,
                at: timeNs => scene.at(Math.min(timeNs, stopNs)),
            },
            seconds: 14,
        })

        const [motion, still] = told(console)
        expect(told(console)).toHaveLength(2)
        expect(motion!.what).toBe("motion")
        expect(still!.what).toBe("still")
        expect((still!.frame - motion!.frame) / 96).toBeGreaterThan(9.5)
        expect((still!.frame - motion!.frame) / 96).toBeLessThan(11)
    })
})
