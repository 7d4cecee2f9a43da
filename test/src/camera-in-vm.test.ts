// SPDX-License-Identifier: MIT
// Camera where it really runs: in the VM, with its heap and its numbers, on the simulated board.

import { describe, expect, it } from "vitest"
import { simulate } from "../../sim/testing.ts"

describe("Camera in the VM", () => {
    it("takes snapshots of a stopped camera and of a stream, and loses no frame", async () => {
        const result = await simulate({
            app: "test/src/programs/snapshots.ts",
            seconds: 3,
        })

        expect(result.console).toEqual([
            expect.stringMatching(/^stopped: frame \d+, row of 64 bytes$/),
            "streaming: true, two rows of 128 bytes",
            "lost: 0",
            "done",
        ])
        expect(result.counters).toMatchObject({ torn: 0, pixelErrors: 0 })
    })

    it("applies requests with a fraction, which DeviceScript counts as false", async () => {
        const result = await simulate({
            frames: 4,
            fps: 119.5,
            exposureUs: 3000,
            gain: 2.1,
        })

        expect(Math.abs(result.mode!.fps - 119.5)).toBeLessThan(0.05)
        for (const frame of result.frames) {
            expect(frame.gain).toBe(2.125)
            expect(frame.exposureUs).toBeGreaterThan(2950)
            expect(frame.exposureUs).toBeLessThanOrEqual(3000)
        }
    })

    it("delivers no frame whose exposure or gain differs from what the frame says", async () => {
        const result = await simulate({ frames: 4, exposureUs: 3000, gain: 2 })

        for (const frame of result.frames) {
            expect(frame.sent.gain).toBe(frame.gain)
            expect(
                Math.abs(frame.sent.exposureUs - frame.exposureUs)
            ).toBeLessThan(1)
        }
    })

    it.each([
        ["nucleo-f446re", "6160 bytes of pixels", "24576 bytes: 6144 do"],
        ["stm32f407ve", "14520 bytes of pixels", "40960 bytes: 14336 do"],
    ])(
        "reads as many rows as %s allows for ever, whatever lies where in the heap, and refuses one more",
        async (board, wanted, limit) => {
            for (const quality of [
                0, 1, 4, 12, 24, 36, 48, 54, 60, 72, 84, 90, 96,
            ]) {
                const run = simulate({
                    app: "test/src/programs/greedy-reader.ts",
                    board,
                    quality,
                    frames: 60,
                })

                await expect(run).rejects.toThrow(
                    `${wanted} may find no room in one piece in the GC heap of ${limit}`
                )
            }
        }
    )
})
