// SPDX-License-Identifier: MIT
// A sensor that is unplugged, reset, or loses a wire while frames come: the loss is found and named, and the stream goes on with
// the same request when the sensor is back.

import { describe, expect, it } from "vitest"
import {
    Flip,
    PixelFormat,
    Strategy,
    TestPattern,
    TimingMode,
    type CaptureRequest,
} from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"
import { CableRig } from "../support/system/cable-rig.ts"

const WINDOW: CaptureRequest = {
    window: { width: 220, height: 220 },
    fps: 120,
}

const CAPTURES: readonly (readonly [string, SensorName, CaptureRequest])[] = [
    ["sensor-window", "mt9v034", WINDOW],
    [
        "dcmi-crop",
        "mt9v034",
        { ...WINDOW, fps: 40, strategy: Strategy.DCMI_CROP },
    ],
    [
        "rows-crop",
        "mt9v034",
        { ...WINDOW, fps: 80, strategy: Strategy.ROWS_CROP },
    ],
    ["line", "mt9v034", { ...WINDOW, fps: 30, strategy: Strategy.LINE }],
    [
        "jpeg",
        "ov2640",
        { format: PixelFormat.JPEG, size: { width: 640, height: 480 } },
    ],
    [
        "gray",
        "ov2640",
        { format: PixelFormat.GRAY8, size: { width: 160, height: 120 } },
    ],
]

/** Six frame times, or 500 ms if that is longer. */
function patienceMs(rig: CableRig): number {
    return Math.max(500, 6 * frameMs(rig))
}

function frameMs(rig: CableRig): number {
    return 1000 / rig.simulation.record.mode()!.fps
}

/** Everything that came was whole, and no frame is missing in the sum. */
function expectAllRight(rig: CableRig): void {
    expect(rig.frames.some(({ frame }) => frame.torn)).toBe(false)
    expect(rig.simulation.record.counters()).toMatchObject({
        pixelErrors: 0,
        restarts: 0,
    })
}

describe.each(CAPTURES)("%s: a sensor that", (_name, sensor, request) => {
    it("is unplugged is found missing within 3 frames, and streams within 500 ms of its return", async () => {
        const rig = await CableRig.boot({ sensor, request })
        rig.run(1.5)
        expect(rig.frames.length).toBeGreaterThan(5)

        rig.cable.unplug()
        const lostMs = rig.nowMs
        rig.run((3 * frameMs(rig) + 2) / 1000)
        expect(rig.said(/fault sensor-absent, recovered false/)).toHaveLength(1)
        rig.run(2)
        expect(rig.said(/no frames, sensor-absent/)).toHaveLength(1)
        expect(rig.framesAfter(lostMs + 2 * frameMs(rig))).toEqual([])

        rig.cable.plug()
        const backMs = rig.nowMs
        rig.run(patienceMs(rig) / 1000)
        expect(rig.framesAfter(backMs).length).toBeGreaterThan(0)
        rig.run(0.5)
        expect(rig.said(/fault sensor-absent, recovered true/)).toHaveLength(1)
        expect(rig.said(/frames come again after \d+ ms/)).toHaveLength(1)
        expectAllRight(rig)
    })

    it("was reset streams again within 500 ms", async () => {
        const rig = await CableRig.boot({ sensor, request })
        rig.run(1.5)

        rig.resetSensor()
        const resetMs = rig.nowMs
        rig.run(patienceMs(rig) / 1000)

        expect(rig.said(/fault sensor-reset, recovered false/)).toHaveLength(1)
        expect(rig.said(/fault sensor-reset, recovered true/)).toHaveLength(1)
        rig.run(0.3)
        expect(
            rig.framesAfter(resetMs + patienceMs(rig)).length
        ).toBeGreaterThan(1)
        expectAllRight(rig)
    })
})

