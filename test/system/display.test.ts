// SPDX-License-Identifier: MIT
// Rows into the memory of a display: what it shows is what the sensor sent, and what is wrong is found.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import type { CapturedFrame } from "../../sim/observe/capture.ts"
import type { DisplayImage } from "../../sim/observe/display.ts"
import type { SensorModel } from "../../sim/sensors/sensor-model.ts"
import type { Simulation } from "../../sim/simulation.ts"
import { simulate, type SimulateOptions } from "../../sim/testing.ts"
import { Strategy } from "../../protocol/capture.ts"

const VIEWFINDER = {
    app: "src/examples/line-to-display.ts",
    board: "nucleo-f429zi",
} as const

/** 220x220 of 752x480, centred. */
const LEFT = 266
const TOP = 130

async function runWithSensor(options: SimulateOptions) {
    let sensor: SensorModel | undefined
    const prepare = (simulation: Simulation) => {
        sensor = simulation.sensor
    }
    const result = await simulate({ ...options, prepare })
    return { ...result, sensor: sensor! }
}

/** Gray levels of the sensor's frame, row by row from a place of its field on. */
function sentGray(sensor: SensorModel, frame: CapturedFrame) {
    const bytes = sensor.expected(frame.sent)
    return (column: number, row: number) =>
        bytes[(TOP + row) * frame.sent.columns + LEFT + column]!
}

/** What a gray level becomes on a screen: its upper 5, 6 and 5 bits, the highest repeated below. */
function shown(gray: number): number[] {
    const five = gray >> 3
    const six = gray >> 2
    const side = (five << 3) | (five >> 2)
    return [side, (six << 2) | (six >> 4), side]
}

function colour(image: DisplayImage, x: number, y: number): number[] {
    const at = 3 * (y * image.widthPx + x)
    return [...image.rgb.subarray(at, at + 3)]
}

describe("a 220x220 window on a bottom-up display of 240x320", () => {
    it("shows the scene as the sensor saw it, upright, and black beside it", async () => {
        const { display, frames, counters, sensor } = await runWithSensor({
            ...VIEWFINDER,
            frames: 8,
        })

        expect(counters).toMatchObject({ pixelErrors: 0, torn: 0, dropped: 0 })
        const gray = sentGray(sensor, frames.at(-1)!)
        expect(display).toMatchObject({ widthPx: 240, heightPx: 320 })
        const wanted = new Uint8Array(240 * 320 * 3)
        for (let y = 0; y < 220; y++)
            for (let x = 0; x < 220; x++)
                wanted.set(shown(gray(x, y)), 3 * (y * 240 + x))
        expect(Buffer.compare(display!.rgb, wanted)).toBe(0)
        // The chart is no image that looks the same upside down.
        expect(colour(display!, 30, 10)).not.toEqual(shown(gray(30, 209)))
    })

    it("lends its memory as it is: the top row at the highest address", async () => {
        const { frames, sensor } = await runWithSensor({
            ...VIEWFINDER,
            frames: 3,
        })

        const frame = frames[2]!
        expect(frame).toMatchObject({
            format: "rgb565",
            width: 240,
            height: 320,
        })
        const gray = sentGray(sensor, frame)
        for (const [memoryRow, row] of [
            [319, 0],
            [100, 219],
        ] as const)
            for (let x = 0; x < 220; x++) {
                const at = memoryRow * 480 + 2 * x
                const level = gray(x, row)
                const pixel =
                    ((level >> 3) << 11) | ((level >> 2) << 5) | (level >> 3)
                expect(frame.pixels[at]! | (frame.pixels[at + 1]! << 8)).toBe(
                    pixel
                )
            }
    })

    it("counts the display once as memory, and the two rows", async () => {
        const { mode } = await simulate({ ...VIEWFINDER, frames: 1 })

        expect(mode).toMatchObject({
            strategy: "line",
            format: "rgb565",
            storedBytesPerFrame: 2 * 220 * 220,
            frameBufferBytes: 240 * 320 * 2 + 2 * 488,
        })
    })

    it("is refused with the sum on a board without that much memory", async () => {
        await expect(
            simulate({ ...VIEWFINDER, board: "nucleo-f446re", frames: 1 })
        ).rejects.toThrow(
            /display 240x320 needs 480 x 320 = 153600 bytes.*78384 bytes of frame memory/
        )
    })
})

