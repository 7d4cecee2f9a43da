// SPDX-License-Identifier: MIT
// A bad cable between sensor and DCMI, for tests that choose the frame by its number: the stages of sim/faults/bus.

import type { Clock } from "../clock.ts"
import type { BusStage } from "../faults/bus/bus-stage.ts"
import { ClocksMiscounted } from "../faults/bus/data-stages.ts"
import { FaultyBus, type FrameTrigger } from "../faults/bus/faulty-bus.ts"
import {
    FrameCut,
    RowDoubled,
    RowLost,
    VsyncLost,
    type Acted,
} from "../faults/bus/row-stages.ts"
import type { Level, LineData, ParallelSink } from "./parallel-bus.ts"

/** What goes wrong in one frame. Frames count as SensorFrame.sequence does, rows from 0. */
export type ParallelFault =
    /** The row does not come: line valid stays invalid. */
    | {
          readonly kind: "drop-row"
          readonly frame: number
          readonly row: number
      }
    /** The row comes twice, and what follows a row time later. At most 3 in a frame: its blanking holds no more. */
    | {
          readonly kind: "add-row"
          readonly frame: number
          readonly row: number
      }
    /** The frame ends after `rows` rows. */
    | {
          readonly kind: "cut-frame"
          readonly frame: number
          readonly rows: number
      }
    /** So many clocks of the row are missed, or counted twice, from byte `column` on (left out: 0). */
    | {
          readonly kind: "lose-clocks" | "add-clocks"
          readonly frame: number
          readonly row: number
          readonly clocks: number
          readonly column?: number
      }
    /** Frame valid stays valid from the end of this frame into the next: the two look like one. */
    | { readonly kind: "missing-vsync"; readonly frame: number }

export interface ParallelFaultsOptions {
    readonly clock: Clock
    /** The receiver. */
    readonly sink: ParallelSink
    readonly faults: readonly ParallelFault[]
    /** Pin levels of a valid frame and line; default 1, as after a reset of either sensor. */
    readonly frameValid?: Level
    readonly lineValid?: Level
}

/** The fewest rows of vertical blanking of either sensor are 4. */
const ADDED_ROWS_MAX = 3

/** Passes on everything as it comes, but for the faults. */
export class ParallelFaults implements ParallelSink {
    /** Faults that have happened so far. */
    injected = 0

    private readonly bus: FaultyBus

    /** @throws RangeError for a fault that no frame can have */
    constructor(options: ParallelFaultsOptions) {
        const { clock, sink, faults, frameValid = 1, lineValid = 1 } = options
        const polarity = { frameValid, lineValid }
        this.bus = new FaultyBus({ clock, receiver: sink, polarity })
        watchFrames(this.bus, faults, { happened: () => void this.injected++ })
    }

    vsync(level: Level): void {
        this.bus.vsync(level)
    }

    hsync(level: Level): void {
        this.bus.hsync(level)
    }

    line(data: LineData): void {
        this.bus.line(data)
    }
}

/**
 * Let each fault hit its frame.
 * @throws RangeError for a fault that no frame can have
 */
export function watchFrames(
    bus: FaultyBus,
    faults: readonly ParallelFault[],
    acted: Acted = { happened: () => {} }
): void {
    const added = new Map<number, number>()
    for (const fault of faults) {
        checkNumbers(fault)
        const { kind, frame } = fault
        if (kind === "add-row") added.set(frame, (added.get(frame) ?? 0) + 1)
    }
    for (const [frame, rows] of added)
        if (rows > ADDED_ROWS_MAX)
            throw new RangeError(
                `fault add-row: ${rows} rows in frame ${frame}, its blanking holds ${ADDED_ROWS_MAX}`
            )
    for (const fault of faults) bus.watch(new NumberedFrame(fault, acted))
}

class NumberedFrame implements FrameTrigger {
    spent = false

    constructor(
        private readonly fault: ParallelFault,
        private readonly acted: Acted
    ) {}

    starts(frame: number): BusStage | undefined {
        if (frame !== this.fault.frame) return undefined
        this.spent = true
        return stageOf(this.fault, this.acted)
    }
}

function stageOf(fault: ParallelFault, acted: Acted): BusStage {
    switch (fault.kind) {
        case "drop-row":
            return new RowLost(acted, fault.row)
        case "add-row":
            return new RowDoubled(acted, fault.row)
        case "cut-frame":
            return new FrameCut(acted, fault.rows)
        case "missing-vsync":
            return new VsyncLost(acted)
        default: {
            const { row, column = 0, clocks, kind } = fault
            const how = kind === "lose-clocks" ? "lost" : "added"
            return new ClocksMiscounted(acted, row, column, clocks, how)
        }
    }
}

function checkNumbers(fault: ParallelFault): void {
    for (const [name, value] of Object.entries(fault))
        if (name !== "kind" && !(Number.isInteger(value) && Number(value) >= 0))
            throw new RangeError(
                `fault ${fault.kind}: ${name} is ${value}, not a whole number from 0 on`
            )
}
