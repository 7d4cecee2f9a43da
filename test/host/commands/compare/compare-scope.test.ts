// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import {
    captureScope,
    scopeTitle,
} from "../../../../host/commands/compare/compare-scope.ts"
import type { CaptureTimes } from "../../../../host/commands/compare/capture-timing.ts"
import { Clock } from "../../../../sim/clock.ts"
import {
    CaptureTrace,
    type TracedParts,
} from "../../../../sim/trace/capture-trace.ts"
import { sampleFrame } from "../../../support/host/sample-run.ts"

const MS = 1e6
const ROW_NS = 30_000

/** A frame of 100 rows from 100 ms on, of which the DCMI captures until `captureEndsNs`. */
function recorded(captureEndsNs: number): CaptureTrace {
    const trace = new CaptureTrace()
    const parts: { -readonly [Part in keyof TracedParts]: TracedParts[Part] } =
        {
            sensor: { onFrame: undefined },
            dcmi: { onCapture: undefined },
            dma2: { onStream: undefined, readUint32: () => 0 },
            nvic: { onLine: undefined },
        }
    const ignored = { vsync() {}, hsync() {}, line() {} }
    const bus = trace.tap(ignored, new Clock())
    trace.watch(parts)
    const startNs = 100 * MS
    const report = (kind: "start" | "frame", timeNs: number) =>
        parts.dcmi.onCapture!({ kind, timeNs, lastByteNs: timeNs })
    report("start", startNs)
    for (let row = 0; row < 100; row++)
        bus.line({
            bytes: new Uint8Array(400),
            startNs: startNs + row * ROW_NS,
            periodNs: 50,
            stableEdge: "rising",
        })
    report("frame", captureEndsNs)
    parts.sensor.onFrame!({ ...sampleFrame(5).sent, startNs })
    return trace
}

/** 100 rows end 99 rows and 20 us after the first pixel. */
const TIMES: CaptureTimes = {
    firstPixelNs: 100 * MS,
    firstWantedNs: 100.5 * MS,
    lastWantedNs: 102 * MS,
    lastLineEndNs: 102.99 * MS,
    nextFrameNs: 104.5 * MS,
}

function scope(captureEndsNs: number, times: CaptureTimes = TIMES): string {
    const trace = recorded(captureEndsNs)
    const [frame] = trace.frames
    return captureScope({
        title: "test",
        trace,
        frame: frame!,
        times,
        wantedRows: 50,
    })
}

describe("the scope image", () => {
    it("of a crop by the DCMI says how long before the rows the capture ends", () => {
        const svg = scope(TIMES.lastWantedNs)

        expect(svg).toContain(
            ">1.50 ms from the first wanted pixel to the last"
        )
        expect(svg).toContain(">the capture ends 0.99 ms before the rows end")
        expect(svg).toContain(">2.50 ms until the next frame's first pixel")
        expect(svg).toContain("the capture ends, rows are still coming")
        expect(svg).toContain("100 rows, 50 wanted")
    })

    it("of a crop that ends in the last row says that only the rest of it comes", () => {
        const times = { ...TIMES, lastWantedNs: TIMES.lastLineEndNs - 7400 }

        const svg = scope(times.lastWantedNs, times)

        expect(svg).toContain(">the capture ends 7.4 µs before the rows end")
        expect(svg).toContain("the rest of the row is still coming")
        expect(svg).not.toContain("rows are still coming")
    })

    it("of a sensor's window says that capture and rows end together", () => {
        const times = { ...TIMES, lastWantedNs: TIMES.lastLineEndNs }

        const svg = scope(times.lastWantedNs, times)

        expect(svg).toContain("capture and rows end together")
        expect(svg).not.toMatch(/before the rows end|goes on/)
    })

    it("of line mode says that the DCMI goes on after the last wanted pixel", () => {
        const svg = scope(TIMES.lastLineEndNs)

        expect(svg).toContain(">the DCMI goes on for 0.99 ms")
        expect(svg).not.toMatch(/capture ends|end together/)
    })

    it("says when the sensor's model does not tell its exposure", () => {
        const trace = recorded(TIMES.lastWantedNs)
        const [frame] = trace.frames
        const told = {
            ...frame!,
            sent: { ...frame!.sent, exposureStartNs: 0, exposureEndNs: 1 },
        }
        const rest = { title: "test", trace, times: TIMES, wantedRows: 50 }

        const silent = captureScope({ ...rest, frame: frame! })
        const telling = captureScope({ ...rest, frame: told })

        expect(silent).toContain(">not modelled<")
        expect(telling).toContain(">of the first row<")
        expect(telling).not.toContain(">not modelled<")
    })

    it("has no infinite time where there is one row", () => {
        const trace = recorded(TIMES.lastWantedNs)
        const [frame] = trace.frames
        const single = { ...frame!, lines: frame!.lines.slice(0, 1) }

        const svg = captureScope({
            title: "test",
            trace,
            frame: single,
            times: TIMES,
            wantedRows: 1,
        })

        expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    })
})

describe("the heading of a scope image", () => {
    it("names sensor, window, frame rate and who drops the pixels", () => {
        const run = {
            sensor: "mt9v034",
            strategy: "rows+crop" as const,
            window: { x: 0, y: 0, width: 360, height: 240 },
        }

        expect(scopeTitle(run, 67.7512)).toBe(
            "MT9V034, 360x240 at 67.75 fps by rows+crop: the sensor drops the rows, the DCMI the columns"
        )
    })
})
