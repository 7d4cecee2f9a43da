// SPDX-License-Identifier: MIT
// What `camscript bench` counts on the emulated board, on short runs.

import { describe, expect, it } from "vitest"
import { baseline } from "../../../../host/commands/bench/baseline.ts"
import { emulatedCounts } from "../../../../host/commands/bench/emulated-run.ts"
import { Strategy } from "../../../../protocol/capture.ts"

const SHORT = {
    board: "nucleo-f446re",
    app: "src/bench/callback.ts",
    request: { window: { width: 220, height: 220 }, fps: 120 },
    seconds: 0.1,
}

describe("counts of a capture", () => {
    it("are the same twice, and of each frame with its handler", async () => {
        const counts = await emulatedCounts(SHORT)

        expect(counts).toMatchObject({
            buffers: 1,
            sensorFrames: 12,
            dropped: 0,
            torn: 0,
            captureIrqs: 1,
        })
        expect(counts.deliveredFps).toBeCloseTo(120, 1)
        expect(counts.latenciesMs).toHaveLength(12)
        // The handler begins before the sensor sends the next frame.
        for (const latencyMs of counts.latenciesMs) {
            expect(latencyMs).toBeGreaterThan(0)
            expect(latencyMs).toBeLessThan(1000 / 120)
        }
        expect(counts.captureIrqInstructions).toBeLessThan(counts.instructions)
        expect(await emulatedCounts(SHORT)).toEqual(counts)
    })

    it("tell frames that were dropped from those that were delivered", async () => {
        // One buffer, and no time between two frames: every second one finds it taken.
        const counts = await emulatedCounts({
            ...SHORT,
            request: { ...SHORT.request, fps: 1000 },
        })

        expect(counts.sensorFps).toBeGreaterThan(169)
        expect(counts.dropped).toBeGreaterThan(0)
        expect(counts.deliveredFps).toBeCloseTo(
            counts.sensorFps * (1 - counts.dropped / counts.sensorFrames),
            6
        )
    })

    it("take the rows of a batch from the request", async () => {
        const counts = await emulatedCounts({
            ...SHORT,
            app: "src/bench/batches.ts",
            request: {
                window: { width: 220, height: 220 },
                strategy: Strategy.LINE,
                fps: 30,
                buffers: 4,
                quality: 55,
            },
            seconds: 0.2,
        })

        expect(counts).toMatchObject({ buffers: 4, dropped: 0, torn: 0 })
    })
})

describe("the baseline", () => {
    it("is counted on the same core, with its interrupts of lines", async () => {
        const ours = await emulatedCounts(SHORT)

        const { counts } = await baseline(ours)

        // LINE for each of 220 rows, VSYNC, and the DMA's.
        expect(counts!.captureIrqs).toBeGreaterThanOrEqual(222)
        expect(counts!.captureIrqInstructions).toBeGreaterThan(
            counts!.captureIrqs
        )
        expect(counts!.ours.captureIrqs).toBe(1)
    })
})
