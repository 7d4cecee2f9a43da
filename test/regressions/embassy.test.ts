// SPDX-License-Identifier: MIT
// Mistakes that embassy's DCMI driver makes with frames that do not end, made again on purpose.

import { describe, expect, it } from "vitest"
import { smallRun } from "../support/faults/small-run.ts"

// Cause: a capture waits for the DMA to finish, which it cannot when words were lost or no VSYNC comes.
describe("embassy #2506: a capture that never returns", () => {
    it.each([
        ["a lost row", { fault: "row-lost" }, undefined],
        ["an overrun", { fault: "dcmi-overrun" }, undefined],
        ["no VSYNC", { fault: "vsync-stuck", level: 1, for: 0.2 }, "no-vsync"],
        ["no PIXCLK", { fault: "pixclk-stopped", for: 0.2 }, "no-pixclk"],
        ["no sensor", { fault: "sensor-unplug", for: 0.2 }, "sensor-absent"],
    ])(
        "%s: frames come again, and the console names a loss",
        async (_, fault, cause) => {
            const { faults, frames, counters, console } = await smallRun([
                { at: 0.4, ...fault },
            ])
            expect(faults[0]!.recoveredAfterFrames).not.toBeNull()
            expect(frames.at(-1)!.endUs).toBeGreaterThan(980_000)
            expect(counters).toMatchObject({ torn: 0, pixelErrors: 0 })
            if (cause)
                expect(console.join("\n")).toContain(`no frames, ${cause}`)
        }
    )
})
