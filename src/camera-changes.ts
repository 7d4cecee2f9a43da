// SPDX-License-Identifier: MIT
// What hosts write into the camera service's registers, as changes of a capture request.

import { hexNumber } from "../drivers/format"
import { CameraReg } from "../protocol/camera-service"
import { GrabberPage } from "../protocol/grabber-page"
import type {
    Rectangle,
    WindowRequest,
    CaptureRequest,
} from "../protocol/capture"
import { TestPattern } from "../protocol/capture"

/** One bit for each register that may be written. */
export enum Change {
    WINDOW = 1 << 0,
    FPS = 1 << 1,
    STRATEGY = 1 << 2,
    FORMAT = 1 << 3,
    EXPOSURE = 1 << 4,
    GAIN = 1 << 5,
    TEST_PATTERN = 1 << 6,
    STREAMING = 1 << 7,
    QUALITY = 1 << 8,
    SIZE = 1 << 9,
    BUFFERS = 1 << 10,
    BINNING = 1 << 11,
    /** What changes while frames go on coming. */
    ADJUSTMENTS = EXPOSURE | GAIN | TEST_PATTERN,
    /** What needs another plan. */
    PLAN = FPS | STRATEGY | FORMAT | QUALITY | SIZE | BUFFERS | BINNING,
}

/**
 * Say how long the payload of a write is.
 *
 * @returns bytes; 0: no such register, or a read only one
 */
export function writtenBytes(register: number): number {
    switch (register) {
        case CameraReg.WINDOW:
            return 8
        case CameraReg.FPS:
        case CameraReg.EXPOSURE:
        case CameraReg.SIZE:
            return 4
        case CameraReg.GAIN:
            return 2
        case CameraReg.STRATEGY:
        case CameraReg.FORMAT:
        case CameraReg.TEST_PATTERN:
        case CameraReg.STREAMING:
        case CameraReg.QUALITY:
        case CameraReg.BUFFERS:
        case CameraReg.BINNING:
            return 1
        default:
            return 0
    }
}

/** What a written window is completed with. */
export interface WindowContext {
    readonly current: Rectangle
    /** The sensor's field, pixels. */
    readonly fieldWidthPx: number
    readonly fieldHeightPx: number
}

/**
 * Put a written register into a request.
 *
 * @param register one that may be written, other than STREAMING
 * @returns why it means nothing; "" when it was put in
 */
export function writeChange(
    register: number,
    payload: Buffer,
    into: CaptureRequest,
    context: WindowContext
): string {
    const bytes = writtenBytes(register)
    if (payload.length < bytes)
        return `register ${hexNumber(register, 2)} has ${bytes} bytes, ${payload.length} came`
    switch (register) {
        case CameraReg.WINDOW:
            into.window = writtenWindow(payload, context)
            break
        case CameraReg.FPS:
            into.fps = payload.getAt(0, "u32") / 1000
            break
        case CameraReg.STRATEGY:
            into.strategy = payload[0]
            break
        case CameraReg.FORMAT:
            into.format = payload[0]
            break
        case CameraReg.EXPOSURE:
            into.exposureUs = payload.getAt(0, "u32")
            break
        case CameraReg.GAIN:
            into.gain = payload.getAt(0, "u16") / 16
            break
        case CameraReg.TEST_PATTERN:
            if (payload[0] > TestPattern.DIAGONAL)
                return `test pattern ${payload[0]} is none of 0..${TestPattern.DIAGONAL}`
            into.testPattern = payload[0]
            break
        case CameraReg.QUALITY:
            if (payload[0] > 100) return `quality ${payload[0]} is over 100`
            into.quality = payload[0]
            break
        case CameraReg.SIZE:
            into.size = undefined
            if (payload.getAt(0, "u32") !== 0)
                into.size = {
                    width: payload.getAt(0, "u16"),
                    height: payload.getAt(2, "u16"),
                }
            break
        case CameraReg.BINNING:
            into.binning = payload[0]
            break
        default:
            into.buffers = payload[0]
    }
    return ""
}

/** The size is the planner's to judge; a window of that size is put onto the field. */
function writtenWindow(payload: Buffer, context: WindowContext): WindowRequest {
    let width = payload.getAt(4, "u16")
    let height = payload.getAt(6, "u16")
    if (width === 0 && height === 0) {
        width = context.current.width
        height = context.current.height
    }
    return {
        x: corner(payload.getAt(0, "u16"), context.fieldWidthPx - width),
        y: corner(payload.getAt(2, "u16"), context.fieldHeightPx - height),
        width,
        height,
    }
}

/** @returns undefined: in the middle */
function corner(wanted: number, last: number): number | undefined {
    if (wanted === GrabberPage.CENTRED) return undefined
    return Math.max(0, Math.min(wanted, last))
}

/** Copy what changed from one request to another. */
export function copyChanges(
    changed: number,
    from: CaptureRequest,
    to: CaptureRequest
): void {
    if (changed & Change.WINDOW) to.window = from.window
    if (changed & Change.FPS) to.fps = from.fps
    if (changed & Change.STRATEGY) to.strategy = from.strategy
    if (changed & Change.FORMAT) to.format = from.format
    if (changed & Change.EXPOSURE) to.exposureUs = from.exposureUs
    if (changed & Change.GAIN) to.gain = from.gain
    if (changed & Change.TEST_PATTERN) to.testPattern = from.testPattern
    if (changed & Change.QUALITY) to.quality = from.quality
    if (changed & Change.SIZE) to.size = from.size
    if (changed & Change.BUFFERS) to.buffers = from.buffers
    if (changed & Change.BINNING) to.binning = from.binning
}
