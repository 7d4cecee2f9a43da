// SPDX-License-Identifier: MIT

import { beforeEach, describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import type { ParallelSink } from "../../../sim/wires/parallel-bus.ts"
import type { SensorFrame } from "../../../sim/sensors/sensor-model.ts"
import type { CaptureEvent } from "../../../sim/stm32/dcmi/dcmi-capture.ts"
import {
    CaptureTrace,
    type TracedParts,
} from "../../../sim/trace/capture-trace.ts"

/** DCMI, position 78 of the vector table (RM0090 table 62). */
const IRQ_DCMI = 78

const FRAME: SensorFrame = {
    sequence: 7,
    startNs: 1000,
    endNs: 3000,
    exposureStartNs: 200,
    exposureEndNs: 1000,
    window: { x: 0, y: 0, width: 4, height: 2 },
    columns: 4,
    rows: 2,
    exposureUs: 0.8,
    gain: 1,
    unusable: false,
}

let clock: Clock
let trace: CaptureTrace
let received: string[]
let bus: ParallelSink
/** Registers of DMA2 by their offsets. */
let dma2: Record<number, number>
let parts: { -readonly [Part in keyof TracedParts]: TracedParts[Part] }

beforeEach(() => {
    clock = new Clock()
    trace = new CaptureTrace()
    received = []
    dma2 = {}
    bus = trace.tap(
        {
            vsync: level => received.push(`vsync ${level}`),
            hsync: level => received.push(`hsync ${level}`),
            line: ({ bytes }) => received.push(`line ${bytes.length}`),
        },
        clock
    )
    parts = {
        sensor: { onFrame: undefined },
        dcmi: { onCapture: undefined },
        dma2: { onStream: undefined, readUint32: offset => dma2[offset] ?? 0 },
        nvic: { onLine: undefined },
    }
})

/** Let time pass. */
function until(timeNs: number): void {
    clock.step(timeNs)
}

function line(startNs: number, bytes = 4): void {
    const data = new Uint8Array(bytes)
    bus.line({ bytes: data, startNs, periodNs: 37.5, stableEdge: "rising" })
}

function captured(
    kind: CaptureEvent["kind"],
    timeNs: number,
    lastByteNs = timeNs
): void {
    parts.dcmi.onCapture?.({ kind, timeNs, lastByteNs })
}

describe("a trace between sensor and receiver", () => {
    it("passes on everything in its order", () => {
        bus.vsync(1)
        bus.hsync(1)
        line(1100)
        bus.hsync(0)
        bus.vsync(0)

        expect(received).toEqual([
            "vsync 1",
            "hsync 1",
            "line 4",
            "hsync 0",
            "vsync 0",
        ])
    })

    it("notes the pins at the time of their edges", () => {
        until(1000)
        bus.vsync(1)
        until(3000)
        bus.vsync(0)

        expect(trace.changesOf("vsync")).toEqual([
            [1000, 1],
            [3000, 0],
        ])
    })

    it("notes line valid from the first clock to the end of the last, whatever the pin's polarity", () => {
        until(1100)
        bus.hsync(0)
        until(1250)
        line(1100)

        expect(trace.changesOf("lineValid")).toEqual([
            [1100, 1],
            [1250, 0],
        ])
    })
})

describe("a trace of the capture", () => {
    beforeEach(() => {
        trace.watch(parts)
    })

    it("is active from the start of the frame to the last byte that is taken", () => {
        captured("start", 1000)
        captured("frame", 2000, 1900)
        captured("end", 3000, 1900)

        expect(trace.changesOf("capture")).toEqual([
            [1000, 1],
            [1900, 0],
        ])
    })

    it("ends with an overrun", () => {
        captured("start", 1000)
        captured("overrun", 1500, 1400)

        expect(trace.changesOf("capture").at(-1)).toEqual([1500, 0])
    })

    it("has the exposure and the lines of each frame that the sensor sent", () => {
        line(1100)
        line(1400)
        parts.sensor.onFrame!(FRAME)

        expect(trace.changesOf("exposure")).toEqual([
            [200, 1],
            [1000, 0],
        ])
        expect(trace.changesOf("frameValid")).toEqual([
            [1000, 1],
            [3000, 0],
        ])
        expect(trace.frames).toEqual([
            {
                sent: FRAME,
                lines: [
                    { startNs: 1100, periodNs: 37.5, bytes: 4 },
                    { startNs: 1400, periodNs: 37.5, bytes: 4 },
                ],
            },
        ])
    })

    it("gives the lines of a frame that was broken off to no other", () => {
        line(500)
        line(1100)
        parts.sensor.onFrame!(FRAME)

        expect(trace.frames[0]!.lines.map(({ startNs }) => startNs)).toEqual([
            1100,
        ])
    })

    it("has no exposure of a sensor that does not tell it", () => {
        parts.sensor.onFrame!({ ...FRAME, exposureStartNs: undefined })

        expect(trace.changesOf("exposure")).toEqual([])
    })

    it("has the interrupt lines by their names", () => {
        until(100)
        parts.nvic.onLine!(IRQ_DCMI, true)
        until(150)
        parts.nvic.onLine!(IRQ_DCMI, false)

        expect(trace.signals).toEqual([
            {
                name: "IRQ DCMI",
                changes: [
                    [100, 1],
                    [150, 0],
                ],
            },
        ])
    })
})

describe("a trace of the DMA", () => {
    it("has the time in which a stream is enabled, whatever moves meanwhile", () => {
        /** DMA_SxCR (RM0090 10.5.5) of stream 1. */
        const S1CR = 0x10 + 0x18
        trace.watch(parts)

        until(100)
        dma2[S1CR] = 0x1001
        parts.dma2.onStream!(1)
        until(120)
        parts.dma2.onStream!(1)
        until(150)
        dma2[S1CR] = 0x1000
        parts.dma2.onStream!(1)

        expect(trace.signals).toEqual([
            {
                name: "DMA2_S1 EN",
                changes: [
                    [100, 1],
                    [150, 0],
                ],
            },
        ])
    })
})

describe("who watched the sensor before", () => {
    it("is told of each frame as before", () => {
        const told: number[] = []
        parts.sensor.onFrame = ({ sequence }) => told.push(sequence)

        trace.watch(parts)
        parts.sensor.onFrame(FRAME)

        expect(told).toEqual([7])
    })
})
