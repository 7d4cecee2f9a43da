// SPDX-License-Identifier: MIT
// The paragraph about a run in which no frame arrives.

import { describe, expect, it } from "vitest"
import type { Counters } from "../../../sim/observe/capture.ts"
import {
    noFramesMessage,
    type NoFrames,
} from "../../../sim/observe/no-frames.ts"

/** The message tells these five. */
const COUNTERS = {
    sentFrames: 10,
    frames: 0,
    dropped: 1,
    overruns: 7,
    shortFrames: 2,
} as Counters

const SENT = {
    sequence: 9,
    startNs: 0,
    endNs: 1,
    window: { x: 0, y: 0, width: 160, height: 120 },
    columns: 160,
    rows: 120,
    exposureUs: 0,
    gain: 1,
    unusable: false,
}

function message(change: Partial<NoFrames>): string {
    return noFramesMessage({
        patienceS: 3,
        started: true,
        counters: COUNTERS,
        lastSent: SENT,
        lineBytes: 64,
        lines: 48,
        ...change,
    })
}

describe("a run without a frame", () => {
    it("says that the handler holds the frame, when it has done so all the time", () => {
        expect(message({ held: { sequence: 10, heldS: 3.04 } })).toBe(
            "no frame reached the program in 3 s of simulated time: the program's handler has held frame 10 for 3.0 s " +
                "and not returned; 1 frames were dropped. A handler gets the next frame when it has returned from the one before"
        )
        expect(message({ held: { sequence: 10, heldS: 1 } })).toContain(
            "the capture is on, the sensor sent 10 frames"
        )
    })

    it("says that the capture was never started", () => {
        expect(message({ started: false })).toBe(
            "no frame reached the program in 3 s of simulated time: the program has not started a capture"
        )
    })

    it("says what was counted, what the sensor sends and what is kept of it", () => {
        expect(message({})).toBe(
            "no frame reached the program in 3 s of simulated time: the capture is on, the sensor sent 10 frames, " +
                "0 were captured, 1 dropped, 7 overran, 2 were too short; " +
                "the last frame had 120 rows of 160 bytes, the grabber keeps 48 rows of 64 bytes"
        )
    })

    it("counts the bytes of colour", () => {
        const lastSent = {
            ...SENT,
            format: "rgb565be",
            bytesPerPixel: 2,
        } as const

        expect(message({ lastSent })).toMatch(/120 rows of 320 bytes/)
    })

    it("compares a JPEG with its buffer", () => {
        const bytes = new Uint8Array(4608)
        const lastSent = { ...SENT, format: "jpeg", bytes } as const

        expect(message({ lastSent, lineBytes: 16, lines: 240 })).toMatch(
            /the last JPEG had 4608 bytes, the grabber's buffer has 3840$/
        )
    })

    it("says no size when the sensor has sent nothing", () => {
        expect(message({ lastSent: undefined })).toMatch(/2 were too short$/)
    })
})
