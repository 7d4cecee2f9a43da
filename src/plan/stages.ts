// SPDX-License-Identifier: MIT
// Which stage drops which pixels: the sensor on its own grid, the DCMI to the word, the CPU the rest. Pure.

import type { FrameRequest, SensorLimits } from "../../drivers/sensor-limits"
import { placeWindow, positionWindow } from "./crop"
import { PlanError } from "./plan-error"
import type { Rectangle, Size, WindowRequest } from "../../protocol/capture"
import {
    Flip,
    PixelFormat,
    Strategy,
    strategyName,
    windowName,
} from "../../protocol/capture"

/** What is to be cropped, and by whom. */
export interface StageRequest {
    readonly strategy: Strategy
    /** Left out: the whole field. */
    readonly window?: WindowRequest
    /** For sensors with a scaler; left out: one pixel for each of the window. */
    readonly size?: Size
    /** 1, 2 or 4. */
    readonly binning: number
    /** Left out: NONE. */
    readonly flip?: Flip
    readonly format: PixelFormat
    /** 0: compressed. */
    readonly bytesPerPixel: number
}

/** A window on its way from the field to memory. Rectangles are pixels of the field. */
export interface Stages {
    /** What the sensor reads. */
    readonly sensorWindow: Rectangle
    /** Its frame on the bus, pixels. */
    readonly busWidthPx: number
    readonly busHeightPx: number
    /** What arrives in memory. */
    readonly window: Rectangle
    /** Its frame in memory, pixels. */
    readonly widthPx: number
    readonly heightPx: number
    /** Where the latter starts in the frame on the bus, pixels. */
    readonly skipColumns: number
    readonly skipRows: number
}

/** Whether something is left to drop behind the sensor. */
export function hasResidue(stages: Stages): boolean {
    return (
        stages.busWidthPx > stages.widthPx ||
        stages.busHeightPx > stages.heightPx
    )
}

/**
 * Divide the cropping among the stages.
 *
 * @throws PlanError when the window is not on the field, or the frame cannot be had
 */
export function solveStages(
    request: StageRequest,
    limits: SensorLimits
): Stages {
    const asked: WindowRequest = request.window || wholeField(limits)
    const frame = scaledFrame(request, asked, limits)
    if (frame) return scaledStages(request, frame, limits)
    const { binning } = request
    const window = placeWindow(asked, limits, request.bytesPerPixel, binning)
    // Two pixels share their colours: a crop that starts between them would exchange U and V.
    if (request.format === PixelFormat.YUV422) window.x -= window.x % 2
    const read = sensorPart(request.strategy, window, limits)
    return {
        sensorWindow: read,
        busWidthPx: read.width / binning,
        busHeightPx: read.height / binning,
        window,
        widthPx: window.width / binning,
        heightPx: window.height / binning,
        skipColumns: columnsBefore(window, read, request.flip) / binning,
        skipRows: rowsBefore(window, read, request.flip) / binning,
    }
}

/** All pixels of the sensor. */
export function wholeField(limits: SensorLimits): Rectangle {
    return { x: 0, y: 0, width: limits.widthPx, height: limits.heightPx }
}

/** @returns undefined when the frame is the window, pixel by pixel, and may be cropped anywhere */
function scaledFrame(
    request: StageRequest,
    asked: WindowRequest,
    limits: SensorLimits
): FrameRequest | undefined {
    const { size, binning } = request
    const same =
        !size ||
        (size.width === Math.floor(asked.width / binning) &&
            size.height === Math.floor(asked.height / binning)) ||
        (size.width === 0 && size.height === 0)
    // A compressed frame cannot be cropped any more, so it is what the sensor's grid allows.
    if (same && request.strategy !== Strategy.JPEG) return undefined
    const window = positionWindow(asked, limits)
    const wanted: FrameRequest = {
        window,
        outputWidthPx: size ? size.width : 0,
        outputHeightPx: size ? size.height : 0,
    }
    const { frameProblem, solveFrame } = limits
    if (!frameProblem || !solveFrame)
        throw new PlanError(
            `frame ${wanted.outputWidthPx}x${wanted.outputHeightPx} of window ${windowName(window)} ` +
                `needs a scaler, the ${limits.name} has none`
        )
    const problem = frameProblem(wanted)
    if (problem) throw new PlanError(problem)
    return solveFrame(wanted)
}

