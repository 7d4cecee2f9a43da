// SPDX-License-Identifier: MIT
// What an OV2640 is asked for, all together: options on top of what was asked before. Pure.

import type { SensorOptions } from "../sensor"
import type { FrameRequest } from "../sensor-limits"
import { geometryProblem, Ov2640Limit } from "./geometry"
import { Quality, qualityProblem } from "./quality"
import { ImageMode } from "./registers"
import { xvclkProblem } from "./timing"
import type { Rectangle } from "../../protocol/capture"
import { Flip, PixelFormat, TimingMode } from "../../protocol/capture"

/** Everything that configure() can set. */
export interface Settings {
    window: Rectangle
    /** Window / frame; used where no frame size is asked for. */
    binning: number
    /** 0: window / binning. */
    outputWidthPx: number
    outputHeightPx: number
    format: PixelFormat
    lowByteFirst: boolean
    quality: number
    fps: number
    timing: TimingMode
    xclkHz: number
    flip: Flip
}

/** A quarter of the field's pixels each way, gray: the fastest read-out, and small. */
export function defaultSettings(): Settings {
    return {
        window: {
            x: 0,
            y: 0,
            width: Ov2640Limit.FIELD_WIDTH_PX,
            height: Ov2640Limit.FIELD_HEIGHT_PX,
        },
        binning: 4,
        outputWidthPx: 0,
        outputHeightPx: 0,
        format: PixelFormat.GRAY8,
        lowByteFirst: false,
        quality: Quality.DEFAULT,
        fps: 0,
        timing: TimingMode.AUTO,
        // What most modules have; configure() is told the board's.
        xclkHz: 24000000,
        flip: Flip.NONE,
    }
}

/**
 * Put options on top of settings. A binning that is asked for forgets the frame size asked for before.
 *
 * @returns new settings; `old` is not changed
 */
export function withOptions(old: Settings, options: SensorOptions): Settings {
    const { request } = options
    const rebinned = options.binning !== undefined
    return {
        window: options.window ?? old.window,
        binning: rebinned ? wholeBinning(options.binning ?? 1) : old.binning,
        outputWidthPx:
            options.outputWidthPx ?? (rebinned ? 0 : old.outputWidthPx),
        outputHeightPx:
            options.outputHeightPx ?? (rebinned ? 0 : old.outputHeightPx),
        format: orDefault(options.format ?? old.format, PixelFormat.GRAY8),
        lowByteFirst: options.lowByteFirst ?? old.lowByteFirst,
        quality: request
            ? orDefault(request.quality ?? 0, Quality.DEFAULT)
            : old.quality,
        fps: options.fps ?? old.fps,
        timing: options.timing ?? old.timing,
        xclkHz: options.xclkHz ?? old.xclkHz,
        flip: request ? (request.flip ?? Flip.NONE) : old.flip,
    }
}

/** The frame that the settings mean. */
export function frameOf(settings: Settings): FrameRequest {
    const { window, binning } = settings
    return {
        window,
        outputWidthPx: orDefault(
            settings.outputWidthPx,
            Math.floor(window.width / binning)
        ),
        outputHeightPx: orDefault(
            settings.outputHeightPx,
            Math.floor(window.height / binning)
        ),
    }
}

/**
 * Say why settings cannot be had.
 *
 * @returns one clause; "" when they can
 */
export function settingsProblem(settings: Settings): string {
    const problem =
        geometryProblem(frameOf(settings)) ||
        xvclkProblem(settings.xclkHz) ||
        qualityProblem(settings.quality)
    if (problem) return problem
    const format = settings.format
    if (format >= PixelFormat.GRAY8 && format <= PixelFormat.JPEG) return ""
    return `format ${format} is none of gray8 (1), rgb565 (2), yuv422 (3), jpeg (4)`
}

/** Content of IMAGE_MODE. */
export function imageMode(settings: Settings): number {
    const swap = settings.lowByteFirst ? ImageMode.BYTE_SWAP : 0
    const format = settings.format
    if (format === PixelFormat.YUV422) return ImageMode.YUV422 | swap
    if (format === PixelFormat.RGB565) return ImageMode.RGB565 | swap
    // HREF marks the bytes, so that the DCMI needs no gated pixel clock.
    if (format === PixelFormat.JPEG) return ImageMode.JPEG
    return ImageMode.Y8
}

/** Round down to a factor that the read-out has. */
function wholeBinning(binning: number): number {
    if (binning >= 4) return 4
    return binning >= 2 ? 2 : 1
}

/** 0 means the driver's own choice; compared, because a number with a fraction counts as false in DeviceScript. */
function orDefault(value: number, otherwise: number): number {
    return value === 0 ? otherwise : value
}
