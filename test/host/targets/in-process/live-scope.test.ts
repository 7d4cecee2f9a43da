// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest"
import { liveScope } from "../../../../host/targets/in-process/live-scope.ts"
import { simulate, type SimulateOptions } from "../../../../sim/testing.ts"
import { CaptureTrace } from "../../../../sim/trace/capture-trace.ts"
import { Strategy } from "../../../../protocol/capture.ts"

/** The names beside the traces, from above. */
async function channels(
    options: Pick<SimulateOptions, "sensor" | "strategy">
): Promise<string[]> {
    const trace = new CaptureTrace()
    await simulate({
        ...options,
        window: { width: 64, height: 48 },
        frames: 3,
        trace,
    })
    const svg = liveScope(trace, { from: -0.05, to: 1.1 })!
    return [...svg.matchAll(/font-weight="bold"[^>]*>([^<]+)</g)]
        .map(match => match[1]!)
        .slice(1)
}

describe("the live scope", () => {
    it("shows bus, exposure, capture, DMA and interrupts", async () => {
        expect(await channels({ sensor: "mt9v034" })).toEqual([
            "frame valid",
            "exposure",
            "line valid",
            "capture active",
            "DMA2_S1 EN",
            "IRQ DCMI",
        ])
    })

    it("shows the interrupts that there are", async () => {
        expect(
            await channels({ sensor: "mt9v034", strategy: Strategy.LINE })
        ).toContain("IRQ DMA2_Stream1")
    })

    it("leaves out what the sensor's model does not tell", async () => {
        expect(await channels({ sensor: "ov2640" })).not.toContain("exposure")
    })

    it("is not there before two frames were on the bus", () => {
        expect(
            liveScope(new CaptureTrace(), { from: 0, to: 1 })
        ).toBeUndefined()
    })
})
