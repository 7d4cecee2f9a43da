// SPDX-License-Identifier: MIT
// What server and page say to each other, besides frames: JSON text over the websocket. Types only, and their checks.

import {
    FORMAT_NAMES,
    STRATEGY_NAMES,
    TimingMode,
    type CaptureRequest,
    type Rectangle,
} from "../../../protocol/capture.ts"
import {
    BINNINGS,
    TEST_PATTERN_NAMES,
    type CaptureFormat,
    type StrategyName,
    type TestPatternName,
} from "../../../protocol/names.ts"
import type { FaultKind, FaultsState, InjectedFault } from "./fault-messages.ts"
import type { PlanReport } from "../../../protocol/plan-report.ts"

/** A memory of the chip, and who owns how much of it. */
export interface RamArea {
    readonly name: string
    readonly bytes: number
    readonly owners: readonly {
        readonly name: string
        readonly bytes: number
    }[]
    /** Frame buffers lie in it. */
    readonly frames: boolean
}

/** What does not change while a target runs. */
export interface TargetDescription {
    /** "simulator", "emulated board", "board at /dev/ttyACM0". */
    readonly kind: string
    readonly board: string
    readonly sensor: string
    readonly field: { readonly width: number; readonly height: number }
    readonly ram: readonly RamArea[]
    /** Whether the sensor's whole field can be shown around the image, and whether it changes. */
    readonly fieldPicture: "none" | "still" | "moving"
    readonly hasScope: boolean
    readonly hasWaveforms: boolean
    /** Another program can be put in the place of the one that runs. */
    readonly canUpdateProgram: boolean
    readonly formats: readonly CaptureFormat[]
    /** Those that can be injected; undefined: this target cannot be broken from here. */
    readonly faults?: readonly FaultKind[] | undefined
    /** 1, and what else the sensor can make one pixel of, each way. */
    readonly binnings: readonly number[]
    /** The modules that could carry the sensor, those that work on the board first; the server draws their wires. */
    readonly modules: readonly WiredModule[]
}

/** A sensor's module that `/wiring.svg?module=NAME` shows. */
export interface WiredModule {
    readonly name: string
    readonly title: string
}

/** What is applied, as the camera says. */
export interface AppliedState {
    readonly streaming: boolean
    readonly window: Readonly<Rectangle>
    readonly binning: number
    readonly strategy: StrategyName
    readonly format: CaptureFormat
    readonly fps: number
    /** Fixed; 0: automatic. */
    readonly exposureUs: number
    /** The longest that does not slow the frame rate. */
    readonly exposureMaxUs: number
    /** Fixed, 1 = 1x; 0: automatic. */
    readonly gain: number
    readonly testPattern: TestPatternName
    readonly buffers: number
    /** All frame buffers. */
    readonly ramBytes: number
    readonly movesWhileStreaming: boolean
    /** Why the latest request was refused; empty: it was applied. */
    readonly problem: string
}

/** What moves all the time. */
export interface LiveState {
    readonly applied: AppliedState | undefined
    /** Of the sensor's frames that arrived, by their time stamps, over the last second. */
    readonly measuredFps: number
    readonly counters: {
        readonly frames: number
        readonly delivered: number
        readonly dropped: number
        readonly overruns: number
        readonly faults: number
    }
    readonly irqsPerSecond: number
    /** Of the target's own time, s; simulated in a simulation. */
    readonly seconds: number
    /** Target seconds per second of this machine, 1 on real hardware; undefined: not known. */
    readonly ratio: number | undefined
    readonly recording: RecordingState | undefined
    /** What ended the target; undefined: it runs. */
    readonly ended: string | undefined
    /** Why nobody answers just now; it goes on by itself. */
    readonly waiting: string | undefined
    /** Of a board behind a serial link; as are the next two. */
    readonly link: LinkFigures | undefined
    readonly program: ProgramState | undefined
    readonly update: UpdateState | undefined
    /** What injected faults did. */
    readonly faults?: FaultsState | undefined
    /** The program offers no camera service: nothing here can change what it does. */
    readonly uncontrolled?: boolean
}

/** What a target without a link says. */
export const NO_BOARD = {
    waiting: undefined,
    link: undefined,
    program: undefined,
    update: undefined,
} as const satisfies Partial<LiveState>

/** Every so many pixels and rows of an image are sent; 0: whatever keeps some images per second. */
export const REDUCTIONS = [0, 1, 2, 4] as const
export type Reduction = (typeof REDUCTIONS)[number]

/** How the serial link does. Rates are per second of the board's time, over the last second. */
export interface LinkFigures {
    /** What the board's divider gives. */
    readonly baud: number
    /** From the board, everything that it sends. */
    readonly bytesPerSecond: number
    /** Of what the line can carry, 0..1: ten bits are a byte. */
    readonly share: number
    readonly picturesPerSecond: number
    /** As asked for, and as the board does it. */
    readonly reduction: { readonly wanted: Reduction; readonly applied: number }
    /** Images of this session that came whole. */
    readonly pictures: number
    /** Frames that were due while another was sent, or that could not be sent; images begun and not ended. */
    readonly skipped: number
    readonly abandoned: number
    /** Images that were damaged on the way, or lost altogether. */
    readonly corrupt: number
    /** Requests that the board did not let in: too many at once, of all hosts. */
    readonly requestsDropped: number
    /** Why the board sends no images of what it captures; empty: it does. */
    readonly note: string
}

