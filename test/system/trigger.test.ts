// SPDX-License-Identifier: MIT
// Frames started by the sensor's EXPOSURE pin: one per trigger, with the time of it.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate } from "../../sim/testing.ts"
import { Strategy, type CaptureRequest } from "../../protocol/capture.ts"
import { CableRig } from "../support/system/cable-rig.ts"

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

const CAPTURES: readonly (readonly [string, CaptureRequest])[] = [
    [
        "sensor-window",
        { window: { width: 160, height: 120 }, exposureUs: 3000 },
    ],
    [
        "dcmi-crop",
        {
            window: { width: 160, height: 120 },
            strategy: Strategy.DCMI_CROP,
            exposureUs: 3000,
        },
    ],
]

/** Ms between two triggers: slower than the sensor, and so fast that it ignores most of them. */
const SLOW_MS = 60
const FAST_MS = 3

describe.each(CAPTURES)("triggers, %s:", (_name, request) => {
    async function boot(everyMs: number): Promise<CableRig> {
        return await CableRig.boot({
            app: "test/system/programs/triggers.ts",
            request: { ...request, quality: everyMs },
        })
    }

    function lost(rig: CableRig): number {
        return rig.simulation.record.counters().lost
    }

    it.each([SLOW_MS, FAST_MS])(
        "none is missed at %i ms, whether the sensor takes it or not",
        async everyMs => {
            const rig = await boot(everyMs)
            rig.run(3)

            expect(rig.frames.length).toBeGreaterThan(40)
            expect(rig.said(/fault/)).toEqual([])
            expect(lost(rig)).toBe(0)
        }
    )

    it("one that brings no VSYNC is a lost frame, and the next one comes", async () => {
        const rig = await boot(SLOW_MS)
        rig.run(1)
        rig.cable.cutWire("vsync")
        rig.run(SLOW_MS / 1000)
        rig.cable.mend()
        const mendedMs = rig.nowMs
        rig.run(0.5)

        expect(rig.said(/fault lost, recovered true/)).toHaveLength(1)
        expect(lost(rig)).toBe(1)
        expect(rig.framesAfter(mendedMs).length).toBeGreaterThan(5)
    })

    it("a sensor that is unplugged is found missing at the second one, and has frames again", async () => {
        const rig = await boot(SLOW_MS)
        rig.run(1)
        rig.cable.unplug()
        rig.run((4 * SLOW_MS) / 1000)
        expect(rig.said(/fault sensor-absent, recovered false/)).toHaveLength(1)

        rig.cable.plug()
        const backMs = rig.nowMs
        rig.run(0.5)

        expect(rig.said(/fault sensor-absent, recovered true/)).toHaveLength(1)
        const after = rig.framesAfter(backMs)
        expect(after.length).toBeGreaterThan(1)
        expect(after.every(({ torn }) => !torn)).toBe(true)
    })

    it("a sensor that was reset waits for them again", async () => {
        const rig = await boot(SLOW_MS)
        rig.run(1)
        rig.resetSensor()
        rig.run(5)
        const againMs = rig.nowMs
        rig.run(1.2)

        expect(rig.said(/fault sensor-reset, recovered true/)).toHaveLength(1)
        // One for each trigger: it does not run freely.
        const frames = rig.framesAfter(againMs).length
        expect(frames).toBeGreaterThan(1000 / SLOW_MS)
        expect(frames).toBeLessThan(1300 / SLOW_MS)
    })
})
