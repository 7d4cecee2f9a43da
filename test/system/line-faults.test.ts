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

// One more, and the camera would set the sensor up anew.
const IN_A_ROW = 7

describe(`line mode with a fault in every frame of ${IN_A_ROW}`, () => {
    it("delivers every frame that was not hurt, and none that was", async () => {
        const faults = Array.from(
            { length: IN_A_ROW },
            (_, index): ParallelFault => ({
                kind: "drop-row",
                frame: HURT + index,
                row: 20 * index + 131,
            })
        )
        const { frames, counters } = await simulate({
            strategy: Strategy.LINE,
            frames: 20,
            faults,
        })

        const sequences = frames.map(({ sent }) => sent.sequence)
        for (let sequence = HURT; sequence < HURT + IN_A_ROW; sequence++)
            expect(sequences).not.toContain(sequence)
        expect(sequences).toContain(HURT - 1)
        expect(sequences).toContain(HURT + IN_A_ROW)
        expect(counters.pixelErrors).toBe(0)
        expect(counters.torn).toBe(0)
    })
})

describe("line mode with pixel clocks added in a row", () => {
    it.each([3, 8])(
        "cannot know of %i, since no word is too many, but the next frame is right",
        async clocks => {
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
            expect(counters.resyncs).toBe(0)
        }
    )
})
