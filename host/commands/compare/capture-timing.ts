// SPDX-License-Identifier: MIT
// When a capture is over, measured on the bus: how long it takes, and how much time is left until the sensor goes on.

import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import { placeInSent } from "../../../sim/observe/place-in-sent.ts"
import type { BusFrame, BusLine } from "../../../sim/trace/capture-trace.ts"

/** Times of one captured frame on the bus, ns since boot. */
export interface CaptureTimes {
    /** First clock of the first wanted pixel. */
    readonly firstWantedNs: number
    /** End of the last wanted pixel's last clock. */
    readonly lastWantedNs: number
    /** First and last clock of all that the sensor sends of the frame. */
    readonly firstPixelNs: number
    readonly lastLineEndNs: number
    /** First clock of the next frame's first line. */
    readonly nextFrameNs: number
}

/** The figures that tell the strategies apart, µs. */
export interface CaptureTiming {
    /** From the first wanted pixel to the last. */
    readonly captureUs: number
    /** From the last wanted pixel to the end of the sensor's last line. */
    readonly slackToLastLineUs: number
    /** From the last wanted pixel to the first pixel of the next frame. */
    readonly slackToNextFrameUs: number
}

/** A run of bytes of a frame on the bus: which lines (bursts), and which bytes of the first and of the last. */
interface Extent {
    readonly firstLine: BusLine
    readonly firstByte: number
    readonly lastLine: BusLine
    /** One past the last byte. */
    readonly endByte: number
}

/**
 * Find the wanted pixels of a captured frame on the bus.
 * @param frames what was on the bus, in order
 * @returns undefined when the frame, or the one after it, was not recorded
 */
export function captureTimes(
    frames: readonly BusFrame[],
    captured: CapturedFrame
): CaptureTimes | undefined {
    const index = frames.findIndex(
        ({ sent }) => sent.sequence === captured.sent.sequence
    )
    const frame = frames[index]
    const nextLine = frames[index + 1]?.lines[0]
    const lastLine = frame?.lines.at(-1)
    if (!frame || !nextLine || !lastLine) return undefined
    const wanted =
        frame.sent.format === "jpeg"
            ? streamExtent(frame.lines, captured.pixels.length)
            : windowExtent(frame, captured)
    return {
        firstWantedNs: atByte(wanted.firstLine, wanted.firstByte),
        lastWantedNs: atByte(wanted.lastLine, wanted.endByte),
        firstPixelNs: frame.lines[0]!.startNs,
        lastLineEndNs: atByte(lastLine, lastLine.bytes),
        nextFrameNs: nextLine.startNs,
    }
}

/** The figures of a frame's times, to the ns. */
export function captureTiming(times: CaptureTimes): CaptureTiming {
    const { firstWantedNs, lastWantedNs, lastLineEndNs, nextFrameNs } = times
    return {
        captureUs: microseconds(lastWantedNs - firstWantedNs),
        slackToLastLineUs: microseconds(lastLineEndNs - lastWantedNs),
        slackToNextFrameUs: microseconds(nextFrameNs - lastWantedNs),
    }
}

/** The window's place among the lines and bytes that the sensor sent, by their proportions: it may bin or scale. */
function windowExtent(
    { sent, lines }: BusFrame,
    { window }: CapturedFrame
): Extent {
    const rows = lines.length / sent.window.height
    const { x, y } = placeInSent(sent, window)
    const firstRow = Math.round(y * rows)
    const endRow = Math.round((y + window.height) * rows)
    const bytes = lines[firstRow]!.bytes / sent.window.width
    return {
        firstLine: lines[firstRow]!,
        firstByte: Math.round(x * bytes),
        lastLine: lines[endRow - 1]!,
        endByte: Math.round((x + window.width) * bytes),
    }
}

/** A compressed frame: all bytes up to its end marker; filler follows. */
function streamExtent(bursts: readonly BusLine[], bytes: number): Extent {
    let before = 0
    const last = bursts.findIndex(burst => (before += burst.bytes) >= bytes)
    const lastLine = bursts[last] ?? bursts.at(-1)!
    return {
        firstLine: bursts[0]!,
        firstByte: 0,
        lastLine,
        endByte: last < 0 ? lastLine.bytes : lastLine.bytes - (before - bytes),
    }
}

function atByte({ startNs, periodNs }: BusLine, byte: number): number {
    return startNs + byte * periodNs
}

function microseconds(ns: number): number {
    return Math.round(ns) / 1000
}
