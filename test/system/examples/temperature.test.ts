// SPDX-License-Identifier: MIT
// DeviceScript's own driver of an SHTC3 beside the camera, on one bus.

import { expect, it } from "vitest"
import { shtc3, simulate } from "../../../sim/testing.ts"

it("temperature.ts reads an SHTC3 and takes frames, each second", async () => {
    const {
        frames,
        counters,
        console: lines,
    } = await simulate({
        app: "src/examples/temperature.ts",
        seconds: 3.5,
        scene: "flat:128",
        parts: [shtc3({ temperatureC: 21.53, humidityPercent: 40.2 })],
    })
    const readings = lines.filter(line => line.includes(" C, "))
    expect(readings.length).toBeGreaterThanOrEqual(3)
    for (const line of readings)
        expect(line).toMatch(/^21\.5 C, 40 %, mean gray level \d+$/)
    expect(frames.length).toBe(readings.length)
    expect([counters.pixelErrors, counters.torn]).toEqual([0, 0])
})

it("temperature.ts says that the part is missing where it is", async () => {
    await expect(
        simulate({ app: "src/examples/temperature.ts", seconds: 0.5 })
    ).rejects.toThrow(/I2C/)
})
