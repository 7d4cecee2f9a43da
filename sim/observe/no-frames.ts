// SPDX-License-Identifier: MIT
// What to say when a program that captures gets no frame: what the sensor sends, what the grabber waits for, what was counted.

import type { SensorFrame } from "../sensors/sensor-model.ts"
import type { Counters } from "./capture.ts"

/** What is known when it happens. */
export interface NoFrames {
    /** Virtual time without a frame, s. */
    readonly patienceS: number
    /** The capture was started. */
    readonly started: boolean
    readonly counters: Counters
    /** The newest frame of the sensor. */
    readonly lastSent: SensorFrame | undefined
    /** The frame that the program has had for longest and not given back. */
    readonly held?: HeldFrame | undefined
    /** MODE_LINE_BYTES and MODE_LINES. */
    readonly lineBytes: number
    readonly lines: number
}

export interface HeldFrame {
    readonly sequence: number
    readonly heldS: number
}

/** One paragraph. */
export function noFramesMessage(what: NoFrames): string {
    const { patienceS, started, counters, lastSent, held } = what
    const start = `no frame reached the program in ${patienceS} s of simulated time: `
    if (!started) return start + "the program has not started a capture"
    // A frame that is held for as long as none came is why none came.
    if (held && held.heldS >= patienceS)
        return (
            start +
            `the program's handler has held frame ${held.sequence} for ${held.heldS.toFixed(1)} s and not returned; ` +
            `${counters.dropped} frames were dropped. A handler gets the next frame when it has returned from the one before`
        )
    const counted =
        `the capture is on, the sensor sent ${counters.sentFrames} frames, ` +
        `${counters.frames} were captured, ${counters.dropped} dropped, ` +
        `${counters.overruns} overran, ${counters.shortFrames} were too short`
    if (lastSent === undefined) return start + counted
    return `${start}${counted}; ${sizes(lastSent, what)}`
}

function sizes(sent: SensorFrame, { lineBytes, lines }: NoFrames): string {
    if (sent.format === "jpeg")
        return `the last JPEG had ${sent.bytes?.length ?? 0} bytes, the grabber's buffer has ${lineBytes * lines}`
    const sentBytes = sent.columns * (sent.bytesPerPixel ?? 1)
    return (
        `the last frame had ${sent.rows} rows of ${sentBytes} bytes, ` +
        `the grabber keeps ${lines} rows of ${lineBytes} bytes`
    )
}
