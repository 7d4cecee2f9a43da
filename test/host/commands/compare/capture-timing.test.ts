// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import {
    captureTimes,
    captureTiming,
} from "../../../../host/commands/compare/capture-timing.ts"
import type { CapturedFrame } from "../../../../sim/observe/capture.ts"
import type { SensorFrame } from "../../../../sim/sensors/sensor-model.ts"
import type { BusFrame } from "../../../../sim/trace/capture-trace.ts"
import { sampleFrame } from "../../../support/host/sample-run.ts"
import type { Rectangle } from "../../../../protocol/capture.ts"

/** 20 MHz: 50 ns per byte; rows of 100 columns in 6 us; a frame each 100 us. */
const PERIOD_NS = 50
const ROW_NS = 6000
const FRAME_NS = 100_000

interface BusOptions {
    readonly window?: Rectangle
    readonly rows?: number
    readonly bytesPerRow?: number
    readonly format?: SensorFrame["format"]
}

/** Two frames on the bus, the first at 1,000,000 ns. */
function bus(options: BusOptions = {}): BusFrame[] {
    const {
        window = { x: 0, y: 0, width: 100, height: 10 },
        rows = 10,
        bytesPerRow = 100,
        format,
    } = options
    return [5, 6].map((sequence, index) => {
        const startNs = 1e6 + index * FRAME_NS
        return {
            sent: { ...sampleFrame(sequence).sent, startNs, window, format },
            lines: Array.from({ length: rows }, (_, row) => ({
                startNs: startNs + row * ROW_NS,
                periodNs: PERIOD_NS,
                bytes: bytesPerRow,
            })),
        }
    })
}

/** What the program got of frame 5. */
function captured(window: Rectangle, bytes = 32): CapturedFrame {
    const pixels = new Uint8Array(bytes)
    return { ...sampleFrame(5), window, pixels }
}

function timing(frames: BusFrame[], frame: CapturedFrame) {
    return captureTiming(captureTimes(frames, frame)!)
}

describe("the times of a cropped frame", () => {
    const window = { x: 20, y: 3, width: 40, height: 4 }

    it("go from the first wanted pixel to the end of the last", () => {
        // 3 rows and 40 columns
        expect(timing(bus(), captured(window)).captureUs).toBe(3 * 6 + 40 / 20)
    })

    it("have what the sensor still sends after the last wanted pixel", () => {
        // 3 rows and 40 columns come after (60, 6)
        const { slackToLastLineUs } = timing(bus(), captured(window))

        expect(slackToLastLineUs).toBe(3 * 6 + 40 / 20)
    })

    it("have what is left until the next frame's first pixel", () => {
        // the last wanted pixel ends 6 rows and 60 columns after the first pixel
        const { slackToNextFrameUs } = timing(bus(), captured(window))

        expect(slackToNextFrameUs).toBe(100 - (6 * 6 + 60 / 20))
    })
})

describe("the times of a sensor's own window", () => {
    const window = { x: 20, y: 3, width: 40, height: 4 }

    it("have no slack to the last row", () => {
        const frames = bus({ window, rows: 4, bytesPerRow: 40 })

        expect(timing(frames, captured(window))).toEqual({
            captureUs: 3 * 6 + 40 / 20,
            slackToLastLineUs: 0,
            slackToNextFrameUs: 100 - (3 * 6 + 40 / 20),
        })
    })

    it("count the bus when the sensor bins", () => {
        const field = { x: 0, y: 0, width: 200, height: 20 }
        const frames = bus({ window: field, rows: 10, bytesPerRow: 100 })

        const times = timing(
            frames,
            captured({ x: 0, y: 0, width: 100, height: 10 })
        )

        expect(times.captureUs).toBe(4 * 6 + 50 / 20)
    })

    it("count both bytes of a pixel of two", () => {
        const frames = bus({ bytesPerRow: 200 })

        const times = timing(
            frames,
            captured({ x: 0, y: 0, width: 10, height: 1 })
        )

        expect(times.captureUs).toBe(20 / 20)
    })
})

describe("the times of a compressed frame", () => {
    const window = { x: 0, y: 0, width: 100, height: 10 }

    it("go to the end marker, and what follows is slack", () => {
        // 230 bytes in bursts of 100: 30 of the third
        const frames = bus({ format: "jpeg", rows: 4 })

        expect(timing(frames, captured(window, 230))).toEqual({
            captureUs: 2 * 6 + 30 / 20,
            slackToLastLineUs: 6 + 70 / 20,
            slackToNextFrameUs: 100 - (2 * 6 + 30 / 20),
        })
    })

    it("may end with the last burst", () => {
        const frames = bus({ format: "jpeg", rows: 4 })

        const { slackToLastLineUs } = timing(frames, captured(window, 400))

        expect(slackToLastLineUs).toBe(0)
    })
})

describe("a frame that cannot be measured", () => {
    const window = { x: 0, y: 0, width: 100, height: 10 }

    it("is one that was not recorded", () => {
        const unknown = { ...captured(window), sent: sampleFrame(4).sent }

        expect(captureTimes(bus(), unknown)).toBeUndefined()
    })

    it("is the last one: the next has not begun", () => {
        const last = { ...captured(window), sent: sampleFrame(6).sent }

        expect(captureTimes(bus(), last)).toBeUndefined()
    })
})
