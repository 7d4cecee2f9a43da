// SPDX-License-Identifier: MIT
// The scope image of a strategy: capture, exposure and rows of one frame, and the moment when the capture is over.

import type {
    BusFrame,
    CaptureTrace,
} from "../../../sim/trace/capture-trace.ts"
import type { ScopeMark, ScopeSpan } from "../../../sim/trace/scope-notes.ts"
import {
    scopeSvg,
    type ScopeChannel,
    type ScopePanel,
} from "../../../sim/trace/scope-svg.ts"
import type { Change } from "../../../sim/trace/signal-trace.ts"
import type { CaptureTimes } from "./capture-timing.ts"
import type { RunReport } from "../run/run-report.ts"
import { WHO_DROPS_THE_PIXELS } from "../../../protocol/names.ts"

/** Colours of a scope's channels 1 to 3. */
const COLOURS = ["#ffd23f", "#4cc9f0", "#f472b6"] as const

/** Rows before and after the end of the capture on the enlarged screen. */
const ENLARGED_ROWS = 5

/** Shares of a frame period that are shown before its first pixel and after the next frame's. */
const BEFORE = 0.05
const AFTER = 0.12

/** Capture and rows end together when they are less than a pixel clock of the slowest sensor apart. */
const TOGETHER_NS = 100

export interface ScopeOptions {
    readonly title: string
    readonly trace: CaptureTrace
    /** The frame on the bus, and when its capture was over. */
    readonly frame: BusFrame
    readonly times: CaptureTimes
    readonly wantedRows: number
}

/** The heading of a strategy's scope image. */
export function scopeTitle(
    run: Pick<RunReport, "sensor" | "strategy" | "window">,
    fps: number
): string {
    const { sensor, strategy, window } = run
    return (
        `${sensor.toUpperCase()}, ${window.width}x${window.height} at ${fps.toFixed(2)} fps by ` +
        `${strategy}: ${WHO_DROPS_THE_PIXELS[strategy]}`
    )
}

/** Draw one frame with the beginning of the next. @returns SVG */
export function captureScope(options: ScopeOptions): string {
    return scopeSvg(options.title, [wholeFrame(options), endOfCapture(options)])
}

function wholeFrame(options: ScopeOptions): ScopePanel {
    const { times } = options
    const { firstPixelNs, firstWantedNs, lastWantedNs, nextFrameNs } = times
    const periodNs = nextFrameNs - firstPixelNs
    const spans: ScopeSpan[] = [
        {
            fromNs: firstWantedNs,
            toNs: lastWantedNs,
            label: `${ms(lastWantedNs - firstWantedNs)} from the first wanted pixel to the last`,
        },
        ...slackSpans(options),
    ]
    return {
        title: "one frame; time 0 is the sensor's first pixel",
        startNs: firstPixelNs - BEFORE * periodNs,
        endNs: nextFrameNs + AFTER * periodNs,
        originNs: firstPixelNs,
        channels: channels(options),
        spans,
    }
}

function slackSpans(options: ScopeOptions): ScopeSpan[] {
    const { lastWantedNs, lastLineEndNs, nextFrameNs } = options.times
    const rest = ms(lastLineEndNs - lastWantedNs)
    const words: Readonly<Record<Ending, string>> = {
        together: "",
        before: `the capture ends ${rest} before the rows end`,
        later: `the DCMI goes on for ${rest}`,
    }
    const toLastLine: ScopeSpan = {
        fromNs: lastWantedNs,
        toNs: lastLineEndNs,
        label: words[ending(options)],
    }
    const toNextFrame: ScopeSpan = {
        fromNs: lastWantedNs,
        toNs: nextFrameNs,
        label: `${ms(nextFrameNs - lastWantedNs)} until the next frame's first pixel`,
    }
    return toLastLine.label === "" ? [toNextFrame] : [toLastLine, toNextFrame]
}

function endOfCapture(options: ScopeOptions): ScopePanel {
    const { times, frame } = options
    const { lastWantedNs, lastLineEndNs, firstPixelNs } = times
    const besideNs = ENLARGED_ROWS * rowNs(frame)
    const words: Readonly<Record<Ending, string>> = {
        together: "capture and rows end together",
        before:
            lastLineEndNs - lastWantedNs < rowNs(frame)
                ? "the capture ends, the rest of the row is still coming"
                : "the capture ends, rows are still coming",
        later: "the DCMI goes on, what it takes is dropped",
    }
    const mark: ScopeMark = {
        timeNs: lastWantedNs,
        label: `the last wanted pixel: ${words[ending(options)]}`,
    }
    return {
        title: "the end of the capture, enlarged",
        startNs: lastWantedNs - besideNs,
        endNs: lastWantedNs + besideNs,
        originNs: firstPixelNs,
        channels: channels(options),
        marks: [mark],
    }
}

function channels({ trace, frame, wantedRows }: ScopeOptions): ScopeChannel[] {
    const channel = (
        index: 0 | 1 | 2,
        label: string,
        detail: string,
        changes: readonly Change[]
    ): ScopeChannel => ({
        label: `${index + 1}  ${label}`,
        detail,
        colour: COLOURS[index],
        changes,
    })
    return [
        channel(0, "capture active", "of the DCMI", trace.changesOf("capture")),
        channel(
            1,
            "exposure",
            frame.sent.exposureStartNs === undefined
                ? "not modelled"
                : "of the first row",
            trace.changesOf("exposure")
        ),
        channel(
            2,
            "line valid",
            frame.sent.format === "jpeg"
                ? `${frame.lines.length} bursts`
                : `${frame.lines.length} rows, ${wantedRows} wanted`,
            trace.changesOf("lineValid")
        ),
    ]
}

/** One row with its blanking; of a single row its data and as much again. */
function rowNs({ lines }: BusFrame): number {
    const [first, second] = lines
    return second
        ? second.startNs - first!.startNs
        : 2 * first!.bytes * first!.periodNs
}

/** How the DCMI's capture ends: with the sensor's rows, before them, or after the last wanted pixel (line, jpeg). */
type Ending = "together" | "before" | "later"

function ending({ trace, times }: ScopeOptions): Ending {
    const { lastWantedNs, lastLineEndNs } = times
    if (lastLineEndNs - lastWantedNs < TOGETHER_NS) return "together"
    const stops = trace
        .changesOf("capture")
        .some(
            ([timeNs, level]) =>
                level === 0 && Math.abs(timeNs - lastWantedNs) < TOGETHER_NS
        )
    return stops ? "before" : "later"
}

function ms(ns: number): string {
    return ns < 0.1e6
        ? `${(ns / 1e3).toFixed(1)} µs`
        : `${(ns / 1e6).toFixed(2)} ms`
}
