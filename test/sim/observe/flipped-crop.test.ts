// SPDX-License-Identifier: MIT
// A crop out of a frame that the sensor sent flipped: judged at the place that its window has in that frame.

import { describe, expect, it } from "vitest"
import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import { CaptureObserver } from "../../../sim/observe/capture-observer.ts"
import type {
    SensorFrame,
    SensorModel,
} from "../../../sim/sensors/sensor-model.ts"

const FRAME_MEMORY = { address: 0x20000000, bytes: 64 }

/** Eight columns and four rows at (16, 8) of the field; each pixel says where it was sent. */
const SENT: SensorFrame = {
    sequence: 0,
    startNs: 0,
    endNs: 1_000_000,
    window: { x: 16, y: 8, width: 8, height: 4 },
    columns: 8,
    rows: 4,
    exposureUs: 100,
    gain: 1,
    unusable: false,
}
const PIXELS = Uint8Array.from({ length: 32 }, (_, i) => i)

/** What is captured of (17, 8), 4 x 2, when it starts at a column and a row of what was sent. */
function captured(
    flips: { hflip?: boolean; vflip?: boolean },
    column: number,
    row: number
): CapturedFrame {
    const sensor = { onFrame: undefined, expected: () => PIXELS }
    const frames: CapturedFrame[] = []
    const observer = new CaptureObserver(
        sensor as unknown as SensorModel,
        FRAME_MEMORY,
        frame => frames.push(frame)
    )
    const pixels = Uint8Array.from(
        { length: 8 },
        (_, i) => PIXELS[(row + (i >> 2)) * 8 + column + (i & 3)]!
    )
    observer.dmaWrote(FRAME_MEMORY.address, pixels.length, 0)
    const descriptor = {
        index: 0,
        settling: false,
        lastBatch: false,
        changes: 0,
        format: 1,
        sequence: 1,
        startUs: 0,
        endUs: 1000,
        exposureUs: 100,
        gainX16: 16,
        droppedBefore: 0,
        window: { x: 17, y: 8, width: 4, height: 2 },
        sizeBytes: pixels.length,
        lineBytes: 4,
        lines: 2,
        firstRow: 0,
        triggerUs: 0,
    }
    const now = { ns: 1_000_000, deviceUs: 1000 }
    observer.delivered(descriptor, FRAME_MEMORY.address, pixels, now)
    const told = (sensor as { onFrame?: (frame: SensorFrame) => void }).onFrame
    told!({ ...SENT, ...flips })
    return frames[0]!
}

describe("a crop of a frame that was sent", () => {
    it.each([
        ["as it is", {}, 1, 0],
        ["from right to left", { hflip: true }, 3, 0],
        ["from bottom to top", { vflip: true }, 1, 2],
        ["both ways", { hflip: true, vflip: true }, 3, 2],
    ])("%s has its pixels at its place there", (_, flips, column, row) => {
        expect(captured(flips, column, row)).toMatchObject({
            pixelErrors: 0,
            torn: false,
        })
        expect(captured(flips, column ^ 2, row ^ 2).pixelErrors).toBe(8)
    })
})
