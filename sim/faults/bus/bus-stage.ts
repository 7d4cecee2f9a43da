// SPDX-License-Identifier: MIT
// A place of the cable where a fault sits. It passes on everything as it comes; a fault is what it does otherwise.

import type { Clock } from "../../clock.ts"
import type { Level, LineData, ParallelSink } from "../../wires/parallel-bus.ts"
import { BusTracker, type Polarity } from "./bus-tracker.ts"

/** What the bus carried in its last whole frame; zeros: there was none. */
export interface FrameShape {
    readonly rows: number
    readonly rowBytes: number
    /** All of it, bytes. */
    readonly bytes: number
}

/** What a stage finds when it is put into the cable. */
export interface StagePlace {
    readonly clock: Clock
    readonly polarity: Polarity
    readonly vsync: Level | undefined
    readonly hsync: Level | undefined
}

export class BusStage extends BusTracker {
    /** Who is told; the bus sets it when stages come or go. */
    next!: ParallelSink
    /** Nothing is left to be done: it is taken out before the next frame. */
    done = false
    /**
     * Stages are in descending order of this from the sensor to the receiver: the row that they act on, so that each counts
     * the rows of the sensor; -1 for those that count none.
     */
    readonly atRow: number
    protected clock!: Clock

    constructor(atRow = -1) {
        super()
        this.atRow = atRow
    }

    /** It is in the cable from now on. */
    placed({ clock, polarity, vsync, hsync }: StagePlace): void {
        this.clock = clock
        this.frameValid = polarity.frameValid
        this.lineValid = polarity.lineValid
        this.vsyncIn = vsync
        this.hsyncIn = hsync
    }

    protected frameBegins(level: Level): void {
        this.next.vsync(level)
    }

    protected frameEnds(level: Level): void {
        this.next.vsync(level)
    }

    protected rowBegins(level: Level): void {
        this.next.hsync(level)
    }

    protected rowEnds(level: Level): void {
        this.next.hsync(level)
    }

    protected burstComes(data: LineData): void {
        this.next.line(data)
    }
}
