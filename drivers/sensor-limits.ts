// SPDX-License-Identifier: MIT
// What a sensor can do, as the planner and the sensor drivers agree on it. Pure.

import type { PixelFormat, Rectangle, TimingMode } from "../protocol/capture"
import { windowName } from "../protocol/capture"

/** What is asked of a sensor's timing. */
export interface TimingRequest {
    /** Columns and rows that the sensor reads, before binning. */
    widthPx: number
    heightPx: number
    /** 1, 2 or 4, both ways. */
    binning: number
    xclkHz: number
    /** Wanted frame rate; 0: as fast as `mode` allows. */
    fps: number
    mode: TimingMode
    /** For sensors with a scaler or formats; left out: the window starts at (0, 0), is not scaled, gray8. */
    xPx?: number
    yPx?: number
    outputWidthPx?: number
    outputHeightPx?: number
    format?: PixelFormat
}

/** A frame of a window, for sensors with a scaler. */
export interface FrameRequest {
    /** Pixels of the field. */
    readonly window: Rectangle
    /** The frame that goes out; 0: as many pixels as the window has. */
    readonly outputWidthPx: number
    readonly outputHeightPx: number
}

/** What the sensor will really do. */
export interface SensorTiming {
    /** Horizontal blanking, pixel clocks. */
    hblankPclk: number
    /** Vertical blanking, rows. */
    vblankRows: number
    /** One row with its blanking, pixel clocks. */
    rowPclk: number
    /** One frame with its blanking, pixel clocks. */
    framePclk: number
    fps: number
    /** The longest exposure that does not slow the frame rate, rows. */
    exposureMaxRows: number
}

/** What a sensor can do, for the planner. */
export interface SensorLimits {
    readonly name: string
    /** The native field, pixels. */
    readonly widthPx: number
    readonly heightPx: number
    /** The last row on which the sensor's own window can start. */
    readonly startRowMax: number
    /** Bytes of one pixel on the parallel bus. */
    readonly bytesPerPixel: number
    /** BusSync bits. */
    readonly sync: number
    /** First frames after a start or a change of the window that mean nothing. */
    readonly settleFrames: number
    /** Frames after a write of the exposure until one is exposed with it. */
    readonly exposureDelayFrames: number
    /** It can compress. */
    readonly hasEncoder: boolean
    /** What the sensor does for a window and a frame rate, in its own units; it rounds. */
    readonly solveTiming: (request: TimingRequest) => SensorTiming
    /** Bytes of one pixel on the bus in a format, 0 when compressed; left out: gray8 only. */
    readonly formatBytes?: (format: PixelFormat) => number
    /** Width and height of the sensor's own window are multiples of this, pixels; left out: 1. */
    readonly windowStepPx?: number
    /** Its smallest window; left out: one pixel. */
    readonly windowMinWidthPx?: number
    readonly windowMinHeightPx?: number
    /** Memory to keep for one compressed frame, bytes; left out: no encoder. */
    readonly jpegBytes?: (widthPx: number, heightPx: number) => number
    /** Why a frame cannot be had, or ""; left out: no scaler, but binning by 2 and 4. */
    readonly frameProblem?: (request: FrameRequest) => string
    /** The nearest frame that can be had, of one without a problem. */
    readonly solveFrame?: (request: FrameRequest) => FrameRequest
    /** Why a frequency at the clock input cannot be, or "". */
    readonly clockProblem?: (xclkHz: number) => string
}

/**
 * Say why a window cannot be read from a field.
 *
 * @param window whole pixels
 * @param field its size in pixels, and the sensor's name for the message
 * @returns one sentence with the sum that does not add up; "" when the window is inside
 */
export function windowProblem(
    window: Rectangle,
    field: {
        readonly name: string
        readonly widthPx: number
        readonly heightPx: number
    }
): string {
    const what = `window ${windowName(window)}`
    if (!(window.width >= 1 && window.height >= 1))
        return `${what} has no pixels`
    if (!(window.x >= 0 && window.y >= 0))
        return `${what} starts before column 0 or row 0`
    const right = window.x + window.width
    if (right > field.widthPx)
        return `${what} ends at column ${right}, the ${field.name} has ${field.widthPx}`
    const bottom = window.y + window.height
    if (bottom > field.heightPx)
        return `${what} ends at row ${bottom}, the ${field.name} has ${field.heightPx}`
    return ""
}

/**
 * Say why the sensor itself cannot read a window that lies on its field.
 *
 * @returns one sentence; "" when it can
 */
export function sensorWindowProblem(
    window: Rectangle,
    limits: SensorLimits
): string {
    if (window.y <= limits.startRowMax) return ""
    return `window ${windowName(window)} starts at row ${window.y}, the ${limits.name}'s own window starts at row ${limits.startRowMax} at most`
}
