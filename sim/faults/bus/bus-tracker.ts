// SPDX-License-Identifier: MIT
// Follows a parallel bus: levels, polarities, and which frame, row and burst is on it.

import type { Level, LineData, ParallelSink } from "../../wires/parallel-bus.ts"

/** Levels of the pins while a frame and a line are valid: learnt from when pixels come. */
export interface Polarity {
    readonly frameValid: Level
    readonly lineValid: Level
}

/** Both sensors' after a reset. */
export const ACTIVE_HIGH: Polarity = { frameValid: 1, lineValid: 1 }

export abstract class BusTracker implements ParallelSink {
    /** Levels as they came; undefined: nothing came yet. */
    protected vsyncIn: Level | undefined
    protected hsyncIn: Level | undefined
    protected frameValid: Level
    protected lineValid: Level
    /** Rows of the frame that have begun, less one; -1: none. */
    protected row = -1
    /** Bursts of the row so far. */
    protected burst = 0

    constructor({ frameValid, lineValid }: Polarity = ACTIVE_HIGH) {
        this.frameValid = frameValid
        this.lineValid = lineValid
    }

    vsync(level: Level): void {
        this.vsyncIn = level
        if (level === this.frameValid) {
            this.row = -1
            this.frameBegins(level)
        } else this.frameEnds(level)
    }

    hsync(level: Level): void {
        this.hsyncIn = level
        if (level === this.lineValid) {
            this.row++
            this.burst = 0
            this.rowBegins(level)
        } else this.rowEnds(level)
    }

    line(data: LineData): void {
        this.frameValid = this.vsyncIn ?? this.frameValid
        this.lineValid = this.hsyncIn ?? this.lineValid
        this.burstComes(data)
        this.burst++
    }

    /** Frame valid becomes `level`. */
    protected abstract frameBegins(level: Level): void
    protected abstract frameEnds(level: Level): void
    protected abstract rowBegins(level: Level): void
    protected abstract rowEnds(level: Level): void
    /** Bytes of the present row; all of them, but for JPEG. */
    protected abstract burstComes(data: LineData): void
}

export function opposite(level: Level): Level {
    return level === 0 ? 1 : 0
}
