// SPDX-License-Identifier: MIT
// A bad cable between sensor and DCMI while rows are captured one by one: no fault reaches the next frame.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import type { ParallelFault } from "../../sim/wires/parallel-faults.ts"
import { simulate } from "../../sim/testing.ts"
import { Strategy } from "../../protocol/capture.ts"

/** The sensor's frame that is hurt; frames before and after it must be whole. */
const HURT = 10

const FAULTS: readonly (readonly [string, ParallelFault])[] = [
    [
        "a row dropped above the window",
        { kind: "drop-row", frame: HURT, row: 3 },
    ],
    [
        "a row dropped in the window",
        { kind: "drop-row", frame: HURT, row: 200 },
    ],
    ["a row added", { kind: "add-row", frame: HURT, row: 200 }],
    [
        "the frame cut short in the window",
        { kind: "cut-frame", frame: HURT, rows: 240 },
    ],
    [
        "pixel clocks lost in a row",
        { kind: "lose-clocks", frame: HURT, row: 210, clocks: 5 },
    ],
]

describe.each(FAULTS)("line mode with %s", (_, fault) => {
    it("counts it and is right again in the next frame", async () => {
        const result = await simulate({
            strategy: Strategy.LINE,
            frames: 20,
            faults: [fault],
        })

        const { counters, frames } = result
        const hurt = frames.filter(({ pixelErrors }) => pixelErrors > 0)
        expect(
            hurt
                .map(({ sent }) => sent.sequence)
                .filter(sequence => sequence !== HURT)
        ).toEqual([])
        expect(frames.map(({ sent }) => sent.sequence)).toContain(HURT + 1)
        expect(frames.length).toBe(20)
        const { resyncs, shortFrames, overruns } = counters
        expect(resyncs + shortFrames + overruns).toBeGreaterThanOrEqual(1)
        expect(counters.dropped).toBe(0)
    })
})

// After eight in a row the sensor would be set up anew.
describe("line mode with a fault in every frame of seven", () => {
    it("delivers every frame that was not hurt, and none that was", async () => {
        const faults = Array.from({ length: 7 }, (_, index): ParallelFault => ({
            kind: "drop-row",
            frame: HURT + index,
            row: 20 * index + 131,
        }))
        const { frames, counters } = await simulate({
            strategy: Strategy.LINE,
            frames: 20,
            faults,
        })

        const sequences = frames.map(({ sent }) => sent.sequence)
        for (let sequence = HURT; sequence < HURT + 7; sequence++)
            expect(sequences).not.toContain(sequence)
        expect(sequences).toContain(HURT - 1)
        expect(sequences).toContain(HURT + 7)
        expect(counters.pixelErrors).toBe(0)
        expect(counters.torn).toBe(0)
    })
})

describe.each([3, 8])("line mode with %i pixel clocks added", clocks => {
    it("cannot know it, since the DCMI takes no more of a row, but only that row is wrong", async () => {
        const faults: ParallelFault[] = [
            { kind: "add-clocks", frame: HURT, row: 210, clocks },
        ]
        const { frames, counters } = await simulate({
            strategy: Strategy.LINE,
            frames: 20,
            faults,
        })

        const hurt = frames.filter(({ pixelErrors }) => pixelErrors > 0)
        expect(hurt.map(({ sent }) => sent.sequence)).toEqual([HURT])
        expect(hurt[0]!.pixelErrors).toBeLessThanOrEqual(hurt[0]!.width)
        expect(counters.resyncs).toBe(0)
    })
})