/** What runs on the board. */
export interface ProgramState {
    readonly name: string
    /** Of its slot: each update counts up. */
    readonly sequence: number
}

export const UPDATE_PHASES = [
    "building",
    "erasing",
    "writing",
    "checking",
    "restarting",
    "done",
    "failed",
] as const

/** A program update, under way or the last one. */
export interface UpdateState {
    readonly phase: (typeof UPDATE_PHASES)[number]
    /** Of the program's bytes, 0..1. */
    readonly written: number
    /** Why it failed. */
    readonly problem: string
}

/** What the program printed, or what is wrong with it. */
export interface ConsoleLine {
    readonly kind: "program" | "error"
    readonly text: string
}

export interface RecordingState {
    readonly running: boolean
    readonly frames: number
    readonly bytes: number
    /** Why it stopped by itself. */
    readonly note: string
}

export type ServerMessage =
    | {
          readonly type: "hello"
          readonly target: TargetDescription
          readonly request: ViewRequest
      }
    /** Another page asked for it. */
    | { readonly type: "request"; readonly request: ViewRequest }
    | { readonly type: "state"; readonly state: LiveState }
    | { readonly type: "plan"; readonly plan: PlanReport }
    /** Lines that come after those that the page has, or of a page that begins. */
    | {
          readonly type: "console"
          readonly lines: readonly ConsoleLine[]
          readonly begin: boolean
      }

/** The part of a capture request that the page can change; everything is always said. */
export type ViewRequest = Readonly<
    Required<
        Pick<
            CaptureRequest,
            | "binning"
            | "fps"
            | "strategy"
            | "format"
            | "exposureUs"
            | "gain"
            | "testPattern"
        >
    >
> & { readonly window: Readonly<Rectangle> }

export type PageMessage =
    | { readonly type: "want"; readonly request: ViewRequest }
    | { readonly type: "streaming"; readonly on: boolean }
    | { readonly type: "record"; readonly on: boolean }
    /** Build the program and send it to the board. */
    | { readonly type: "update" }
    | { readonly type: "reduce"; readonly reduction: Reduction }
    /** Break something, now; checked where it is injected. */
    | { readonly type: "inject"; readonly fault: InjectedFault }
    /** A frame was drawn. */
    | { readonly type: "drawn"; readonly sequence: number }

/** What the planner is asked: as the page says, and as fast as possible without a frame rate. */
export function planOf(request: ViewRequest): CaptureRequest {
    const { window, binning, fps, strategy, format } = request
    const timing = fps > 0 ? TimingMode.AUTO : TimingMode.FASTEST
    return { window, binning, strategy, fps, timing, format }
}

/**
 * Check what a page sent.
 * @returns undefined when it is none of our messages, or a number is out of its range
 */
export function parsePageMessage(text: string): PageMessage | undefined {
    const message = parseObject(text)
    if (!message) return undefined
    switch (message["type"]) {
        case "want": {
            const request = viewRequest(message["request"])
            return request && { type: "want", request }
        }
        case "streaming":
        case "record": {
            const on = message["on"]
            return typeof on === "boolean"
                ? { type: message["type"], on }
                : undefined
        }
        case "update":
            return { type: "update" }
        case "inject": {
            const fault = message["fault"]
            return isObject(fault) ? { type: "inject", fault } : undefined
        }
        case "reduce": {
            const reduction = REDUCTIONS.find(
                value => value === message["reduction"]
            )
            return reduction === undefined
                ? undefined
                : { type: "reduce", reduction }
        }
        case "drawn": {
            const sequence = message["sequence"]
            return inRange(sequence, 0, 0xffffffff)
                ? { type: "drawn", sequence }
                : undefined
        }
    }
    return undefined
}

function viewRequest(value: unknown): ViewRequest | undefined {
    if (!isObject(value)) return undefined
    const { window, binning, fps, strategy, format } = value
    const { exposureUs, gain, testPattern } = value
    const place = fieldWindow(window)
    if (
        !place ||
        !isCode(strategy, STRATEGY_NAMES) ||
        !isCode(format, FORMAT_NAMES) ||
        !isCode(testPattern, TEST_PATTERN_NAMES)
    )
        return undefined
    if (!inRange(fps, 0, 1e6) || !inRange(exposureUs, 0, 0xffffffff))
        return undefined
    if (!inRange(gain, 0, 4095) || !isBinning(binning)) return undefined
    return {
        window: place,
        binning,
        fps,
        strategy,
        format,
        exposureUs,
        gain,
        testPattern,
    }
}

function isBinning(value: unknown): value is number {
    return BINNINGS.some(binning => binning === value)
}

function isCode(value: unknown, names: readonly string[]): value is number {
    return inRange(value, 0, names.length - 1) && Number.isInteger(value)
}

function fieldWindow(value: unknown): Readonly<Rectangle> | undefined {
    if (!isObject(value)) return undefined
    const { x, y, width, height } = value
    const whole = (number: unknown, min: number): number is number =>
        inRange(number, min, 0xfffe) && Number.isInteger(number)
    if (!whole(x, 0) || !whole(y, 0) || !whole(width, 1) || !whole(height, 1))
        return undefined
    return { x, y, width, height }
}

function parseObject(text: string): Record<string, unknown> | undefined {
    try {
        const value: unknown = JSON.parse(text)
        return isObject(value) ? value : undefined
    } catch {
        return undefined
    }
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null
}

function inRange(value: unknown, min: number, max: number): value is number {
    return typeof value === "number" && value >= min && value <= max
}
