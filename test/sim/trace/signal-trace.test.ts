// SPDX-License-Identifier: MIT

import { beforeEach, describe, expect, it } from "vitest"
import { highIntervals } from "../../../sim/trace/intervals.ts"
import { SignalRecorder } from "../../../sim/trace/signal-trace.ts"

describe("recorded signals", () => {
    let trace: SignalRecorder

    beforeEach(() => {
        trace = new SignalRecorder()
    })

    it("keep each change with its exact time", () => {
        trace.set("VSYNC", 1000, 1)
        trace.set("VSYNC", 2500.25, 0)

        expect(trace.changesOf("VSYNC")).toEqual([
            [1000, 1],
            [2500.25, 0],
        ])
    })

    it("keep no change where the level stays", () => {
        trace.set("VSYNC", 500, 0)
        trace.set("VSYNC", 1000, 1)
        trace.set("VSYNC", 1500, 1)

        expect(trace.changesOf("VSYNC")).toEqual([[1000, 1]])
    })

    it("are listed in the order in which they first changed", () => {
        trace.set("B", 1, 0)
        trace.set("C", 2, 1)
        trace.set("B", 3, 1)

        expect(trace.signals.map(signal => signal.name)).toEqual(["C", "B"])
    })

    it("never go back in time", () => {
        trace.set("HSYNC", 100.0000001, 1)
        trace.set("HSYNC", 100, 0)

        expect(trace.changesOf("HSYNC")).toEqual([
            [100.0000001, 1],
            [100.0000001, 0],
        ])
    })

    it("have no changes when they never changed", () => {
        expect(trace.changesOf("nothing")).toEqual([])
    })
})

describe("the stretches in which a signal is high", () => {
    const changes = [
        [10, 1],
        [20, 0],
        [30, 1],
        [40, 0],
    ] as const

    it("are its pulses", () => {
        expect(highIntervals(changes, 0, 100)).toEqual([
            { from: 10, to: 20 },
            { from: 30, to: 40 },
        ])
    })

    it("are cut where the view begins and ends", () => {
        expect(highIntervals(changes, 15, 35)).toEqual([
            { from: 15, to: 20 },
            { from: 30, to: 35 },
        ])
    })

    it("leave out what only touches the view", () => {
        expect(highIntervals(changes, 20, 30)).toEqual([])
    })

    it("last to the end when the signal does not fall", () => {
        expect(highIntervals([[10, 1]], 0, 50)).toEqual([{ from: 10, to: 50 }])
    })

    it("count every level but 0 as high", () => {
        const words = [
            [10, 7],
            [12, 3],
            [20, 0],
        ] as const

        expect(highIntervals(words, 0, 50)).toEqual([{ from: 10, to: 20 }])
    })
})
