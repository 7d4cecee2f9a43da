// SPDX-License-Identifier: MIT
// One frame per trigger, with its time; the flash is on exactly while light is collected.

import { beforeAll, describe, expect, it } from "vitest"
import "../../../sim/failed-waveforms.ts"
import type { Level } from "../../../sim/wires/parallel-bus.ts"
import { Mt9v034Model } from "../../../sim/sensors/mt9v034/mt9v034-model.ts"
import { simulate, type SimulateResult } from "../../../sim/testing.ts"

/** A pin's changes. */
type Edges = { readonly timeNs: number; readonly level: Level }[]

/** One clock of the sensor, 26.66 MHz: an edge is seen at the next. */
const SYSCLK_NS = 1e9 / 26.66e6
/** 188 columns are read in rows of 704 clocks, the shortest; 3 ms are 113 of them. */
const ROW_NS = 704 * SYSCLK_NS
const EXPOSURE_ROWS = 113

describe("a trigger every 100 ms for two seconds", () => {
    const exposurePin: Edges = []
    const ledOut: Edges = []
    let result: SimulateResult

    beforeAll(async () => {
        result = await simulate({
            app: "src/examples/triggered.ts",
            seconds: 2,
            prepare: ({ sensor, clock }) => {
                if (!(sensor instanceof Mt9v034Model))
                    throw new Error("not the sensor that has a LED_OUT")
                const note = (edges: Edges) => (level: Level) => {
                    edges.push({ timeNs: clock.nowNs, level })
                }
                sensor.onLedOut = note(ledOut)
                const set = sensor.setExposurePin.bind(sensor)
                sensor.setExposurePin = level => {
                    if (level !== (exposurePin.at(-1)?.level ?? 0))
                        note(exposurePin)(level)
                    set(level)
                }
            },
        })
    })

    it("gives exactly one frame per trigger, and the program sees all of them", () => {
        const pulses = exposurePin.filter(({ level }) => level === 1)
        const { frames, counters, console } = result

        expect(pulses.length).toBeGreaterThan(15)
        // The first after the start settles.
        expect(frames).toHaveLength(pulses.length - 1)
        expect(counters).toMatchObject({
            settling: 1,
            dropped: 0,
            skipped: 0,
            torn: 0,
            pixelErrors: 0,
        })
        const told = console.slice(1).map(line => /^(\d+) of (\d+)/.exec(line)!)
        expect(told).toHaveLength(frames.length)
        for (const [index, match] of told.entries())
            expect([match[1], match[2]]).toEqual([
                `${index + 1}`,
                `${index + 1}`,
            ])
    })

    it("starts the exposure within a clock of the sensor after the pulse's edge", () => {
        const pulses = exposurePin.filter(({ level }) => level === 1)

        for (const [index, { sent }] of result.frames.entries()) {
            const afterNs = sent.exposureStartNs! - pulses[index + 1]!.timeNs
            expect(afterNs).toBeGreaterThanOrEqual(0)
            expect(afterNs).toBeLessThanOrEqual(SYSCLK_NS + 1)
        }
    })

    it("exposes for as long as was asked, and reads the frame then", () => {
        for (const { sent, startUs } of result.frames) {
            const exposureNs = sent.exposureEndNs! - sent.exposureStartNs!
            expect(Math.abs(exposureNs - EXPOSURE_ROWS * ROW_NS)).toBeLessThan(
                1
            )
            // Readout follows the exposure: frame valid rises as it ends, the first pixel is a blanking (P1) later.
            expect(sent.startNs).toBe(sent.exposureEndNs)
            const firstPixelUs = startUs - sent.startNs / 1000
            expect(firstPixelUs).toBeGreaterThan(0)
            expect(firstPixelUs).toBeLessThan(ROW_NS / 1000)
        }
        expect(result.console[0]).toBe("exposure 2984 us")
    })

    it("tells the program when the trigger was, to two microseconds", () => {
        const told = result.console
            .slice(1)
            .map(line => Number(/first row (\d+) us later$/.exec(line)![1]))

        for (const [index, { sent, startUs }] of result.frames.entries()) {
            const triggerUs = startUs - told[index]!
            expect(
                Math.abs(triggerUs - sent.exposureStartNs! / 1000)
            ).toBeLessThan(2)
        }
    })

    it("has LED_OUT high from the exposure's start to its end, and at no other time", () => {
        const firstPulseNs = exposurePin[0]!.timeNs
        const edges = ledOut.filter(({ timeNs }) => timeNs >= firstPulseNs)
        // On and off in turn; the first flash is that of the frame that settles.
        const levels = edges.map(({ level }) => level)
        expect(levels).toEqual(levels.map((_, i) => (i % 2 === 0 ? 1 : 0)))
        const exposures = result.frames.flatMap(({ sent }) => [
            sent.exposureStartNs!,
            sent.exposureEndNs!,
        ])
        const times = edges.slice(2).map(({ timeNs }) => timeNs)
        expect(times).toHaveLength(exposures.length)
        for (const [index, timeNs] of times.entries())
            expect(Math.abs(timeNs - exposures[index]!)).toBeLessThan(1)
    })
})
