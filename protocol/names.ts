// SPDX-License-Identifier: MIT
// The capture's codes by name, as the command line, --json and the page have them. For Node and the browser.

import {
    FORMAT_NAMES,
    STRATEGY_NAMES,
    type CaptureRequest,
    type Flip,
    type PixelFormat,
    type Strategy,
    type TestPattern,
    type TimingMode,
} from "./capture"
import { FaultCause, faultName } from "./faults"
import type { SensorCode } from "./grabber-page"

/** In the order of their codes. */
export const TIMING_NAMES = ["auto", "fastest", "default"] as const
export const TEST_PATTERN_NAMES = [
    "none",
    "vertical",
    "horizontal",
    "diagonal",
] as const
/** "Rows" or "columns" would be read both ways: as what is turned, and as what changes places. */
export const FLIP_NAMES = ["none", "hflip", "vflip", "both"] as const

/** What binning can be, each way. */
export const BINNINGS = [1, 2, 4] as const

export type StrategyName = (typeof STRATEGY_NAMES)[number]
export type FormatName = (typeof FORMAT_NAMES)[number]
/** What a frame that arrived is. */
export type CaptureFormat = Exclude<FormatName, "auto">
export type TimingName = (typeof TIMING_NAMES)[number]
export type TestPatternName = (typeof TEST_PATTERN_NAMES)[number]
export type FlipName = (typeof FLIP_NAMES)[number]

/** Name of each cause of a fault. */
export const FAULT_CAUSE_NAMES = Object.fromEntries(
    Object.values(FaultCause)
        .filter(cause => typeof cause === "number")
        .map(cause => [cause, faultName(cause)])
) as Readonly<Record<FaultCause, string>>

export const strategyNamed = (name: StrategyName): Strategy =>
    STRATEGY_NAMES.indexOf(name)
export const formatNamed = (name: FormatName): PixelFormat =>
    FORMAT_NAMES.indexOf(name)
export const timingNamed = (name: TimingName): TimingMode =>
    TIMING_NAMES.indexOf(name)
export const testPatternNamed = (name: TestPatternName): TestPattern =>
    TEST_PATTERN_NAMES.indexOf(name)
export const flipNamed = (name: FlipName): Flip => FLIP_NAMES.indexOf(name)

/** A capture request with names in place of codes. */
export interface NamedRequest extends Omit<
    CaptureRequest,
    "strategy" | "format" | "timing" | "testPattern" | "flip"
> {
    strategy?: StrategyName
    format?: FormatName
    timing?: TimingName
    testPattern?: TestPatternName
    flip?: FlipName
}

/** What a frame is, by the code in its descriptor or mode. */
export const formatOf = (code: PixelFormat): CaptureFormat =>
    FORMAT_NAMES[code] as CaptureFormat

/** From what a person or a file says. */
export function requestOf(named: NamedRequest): CaptureRequest {
    const { strategy, format, timing, testPattern, flip } = named
    return {
        ...named,
        strategy: strategy && strategyNamed(strategy),
        format: format && formatNamed(format),
        timing: timing && timingNamed(timing),
        testPattern: testPattern && testPatternNamed(testPattern),
        flip: flip && flipNamed(flip),
    }
}

/** For people: what was left to the camera stays left out. */
export function namedRequest(request: CaptureRequest): NamedRequest {
    const { strategy, format, timing, testPattern, flip } = request
    return {
        ...request,
        strategy: nameOf(STRATEGY_NAMES, strategy),
        format: nameOf(FORMAT_NAMES, format),
        timing: nameOf(TIMING_NAMES, timing),
        testPattern: nameOf(TEST_PATTERN_NAMES, testPattern),
        flip: nameOf(FLIP_NAMES, flip),
    }
}

function nameOf<Name>(
    names: readonly Name[],
    code: number | undefined
): Name | undefined {
    return code === undefined ? undefined : names[code]
}

/** The sensors' names on the command line and in board files, in the order of SensorCode from 1 on. */
export const SENSORS = ["mt9v034", "ov2640"] as const
export type SensorName = (typeof SENSORS)[number]

export const sensorCode = (name: SensorName): SensorCode =>
    SENSORS.indexOf(name) + 1

/** @returns undefined for ANY */
export const sensorOf = (code: SensorCode): SensorName | undefined =>
    SENSORS[code - 1]

/** Who drops the pixels that nobody wants. */
export const WHO_DROPS_THE_PIXELS: Readonly<Record<StrategyName, string>> = {
    auto: "the program's choice",
    line: "the CPU drops the pixels, row by row",
    "dcmi-crop": "the DCMI drops the pixels",
    "sensor-window": "the sensor drops the pixels",
    "rows+crop": "the sensor drops the rows, the DCMI the columns",
    jpeg: "the sensor compresses the frame",
}
