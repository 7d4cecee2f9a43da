// SPDX-License-Identifier: MIT
// How the command line says what a capture request has: an entry for each field that the request block holds.

import {
    FORMAT_NAMES,
    STRATEGY_NAMES,
    type CaptureRequest,
    type Size,
    type WindowRequest,
} from "./capture"
import { BINNINGS, FLIP_NAMES, TEST_PATTERN_NAMES, TIMING_NAMES } from "./names"

const U32_MAX = 0xffffffff

interface OptionOf {
    readonly field: keyof CaptureRequest
    /** The option and its value: "--fps <n>". */
    readonly flag: string
    readonly help: string
}

/** A number within limits. */
export interface NumberOption extends OptionOf {
    readonly kind: "number"
    readonly min: number
    readonly max: number
    /** What it counts, for messages. */
    readonly what: string
    readonly integer?: boolean
}

/** One of a few numbers. */
export interface ChoiceOption extends OptionOf {
    readonly kind: "choice"
    readonly values: readonly number[]
}

/** One of a code's names, in the order of the codes; a "" is a code that has no name here. */
export interface NameOption extends OptionOf {
    readonly kind: "name"
    readonly names: readonly string[]
}

/** WxH, a window also WxH+X+Y. */
export interface SizeOption extends OptionOf {
    readonly kind: "size" | "window"
}

export type RequestOption =
    NumberOption | ChoiceOption | NameOption | SizeOption

/** What can be asked for, as the user is told. */
export const REQUEST_OPTIONS: readonly RequestOption[] = [
    {
        field: "window",
        flag: "--window <WxH[+X+Y]>",
        kind: "window",
        help: "pixels of the sensor's field, centred without +X+Y (default: 220x220, OV2640: all)",
    },
    {
        field: "size",
        flag: "--size <WxH>",
        kind: "size",
        help: "pixels of the frame, when the sensor is to scale the window down (OV2640)",
    },
    {
        field: "binning",
        flag: "--binning <n>",
        kind: "choice",
        values: BINNINGS,
        help: "pixels of the window that the sensor makes one of, both ways (MT9V034): ",
    },
    {
        field: "flip",
        flag: "--flip <name>",
        kind: "name",
        names: FLIP_NAMES,
        help: "how the sensor turns the image, mirrored (hflip) or upside down (vflip): ",
    },
    {
        field: "format",
        flag: "--format <name>",
        kind: "name",
        names: FORMAT_NAMES,
        help: "what a frame's bytes are: ",
    },
    {
        field: "quality",
        flag: "--quality <n>",
        kind: "number",
        min: 1,
        max: 100,
        what: "quality",
        integer: true,
        help: "JPEG quality, 1 to 100; stepped down until a frame fits",
    },
    {
        field: "fps",
        flag: "--fps <n>",
        kind: "number",
        min: 0.001,
        max: U32_MAX / 1000,
        what: "frames per second",
        help: "frames per second; what can be had is applied (default: 120, OV2640: what the sensor gives)",
    },
    {
        field: "strategy",
        flag: "--strategy <name>",
        kind: "name",
        names: STRATEGY_NAMES,
        help: "who drops the pixels: ",
    },
    {
        field: "timing",
        flag: "--timing <mode>",
        kind: "name",
        names: TIMING_NAMES,
        help: "sensor timing instead of --fps: ",
    },
    {
        field: "buffers",
        flag: "--buffers <n>",
        kind: "number",
        min: 1,
        max: 4,
        what: "frame buffers",
        integer: true,
        help: "frame buffers, 1 to 4",
    },
    {
        field: "ramBytes",
        flag: "--ram <bytes>",
        kind: "number",
        min: 1,
        max: U32_MAX,
        what: "bytes",
        integer: true,
        help: "upper limit for all frame buffers",
    },
    {
        field: "exposureUs",
        flag: "--exposure <us>",
        kind: "number",
        min: 1,
        max: U32_MAX,
        what: "microseconds",
        integer: true,
        help: "fixed exposure, microseconds; without it the sensor's automatic exposure runs",
    },
    {
        field: "gain",
        flag: "--gain <x>",
        kind: "number",
        min: 1 / 16,
        max: 4095,
        what: "gain",
        help: "fixed analog gain, 1 = 1x, in steps of 1/16",
    },
    {
        field: "brightness",
        flag: "--brightness <percent>",
        kind: "number",
        min: 1,
        max: 100,
        what: "percent of white",
        integer: true,
        help: "what automatic exposure aims at, 1 to 100 % of white (default: 50)",
    },
    {
        field: "testPattern",
        flag: "--test-pattern <name>",
        kind: "name",
        names: TEST_PATTERN_NAMES,
        help: "the sensor's own pattern: ",
    },
]

/** The option alone: "--test-pattern". */
export function optionName({ flag }: RequestOption): string {
    return flag.slice(0, flag.indexOf(" "))
}

/** Write a request as command-line arguments; what was left to the camera is left out. */
export function requestArguments(request: CaptureRequest): string[] {
    return REQUEST_OPTIONS.flatMap(option => {
        const value = request[option.field]
        if (value === undefined) return []
        return [optionName(option), argumentOf(option, value)]
    })
}

function argumentOf(option: RequestOption, value: unknown): string {
    switch (option.kind) {
        case "name":
            return option.names[value as number]!
        case "size":
        case "window": {
            const { width, height, x, y } = value as Size & WindowRequest
            const place = x === undefined || y === undefined ? "" : `+${x}+${y}`
            return `${width}x${height}${place}`
        }
        default:
            return String(value)
    }
}
