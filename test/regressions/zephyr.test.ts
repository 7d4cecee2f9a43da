// SPDX-License-Identifier: MIT
// Mistakes that Zephyr's DCMI driver made with errors and buffers, made again on purpose.

import { describe, expect, it } from "vitest"
import { smallRun } from "../support/faults/small-run.ts"
import { simulate } from "../../sim/testing.ts"

// Cause: the error callback stopped the stream, and nobody started it again.
describe("zephyr #92354: an error of DCMI or DMA ends the capture for good", () => {
    it.each([
        ["dcmi-overrun", "overrunFrames"],
        ["dma-error", "dmaErrors"],
    ])(
        "%s costs a frame, is counted, and the next is right",
        async (fault, counter) => {
            const { faults, frames, counters } = await smallRun([
                { at: 0.4, fault },
            ])
            expect(faults[0]).toMatchObject({ wrongFrames: 0 })
            expect(faults[0]!.detectedAs).toContain(counter)
            expect(faults[0]!.recoveredAfterFrames).toBeLessThanOrEqual(2)
            expect(frames.at(-1)!.endUs).toBeGreaterThan(980_000)
            expect(counters).toMatchObject({ torn: 0, pixelErrors: 0 })
        }
    )
})

// Cause: frames were queued for a program that was late, and buffers were written while it had them.
describe("zephyr #92352: a slow program gets old frames, and memory that changes", () => {
    it("gets frames that are whole, and is told how many it missed", async () => {
        const { frames, counters } = await simulate({
            app: "test/system/programs/slow-handler.ts",
            seconds: 1,
        })
        expect(counters).toMatchObject({ torn: 0, pixelErrors: 0 })
        expect(counters.dropped + counters.skipped).toBeGreaterThan(50)
        for (const [i, frame] of frames.entries()) {
            if (i === 0) continue
            expect(frame.sequence - frames[i - 1]!.sequence).toBe(
                frame.droppedBefore + 1
            )
        }
    })

    it("gets the newest frame when it waits for the next one", async () => {
        const { frames } = await simulate({
            app: "test/system/programs/slow-handler.ts",
            seconds: 1,
        })
        // A handler takes 25 ms: a queue would be older each time.
        const agesUs = frames.map(
            ({ endUs, sent }) => endUs - sent.endNs / 1000
        )
        for (const ageUs of agesUs) expect(Math.abs(ageUs)).toBeLessThan(1000)
    })
})

// Cause: whole frames were copied by the CPU in the interrupt of each.
describe("zephyr #90088: the interrupt copies the frame", () => {
    it("does not here: one interrupt for each frame, and nothing stored by the CPU", async () => {
        let stored = 0
        const { counters } = await smallRun([], {
            prepare: ({ record }) => {
                const { rowStored } = record
                record.rowStored = (address, bytes) => {
                    stored += bytes
                    rowStored.call(record, address, bytes)
                }
            },
        })
        expect(stored).toBe(0)
        expect(counters.irqs).toBeLessThanOrEqual(counters.sensorFrames + 2)
    })
})
