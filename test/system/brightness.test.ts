// SPDX-License-Identifier: MIT
// What automatic exposure aims at: from --brightness to the sensor's registers, and to the frames.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate } from "../../sim/testing.ts"
import type { SensorName } from "../../protocol/names.ts"

async function run(sensor: SensorName, brightness?: number) {
    const { log, frames } = await simulate({
        sensor,
        window: { width: 160, height: 120 },
        frames: 120,
        ...(brightness !== undefined && { brightness }),
    })
    const { pixels } = frames.at(-1)!
    const written = (register: string): number | undefined =>
        log.findLast(access => access.register === register)?.value
    return {
        mean: pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length,
        written,
    }
}

describe("brightness", () => {
    it.each([
        [undefined, 32],
        [25, 16],
        [80, 51],
        [1, 1],
        [100, 64],
    ])("%s %% of white is bin %i of the MT9V034's 64", async (percent, bin) => {
        const { written } = await run("mt9v034", percent)
        expect(written("AEC_AGC_DESIRED_BIN")).toBe(bin)
    })

    it.each([
        [undefined, 0x78, 0x68],
        [25, 72, 56],
        [100, 255, 247],
        [1, 11, 0],
    ])(
        "%s %% of white is the OV2640's range up to %i from %i",
        async (percent, aew, aeb) => {
            const { written } = await run("ov2640", percent)
            expect([written("AEW"), written("AEB")]).toEqual([aew, aeb])
        }
    )

    it.each(["mt9v034", "ov2640"] as const)(
        "makes the %s's frames brighter",
        async sensor => {
            const dark = await run(sensor, 20)
            const bright = await run(sensor, 60)
            expect(bright.mean).toBeGreaterThan(dark.mean + 40)
        }
    )
})
