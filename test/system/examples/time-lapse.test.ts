// SPDX-License-Identifier: MIT
// A series of JPEGs: each one whole, each on time, and nothing on the bus between two.

import sharp from "sharp"
import { beforeAll, describe, expect, it } from "vitest"
import "../../../sim/failed-waveforms.ts"
import { simulate, type SimulateResult } from "../../../sim/testing.ts"
import { CaptureTrace } from "../../../sim/trace/capture-trace.ts"

const INTERVAL_S = 5
/** At 5 frames per second. */
const FRAME_S = 0.2
const FRAMES = 6

describe("a time-lapse of half a day, a minute long", () => {
    const trace = new CaptureTrace()
    let result: SimulateResult

    beforeAll(async () => {
        result = await simulate({
            app: "src/examples/time-lapse.ts",
            sensor: "ov2640",
            scene: "day",
            seconds: FRAMES * INTERVAL_S,
            trace,
        })
    })

    it("has a frame every five seconds, and drops none", () => {
        const { frames, counters } = result

        expect(frames).toHaveLength(FRAMES)
        for (const [index, { endUs }] of frames.slice(1).entries()) {
            const gapS = (endUs - frames[index]!.endUs) / 1e6
            expect(Math.abs(gapS - INTERVAL_S)).toBeLessThan(FRAME_S)
        }
        // Not gap after gap, but all of them: what a frame takes does not add up.
        const allS = (frames.at(-1)!.endUs - frames[0]!.endUs) / 1e6
        expect(Math.abs(allS - (FRAMES - 1) * INTERVAL_S)).toBeLessThan(FRAME_S)
        expect(counters).toMatchObject({
            dropped: 0,
            tooLarge: 0,
            badJpeg: 0,
            shortFrames: 0,
            pixelErrors: 0,
        })
    })

    it("consists of whole JPEGs of 640x480, red in the morning and not at noon", async () => {
        const redness: number[] = []
        for (const { pixels, format } of result.frames) {
            expect(format).toBe("jpeg")
            expect([...pixels.subarray(0, 2)]).toEqual([0xff, 0xd8])
            expect([...pixels.subarray(-2)]).toEqual([0xff, 0xd9])
            const image = sharp(pixels, { failOn: "warning" })
            const { data, info } = await image
                .raw()
                .toBuffer({ resolveWithObject: true })
            expect(info).toMatchObject({
                width: 640,
                height: 480,
                channels: 3,
            })
            const sums = [0, 0, 0]
            data.forEach((level, i) => (sums[i % 3]! += level))
            redness.push(sums[0]! / sums[2]!)
        }
        // Sunrise, noon between the third and the fourth, and late afternoon: the series shows the scene go on.
        expect(redness[0]).toBeGreaterThan(1.3 * redness[2]!)
        expect(redness[5]).toBeGreaterThan(redness[3]!)
    })

    it("leaves the bus silent for at least four of five seconds", () => {
        const starts = trace.frames.flatMap(({ lines }) =>
            lines.map(({ startNs }) => startNs)
        )
        for (const [index, { endUs }] of result.frames.slice(1).entries()) {
            const fromNs = (result.frames[index]!.endUs / 1e6 + FRAME_S) * 1e9
            const toNs = (endUs / 1e6 - 4 * FRAME_S) * 1e9
            expect(toNs - fromNs).toBeGreaterThan(3.9e9)
            expect(
                starts.filter(startNs => startNs > fromNs && startNs < toNs)
            ).toEqual([])
            // And it is not for ever.
            expect(starts.some(startNs => startNs > toNs)).toBe(true)
        }
    })

    it("needs one buffer, which the smallest board has", () => {
        const { mode, frames } = result

        expect(mode).toMatchObject({ strategy: "jpeg", buffers: 1 })
        expect(mode!.frameBufferBytes).toBeLessThanOrEqual(64 * 1024)
        const largest = Math.max(...frames.map(({ pixels }) => pixels.length))
        expect(largest).toBeLessThan(0.7 * mode!.frameBufferBytes)
    })
})

it("finds the quality at which a scene of fine detail fits before the first snapshot is given up", async () => {
    const { frames, counters } = await simulate({
        app: "src/examples/time-lapse.ts",
        sensor: "ov2640",
        scene: "chart",
        seconds: 7,
    })

    expect(frames.length).toBeGreaterThan(0)
    // Three frames say that the first quality is too good, one each that the next ones are; two are on their way each time.
    expect(counters.tooLarge).toBeLessThanOrEqual(3 + 3 * 3)
})