describe("240x160 of the OV2640 in RGB565 on a display", () => {
    it("shows the sensor's colours: it sends the low byte first", async () => {
        const { display, frames, counters, sensor } = await runWithSensor({
            app: "test/system/programs/colour-display.ts",
            board: "nucleo-f429zi",
            sensor: "ov2640",
            scene: "bars",
            frames: 2,
        })

        expect(counters).toMatchObject({ pixelErrors: 0, torn: 0 })
        const { sent } = frames[1]!
        expect(sent.format).toBe("rgb565le")
        const bytes = sensor.expected(sent)
        const first = 2 * ((sent.rows - 160) / 2) * sent.columns
        const left = sent.columns - 240
        const colours = new Set<string>()
        for (let x = 0; x < 240; x++) {
            const at = first + left + 2 * x
            const pixel = bytes[at]! | (bytes[at + 1]! << 8)
            const [red, green, blue] = colour(display!, x, 0)
            expect([red! >> 3, green! >> 2, blue! >> 3]).toEqual([
                pixel >> 11,
                (pixel >> 5) & 63,
                pixel & 31,
            ])
            colours.add(`${red} ${green} ${blue}`)
        }
        expect(colours.size).toBeGreaterThan(1)
    })
})

describe("a display on a bad cable", () => {
    it("shows the rest of a row shifted by two pixel clocks, which is counted pixel by pixel", async () => {
        const { frames, counters } = await simulate({
            ...VIEWFINDER,
            frames: 12,
            faults: [
                { kind: "add-clocks", frame: 6, row: TOP + 80, clocks: 2 },
            ],
        })

        const hurt = frames.filter(({ pixelErrors }) => pixelErrors > 0)
        expect(hurt.map(({ sent }) => sent.sequence)).toEqual([6])
        // The DCMI cuts the row off at its end: those below are right. Some neighbours of the chart are alike.
        expect(hurt[0]!.pixelErrors).toBeLessThanOrEqual(220)
        expect(hurt[0]!.pixelErrors).toBeGreaterThan(50)
        expect(counters.pixelErrors).toBe(hurt[0]!.pixelErrors)
    })

    it("is right again in the frame after one that lost a row, which is not lent", async () => {
        const { frames, counters } = await simulate({
            ...VIEWFINDER,
            frames: 12,
            faults: [{ kind: "drop-row", frame: 6, row: TOP + 80 }],
        })

        const sequences = frames.map(({ sent }) => sent.sequence)
        expect(sequences).not.toContain(6)
        expect(sequences).toContain(7)
        expect(counters).toMatchObject({ pixelErrors: 0, resyncs: 1 })
    })
})

describe("a display that a slow program looks at", () => {
    it("shows rows of two frames in the middle of one: torn, but no pixel is wrong", async () => {
        const result = await simulate({
            app: "test/system/programs/slow-display.ts",
            scene: "target",
            frames: 12,
        })

        const { torn, pixelErrors, dropped, skipped } = result.counters
        expect({ pixelErrors, dropped }).toEqual({ pixelErrors: 0, dropped: 0 })
        expect(torn).toBeGreaterThan(0)
        expect(skipped).toBeGreaterThan(0)
        expect(result.console[0]).toBe("3 buffers, 27200 bytes")
        // The gap between two rows is a part of what the grabber knows as the display.
        expect(result.display).toMatchObject({ widthPx: 136, heightPx: 100 })
    })
})

describe("a capture without a display", () => {
    it("has no image of one", async () => {
        const { display } = await simulate({
            frames: 1,
            strategy: Strategy.LINE,
        })

        expect(display).toBeUndefined()
    })
})
