// SPDX-License-Identifier: MIT
// The example of docs/pins on the simulator.

import { expect, it } from "vitest"
import { simulate } from "../../../sim/testing.ts"

it("led-and-button captures ten frames at each press, and blinks with each", async () => {
    const {
        frames,
        pins,
        counters,
        console: lines,
    } = await simulate({
        app: "src/examples/led-and-button.ts",
        seconds: 1.5,
        pins: [
            { at: 0.3, pin: "BUTTON", active: true },
            { at: 0.4, pin: "BUTTON", active: false },
            { at: 0.9, pin: "BUTTON", active: true },
            { at: 1.0, pin: "BUTTON", active: false },
        ],
    })
    expect(lines.filter(line => /pressed at/.test(line))).toHaveLength(2)
    expect(frames).toHaveLength(20)
    expect([counters.pixelErrors, counters.torn]).toEqual([0, 0])
    expect(counters.dropped).toBe(0)
    // Off at the start; on and off five times in a capture.
    const led = pins.changes("LED").map(({ active }) => active)
    expect(led.filter(Boolean)).toHaveLength(10)
    expect(pins.isActive("LED")).toBe(false)
})
