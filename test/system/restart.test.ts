// SPDX-License-Identifier: MIT
// A program that starts anew in the simulator finds the native side as after a reset.

import { expect, it } from "vitest"
import { simulate } from "../../sim/testing.ts"

it("has frames again after its restart, and knows how many there were", async () => {
    const { frames, console, counters } = await simulate({
        app: "test/system/programs/restarts-once.ts",
        seconds: 2.5,
    })

    expect(console.filter(line => line === "a run begins")).toHaveLength(2)
    const again = frames.findLastIndex(({ sequence }) => sequence === 1)
    expect(again).toBeGreaterThan(5)
    // 60 fps.
    expect(frames.length - again).toBeGreaterThan(30)
    expect(frames.every(({ torn }) => !torn)).toBe(true)
    expect(counters).toMatchObject({ restarts: 1, torn: 0, pixelErrors: 0 })
    expect(counters.frames).toBe(
        counters.delivered + counters.skipped + counters.settling
    )
})
