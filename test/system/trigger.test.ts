// SPDX-License-Identifier: MIT
// Frames started by the sensor's EXPOSURE pin: one per trigger, with the time of it.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate } from "../../sim/testing.ts"

describe("triggered frames", () => {
    it("come one per trigger and carry its time, to the microsecond", async () => {
        const result = await simulate({
            app: "test/system/programs/triggered.ts",
            // Up to where the sensor runs freely: then the only buffer is not back in time, since a line on the console takes 2 ms.
            seconds: 0.26,
        })

        const { counters, frames } = result
        expect(counters).toMatchObject({ torn: 0, pixelErrors: 0, dropped: 0 })
        const stamps = result.console
            .map(line => /^(\d+) (\d+) (\d+)$/.exec(line))
            .filter(match => match !== null)
            .map(match => match.slice(1).map(Number))
        const triggered = stamps.filter(([triggerUs]) => triggerUs !== 0)
        // The first of ten frames after a start settles.
        expect(triggered).toHaveLength(9)
        for (const [
            index,
            [triggerUs, startUs, endUs],
        ] of triggered.entries()) {
            const { sent } = frames[index]!
            expect(
                Math.abs(sent.exposureStartNs! / 1000 - triggerUs!)
            ).toBeLessThan(2)
            // 3 ms of exposure, rounded down to rows of 26.4 us, then P1 and the first row.
            expect(startUs! - triggerUs!).toBeGreaterThan(2950)
            expect(startUs! - triggerUs!).toBeLessThan(3050)
            expect(Math.abs(endUs! - sent.endNs / 1000)).toBeLessThan(10)
        }
        const gaps = triggered
            .slice(1)
            .map(([triggerUs], i) => triggerUs! - triggered[i]![0]!)
        for (const gap of gaps)
            expect(Math.abs(gap - 20_000)).toBeLessThan(1100)
    })

    it("end when the sensor runs freely again", async () => {
        const result = await simulate({
            app: "test/system/programs/triggered.ts",
            seconds: 3,
        })

        const free = result.console.filter(line => line.startsWith("0 "))
        expect(free.length).toBeGreaterThan(20)
    })
})
