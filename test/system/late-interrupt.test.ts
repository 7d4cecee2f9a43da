// SPDX-License-Identifier: MIT
// Interrupts so late that the sensor sends its next frame already: what is judged then is the frame that DMA wrote.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { Strategy } from "../../protocol/capture.ts"
import type { Simulation } from "../../sim/simulation.ts"
import { simulate } from "../../sim/testing.ts"

/** Every one of these frames of the sensor has its interrupts late. */
const LATE = [10, 15, 20]
/** How far into the next frame they come, ns: after its first row has begun, before its first wanted one. */
const INTO_NEXT_NS = 50_000
/** After the end of the frame before, when its own interrupts have been served, ns. */
const SERVED_NS = 100_000

/** The CPU serves no interrupt from the beginning of each LATE frame until the one after it has begun. */
function delayInterrupts({ sensor, clock, chip }: Simulation): void {
    const take = chip.nvic.take.bind(chip.nvic)
    let fromNs = Infinity
    let untilNs = Infinity
    chip.nvic.take = () =>
        clock.nowNs >= fromNs && clock.nowNs < untilNs ? undefined : take()
    let lastStartNs = 0
    const told = sensor.onFrame
    sensor.onFrame = frame => {
        told?.(frame)
        const periodNs = frame.startNs - lastStartNs
        lastStartNs = frame.startNs
        if (!LATE.includes(frame.sequence + 1)) return
        fromNs = frame.endNs + SERVED_NS
        untilNs = frame.startNs + 2 * periodNs + INTO_NEXT_NS
    }
}

describe("dcmi-crop with interrupts later than the blanking", () => {
    it("hands over no frame of which that is not certain, and all others right", async () => {
        const { frames, counters } = await simulate({
            strategy: Strategy.DCMI_CROP,
            window: { x: 266, y: 130, width: 128, height: 96 },
            buffers: 3,
            scene: "noise:moving",
            frames: 30,
            prepare: delayInterrupts,
        })

        const late = frames.filter(({ sent }) => LATE.includes(sent.sequence))
        expect(late).toEqual([])
        expect(counters.doubtful).toBeGreaterThanOrEqual(LATE.length)
        expect(counters).toMatchObject({ torn: 0, pixelErrors: 0, dropped: 0 })
    })
})
