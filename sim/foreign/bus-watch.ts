// SPDX-License-Identifier: MIT
// What a sensor drives, seen at the DCMI's pins: the levels at which pixels come, the pixel clock, lines and bytes.

import type {
    ClockEdge,
    Level,
    LineData,
    ParallelSink,
} from "../wires/parallel-bus.ts"

/** What the wires carried when the last pixels came. */
export interface BusObservation {
    /** Levels of the pins while pixels come. */
    readonly hsync: Level
    readonly vsync: Level
    /** Edge of PIXCLK at which the data is stable. */
    readonly stableEdge: ClockEdge
    readonly pixclkHz: number
    /** When the line's first byte came, ns. */
    readonly lineStartNs: number
    readonly bytesPerLine: number
}

/** Hands everything on. */
export class BusWatch implements ParallelSink {
    /** Undefined: no pixels came yet. */
    seen: BusObservation | undefined
    private hsyncLevel: Level = 0
    private vsyncLevel: Level = 0

    constructor(private readonly receiver: ParallelSink) {}

    vsync(level: Level): void {
        this.vsyncLevel = level
        this.receiver.vsync(level)
    }

    hsync(level: Level): void {
        this.hsyncLevel = level
        this.receiver.hsync(level)
    }

    line(data: LineData): void {
        this.seen = {
            hsync: this.hsyncLevel,
            vsync: this.vsyncLevel,
            stableEdge: data.stableEdge,
            pixclkHz: 1e9 / data.periodNs,
            lineStartNs: data.startNs,
            bytesPerLine: data.bytes.length,
        }
        this.receiver.line(data)
    }
}