/** A frame that the sensor scales: cut by the sensor itself, or out of more of the field at the same scale. */
function scaledStages(
    request: StageRequest,
    frame: FrameRequest,
    limits: SensorLimits
): Stages {
    const window = frame.window
    const width = frame.outputWidthPx
    const height = frame.outputHeightPx
    const whole =
        request.strategy === Strategy.SENSOR_WINDOW ||
        request.strategy === Strategy.JPEG
    const sensorWindow = whole
        ? window
        : sensorPart(request.strategy, window, limits)
    // Multiplied first: whole results come out whole.
    const bus: FrameRequest = {
        window: sensorWindow,
        outputWidthPx: (sensorWindow.width * width) / window.width,
        outputHeightPx: (sensorWindow.height * height) / window.height,
    }
    const skipColumns =
        (columnsBefore(window, sensorWindow, request.flip) * width) /
        window.width
    const skipRows =
        (rowsBefore(window, sensorWindow, request.flip) * height) /
        window.height
    const step = request.format === PixelFormat.YUV422 ? 2 : 1
    if (
        !whole &&
        (!canScale(bus, limits) ||
            skipColumns % step !== 0 ||
            skipRows % 1 !== 0)
    )
        throw new PlanError(
            `strategy ${strategyName(request.strategy)} needs window ${windowName(sensorWindow)} at the scale of ` +
                `${windowName(window)} to ${width}x${height}, which is not in whole steps of the ${limits.name}`
        )
    return {
        sensorWindow,
        busWidthPx: bus.outputWidthPx,
        busHeightPx: bus.outputHeightPx,
        window,
        widthPx: width,
        heightPx: height,
        skipColumns,
        skipRows,
    }
}

/** Columns of what is read that come before the window's: mirrored, those on its right. */
function columnsBefore(
    window: Rectangle,
    read: Rectangle,
    flip: Flip | undefined
): number {
    const left = window.x - read.x
    const right = read.width - window.width - left
    return (flip ?? Flip.NONE) & Flip.HFLIP ? right : left
}

/** Rows of what is read that come before the window's: upside down, those below it. */
function rowsBefore(
    window: Rectangle,
    read: Rectangle,
    flip: Flip | undefined
): number {
    const above = window.y - read.y
    const below = read.height - window.height - above
    return (flip ?? Flip.NONE) & Flip.VFLIP ? below : above
}

/** Whether the sensor gives exactly this frame. */
function canScale(frame: FrameRequest, limits: SensorLimits): boolean {
    const { frameProblem, solveFrame } = limits
    if (!frameProblem || !solveFrame) return false
    if (frameProblem(frame) !== "") return false
    const solved = solveFrame(frame)
    return (
        solved.outputWidthPx === frame.outputWidthPx &&
        solved.outputHeightPx === frame.outputHeightPx &&
        windowName(solved.window) === windowName(frame.window)
    )
}

/** What the sensor has to read, on its grid, so that `window` is inside. */
function sensorPart(
    strategy: Strategy,
    window: Rectangle,
    limits: SensorLimits
): Rectangle {
    if (strategy === Strategy.LINE || strategy === Strategy.DCMI_CROP)
        return wholeField(limits)
    const { widthPx, heightPx } = limits
    const step = limits.windowStepPx ?? 1
    const y = Math.min(window.y, limits.startRowMax)
    const height = Math.max(
        limits.windowMinHeightPx ?? 1,
        Math.ceil((window.y + window.height - y) / step) * step
    )
    const rows: Rectangle = {
        x: 0,
        y: Math.min(y, heightPx - height),
        width: widthPx,
        height,
    }
    if (strategy === Strategy.ROWS_CROP) return rows
    rows.width = Math.max(
        limits.windowMinWidthPx ?? 1,
        Math.ceil(window.width / step) * step
    )
    rows.x = Math.min(window.x, widthPx - rows.width)
    return rows
}