/** The sensor's whole field with its blanking and its rate after a reset: no VSYNC and no row tells that it was reset. */
const AS_AFTER_RESET: readonly (readonly [string, CaptureRequest])[] = [
    [
        "dcmi-crop",
        {
            window: { width: 160, height: 120 },
            strategy: Strategy.DCMI_CROP,
            timing: TimingMode.DEFAULT,
            fps: 60,
            exposureUs: 3000,
            gain: 2,
        },
    ],
    [
        "line",
        {
            window: { width: 160, height: 120 },
            strategy: Strategy.LINE,
            timing: TimingMode.DEFAULT,
            fps: 60,
            exposureUs: 2000,
        },
    ],
]

describe.each(AS_AFTER_RESET)("%s: a sensor that", (_name, request) => {
    it("was reset, and sends frames of the same size at the same rate, is found out by its registers", async () => {
        const rig = await CableRig.boot({ request })
        rig.run(1.5)
        const { sent } = rig.frames.at(-1)!.frame

        rig.resetSensor()
        const resetMs = rig.nowMs
        rig.run(3)

        expect(rig.said(/fault sensor-reset, recovered false/)).toHaveLength(1)
        expect(rig.said(/fault sensor-reset, recovered true/)).toHaveLength(1)
        const after = rig.framesAfter(resetMs + 2900)
        expect(after.length).toBeGreaterThan(1)
        expect(after.at(-1)!.sent.exposureUs).toBe(sent.exposureUs)
        expectAllRight(rig)
    })
})

describe("a look at the sensor's registers", () => {
    it("that meets a wrong value once costs nothing", async () => {
        const rig = await CableRig.boot({
            request: AS_AFTER_RESET[0]![1],
            // With a fixed exposure nothing else reads the sensor: exposure and gain, then CHIP_VERSION, whose first byte is the fifth.
            faults: [1, 3, 5].map(at => ({
                at,
                fault: "i2c-wrong-value",
                count: 5,
                mask: 1,
            })),
        })
        rig.run(8)

        expect(rig.said(/fault/)).toEqual([])
        expect(rig.frames.length).toBeGreaterThan(400)
        expectAllRight(rig)
    })

    it("finds what was asked for, at another brightness too", async () => {
        const rig = await CableRig.boot({
            request: { ...WINDOW, fps: 60, brightness: 30 },
        })
        rig.run(5)

        expect(rig.said(/fault/)).toEqual([])
        expectAllRight(rig)
    })
})

describe("a wire of the parallel bus", () => {
    it.each([
        ["vsync", "no-vsync"],
        ["hsync", "no-hsync"],
    ] as const)("%s that is cut is named %s", async (wire, name) => {
        const rig = await CableRig.boot({ request: WINDOW })
        rig.run(0.5)

        rig.cable.cutWire(wire)
        rig.run(3)
        expect(
            rig.said(new RegExp(`fault ${name}, recovered false`))
        ).toHaveLength(1)

        rig.cable.mend()
        const backMs = rig.nowMs
        rig.run(2)
        expect(rig.framesAfter(backMs).length).toBeGreaterThan(5)
        expect(rig.said(/recovered true/).length).toBeGreaterThan(0)
        expectAllRight(rig)
    })
})

describe("what was asked for", () => {
    it("comes back with exposure, gain, test pattern and flip", async () => {
        const rig = await CableRig.boot({
            request: {
                ...WINDOW,
                exposureUs: 3000,
                gain: 2,
                flip: Flip.BOTH,
                testPattern: TestPattern.DIAGONAL,
            },
        })
        rig.run(0.5)
        const before = rig.frames.at(-1)!.frame

        rig.cable.unplug()
        rig.run(0.3)
        rig.resetSensor()
        rig.run(0.1)
        rig.cable.plug()
        rig.run(0.5)

        const after = rig.frames.at(-1)!.frame
        // Numbers begin anew with the capture.
        expect(after).not.toBe(before)
        expect(after.exposureUs).toBe(before.exposureUs)
        expect(after.gain).toBe(before.gain)
        expect(after.window).toEqual(before.window)
        expect(after.sent).toMatchObject({
            exposureUs: before.sent.exposureUs,
            gain: 2,
            hflip: true,
            vflip: true,
        })
        expect([...after.pixels]).toEqual([...before.pixels])
        expectAllRight(rig)
    })
})
