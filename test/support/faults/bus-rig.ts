// SPDX-License-Identifier: MIT
// A sensor of 4 rows of 4 bytes on the faulty cable, and a receiver that writes down what it is told.

import { Clock } from "../../../sim/clock.ts"
import { busFaults } from "../../../sim/faults/bus/bus-faults.ts"
import { ClockGate } from "../../../sim/faults/bus/clock-gate.ts"
import { FaultyBus } from "../../../sim/faults/bus/faulty-bus.ts"
import type { Effect } from "../../../sim/faults/effect.ts"
import type {
    Level,
    LineData,
    ParallelSink,
} from "../../../sim/wires/parallel-bus.ts"
import { runTo, scheduled } from "./fault-rig.ts"

export const ROWS = 4
const COLUMNS = 4
export const ROW_NS = 1000
const ACTIVE_NS = 400
const PERIOD_NS = 100
/** Rows of a frame and its blanking. */
export const FRAME_NS = 10 * ROW_NS
/** From the start of a frame to its first row. */
export const FIRST_ROW_NS = 100

/** What a receiver was told, in order. */
export interface Told {
    readonly ns: number
    readonly what: string
}

class Receiver implements ParallelSink {
    readonly told: Told[] = []

    constructor(private readonly clock: Clock) {}

    vsync(level: Level): void {
        this.note(`V${level}`)
    }

    hsync(level: Level): void {
        this.note(`H${level}`)
    }

    line({ bytes, stableEdge }: LineData): void {
        this.note(`${[...bytes].join(" ")} ${stableEdge}`)
    }

    private note(what: string): void {
        this.told.push({ ns: this.clock.nowNs, what })
    }
}

export interface BusRun {
    /** Of each frame of the sensor, by number: what was told from its start to the next one's. */
    readonly frames: readonly (readonly string[])[]
    readonly told: readonly Told[]
    readonly effects: readonly Effect[]
    /** Levels at the chip's pins, asked for at each quarter of a row. */
    readonly pins: readonly {
        readonly ns: number
        vsync: Level
        hsync: Level
    }[]
}

/** Byte `column` of a row: 64 x frame + 16 x row + column, cut to 8 bits. */
export function byteOf(frame: number, row: number, column: number): number {
    return (64 * frame + 16 * row + column) & 0xff
}

/** Send frames through the cable with these faults. */
export function throughCable(
    frames: number,
    faults: readonly object[],
    content: (frame: number, row: number) => readonly number[] = plain,
    seed = 1
): BusRun {
    const clock = new Clock()
    const receiver = new Receiver(clock)
    const gate = new ClockGate(receiver)
    const bus = new FaultyBus({ clock, receiver: gate })
    const effects = scheduled(clock, busFaults(bus, gate), faults, seed)
    const pins: { ns: number; vsync: Level; hsync: Level }[] = []
    for (let ns = 50; ns < frames * FRAME_NS; ns += ROW_NS / 4)
        clock.at(ns, () => pins.push({ ns, ...bus.levels }))
    for (let frame = 0; frame < frames; frame++)
        sendFrame(clock, bus, frame, content)
    runTo(clock, frames * FRAME_NS)
    const { told } = receiver
    return {
        frames: Array.from({ length: frames }, (_, frame) =>
            told
                .filter(({ ns }) => Math.floor(ns / FRAME_NS) === frame)
                .map(({ what }) => what)
        ),
        told,
        effects,
        pins,
    }
}

/** What a frame without faults is told as. */
export function wholeFrame(
    frame: number,
    content: (frame: number, row: number) => readonly number[] = plain
): string[] {
    const rows = Array.from({ length: ROWS }, (_, row) => [
        "H1",
        `${content(frame, row).join(" ")} rising`,
        "H0",
    ])
    return ["V1", ...rows.flat(), "V0"]
}

function plain(frame: number, row: number): readonly number[] {
    return Array.from({ length: COLUMNS }, (_, column) =>
        byteOf(frame, row, column)
    )
}

function sendFrame(
    clock: Clock,
    sink: ParallelSink,
    frame: number,
    content: (frame: number, row: number) => readonly number[]
): void {
    const startNs = frame * FRAME_NS
    clock.at(startNs, () => sink.vsync(1))
    for (let row = 0; row < ROWS; row++) {
        const rowNs = startNs + FIRST_ROW_NS + row * ROW_NS
        clock.at(rowNs, () => sink.hsync(1))
        clock.at(rowNs + ACTIVE_NS, () => {
            sink.line({
                bytes: Uint8Array.from(content(frame, row)),
                startNs: rowNs,
                periodNs: PERIOD_NS,
                stableEdge: "rising",
            })
            sink.hsync(0)
        })
    }
    clock.at(startNs + ROWS * ROW_NS, () => sink.vsync(0))
}
