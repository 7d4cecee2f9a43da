// SPDX-License-Identifier: MIT
// Faults on the parallel bus, one kind after the other, seen by a recorder behind them.

import { describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import type {
    Level,
    LineData,
    ParallelSink,
} from "../../../sim/wires/parallel-bus.ts"
import {
    ParallelFaults,
    type ParallelFault,
} from "../../../sim/wires/parallel-faults.ts"

const ROW_NS = 1000
const ACTIVE_NS = 400
const PERIOD_NS = 100
const ROWS = 4
/** Rows of a frame and its blanking. */
const FRAME_NS = 10 * ROW_NS

/** Writes down what it is told, with the time. */
class Recorder implements ParallelSink {
    readonly told: string[] = []

    constructor(private readonly clock: Clock) {}

    vsync(level: Level): void {
        this.note(`FV${level}`)
    }

    hsync(level: Level): void {
        this.note(`LV${level}`)
    }

    line({ bytes, startNs, periodNs }: LineData): void {
        this.note(`${[...bytes].join(" ")} from ${startNs} every ${periodNs}`)
    }

    private note(what: string): void {
        this.told.push(`${this.clock.nowNs}: ${what}`)
    }
}

/** Frames of 4 rows of 4 bytes: 10 x frame + row in each byte's tens, the column in its ones. */
function send(clock: Clock, sink: ParallelSink, frames: number): void {
    // The sensor's own buffer, which it uses again.
    const bytes = new Uint8Array(4)
    const at = (timeNs: number, run: () => void) => clock.at(timeNs, run)
    for (let frame = 0; frame < frames; frame++) {
        const startNs = frame * FRAME_NS
        at(startNs, () => sink.vsync(1))
        for (let row = 0; row < ROWS; row++) {
            const rowNs = startNs + 100 + row * ROW_NS
            at(rowNs, () => sink.hsync(1))
            at(rowNs + ACTIVE_NS, () => {
                bytes.set([0, 1, 2, 3].map(c => 100 * frame + 10 * row + c))
                sink.line({
                    bytes,
                    startNs: rowNs,
                    periodNs: PERIOD_NS,
                    stableEdge: "rising",
                })
                sink.hsync(0)
            })
        }
        at(startNs + ROWS * ROW_NS, () => sink.vsync(0))
    }
    while (clock.step(1e6));
}

/** What a receiver is told of the frames, and how many faults happened. */
function through(
    frames: number,
    ...faults: ParallelFault[]
): { told: string[]; injected: number } {
    const clock = new Clock()
    const sink = new Recorder(clock)
    const bus = new ParallelFaults({ clock, sink, faults })
    send(clock, bus, frames)
    return { told: sink.told, injected: bus.injected }
}

function straight(frames: number): string[] {
    const clock = new Clock()
    const sink = new Recorder(clock)
    send(clock, sink, frames)
    return sink.told
}

/** The three notes of a row. */
function rowNotes(atNs: number, text: string, periodNs = PERIOD_NS): string[] {
    return [
        `${atNs}: LV1`,
        `${atNs + ACTIVE_NS}: ${text} from ${atNs} every ${periodNs}`,
        `${atNs + ACTIVE_NS}: LV0`,
    ]
}

describe("ParallelFaults", () => {
    it("passes everything on, at its time, in frames without faults", () => {
        const { told, injected } = through(3, {
            kind: "drop-row",
            frame: 7,
            row: 0,
        })
        expect(told).toEqual(straight(3))
        expect(injected).toBe(0)
    })

    it("drops a row, and nothing else", () => {
        const { told, injected } = through(2, {
            kind: "drop-row",
            frame: 1,
            row: 2,
        })
        const row = rowNotes(12_100, "120 121 122 123")
        expect(straight(2)).toEqual(expect.arrayContaining(row))
        expect(told).toEqual(straight(2).filter(note => !row.includes(note)))
        expect(injected).toBe(1)
    })

    it("adds a row: what follows in the frame comes a row later", () => {
        const { told, injected } = through(2, {
            kind: "add-row",
            frame: 0,
            row: 1,
        })
        expect(told.slice(0, 17)).toEqual([
            "0: FV1",
            ...rowNotes(100, "0 1 2 3"),
            ...rowNotes(1100, "10 11 12 13"),
            ...rowNotes(2100, "10 11 12 13"),
            ...rowNotes(3100, "20 21 22 23"),
            ...rowNotes(4100, "30 31 32 33"),
            "5000: FV0",
        ])
        expect(told.slice(17)).toEqual(straight(2).slice(14))
        expect(injected).toBe(1)
    })

    it("adds the last row before the frame ends", () => {
        const { told } = through(1, { kind: "add-row", frame: 0, row: 3 })
        expect(told.slice(-7)).toEqual([
            ...rowNotes(3100, "30 31 32 33"),
            ...rowNotes(4100, "30 31 32 33"),
            "5000: FV0",
        ])
    })

    it("adds two rows to one frame", () => {
        const { told } = through(
            1,
            { kind: "add-row", frame: 0, row: 0 },
            { kind: "add-row", frame: 0, row: 2 }
        )
        expect(told).toEqual([
            "0: FV1",
            ...rowNotes(100, "0 1 2 3"),
            ...rowNotes(1100, "0 1 2 3"),
            ...rowNotes(2100, "10 11 12 13"),
            ...rowNotes(3100, "20 21 22 23"),
            ...rowNotes(4100, "20 21 22 23"),
            ...rowNotes(5100, "30 31 32 33"),
            "6000: FV0",
        ])
    })

    it("cuts a frame short after so many rows", () => {
        const { told, injected } = through(2, {
            kind: "cut-frame",
            frame: 0,
            rows: 2,
        })
        expect(told).toEqual([
            "0: FV1",
            ...rowNotes(100, "0 1 2 3"),
            ...rowNotes(1100, "10 11 12 13"),
            "2100: FV0",
            ...straight(2).slice(14),
        ])
        expect(injected).toBe(1)
    })

    it("loses clocks of a row, which takes the same time", () => {
        const { told, injected } = through(1, {
            kind: "lose-clocks",
            frame: 0,
            row: 2,
            column: 1,
            clocks: 2,
        })
        expect(told.slice(7, 10)).toEqual(
            rowNotes(2100, "20 23", 2 * PERIOD_NS)
        )
        expect(told.filter((_, i) => i < 7 || i >= 10)).toEqual(
            straight(1).filter((_, i) => i < 7 || i >= 10)
        )
        expect(injected).toBe(1)
    })

    it("loses all clocks of a row, but not its line valid", () => {
        const { told } = through(1, {
            kind: "lose-clocks",
            frame: 0,
            row: 0,
            clocks: 9,
        })
        expect(told.slice(1, 4)).toEqual(["100: LV1", "500: LV0", "1100: LV1"])
    })

    it("counts clocks of a row twice", () => {
        const { told, injected } = through(1, {
            kind: "add-clocks",
            frame: 0,
            row: 3,
            column: 2,
            clocks: 4,
        })
        expect(told.slice(10, 13)).toEqual(
            rowNotes(3100, "30 31 32 32 32 32 32 33", PERIOD_NS / 2)
        )
        expect(injected).toBe(1)
    })

    it("joins two frames where the end of frame valid is missing", () => {
        const { told, injected } = through(3, {
            kind: "missing-vsync",
            frame: 0,
        })
        const missing = ["4000: FV0", "10000: FV1"]
        expect(straight(3)).toEqual(expect.arrayContaining(missing))
        expect(told).toEqual(
            straight(3).filter(note => !missing.includes(note))
        )
        expect(injected).toBe(1)
    })

    it("follows the levels that it is told", () => {
        const clock = new Clock()
        const sink = new Recorder(clock)
        const bus = new ParallelFaults({
            clock,
            sink,
            faults: [{ kind: "cut-frame", frame: 0, rows: 1 }],
            frameValid: 0,
            lineValid: 0,
        })
        bus.vsync(0)
        bus.hsync(0)
        bus.hsync(1)
        bus.hsync(0)
        bus.hsync(1)
        bus.vsync(1)
        expect(sink.told).toEqual(["0: FV0", "0: LV0", "0: LV1", "0: FV1"])
    })

    it.each([
        [{ kind: "drop-row", frame: -1, row: 0 }, /frame is -1/],
        [{ kind: "cut-frame", frame: 0, rows: 1.5 }, /rows is 1.5/],
    ] as const)("refuses %o", (fault, message) => {
        const clock = new Clock()
        const sink = new Recorder(clock)
        expect(
            () => new ParallelFaults({ clock, sink, faults: [fault] })
        ).toThrow(message)
    })

    it("refuses more added rows than the blanking holds", () => {
        const fault: ParallelFault = { kind: "add-row", frame: 2, row: 0 }
        expect(() => through(1, fault, fault, fault, fault)).toThrow(
            /4 rows in frame 2, its blanking holds 3/
        )
    })
})
