// SPDX-License-Identifier: MIT
// The DCMI samples HSYNC and VSYNC with PIXCLK (data sheets, DCMI timing): without clocks it sees none of their edges.

import type { Level, LineData, ParallelSink } from "../../wires/parallel-bus.ts"

/** In front of the DCMI. */
export class ClockGate implements ParallelSink {
    private stops = 0
    private vsyncLevel: Level | undefined
    private hsyncLevel: Level | undefined

    constructor(private readonly receiver: ParallelSink) {}

    /** PIXCLK does not reach the DCMI. */
    get stopped(): boolean {
        return this.stops > 0
    }

    /** PIXCLK stops, now. */
    stop(): void {
        this.stops++
    }

    /** It runs again: the levels of now are seen with its next edge. */
    start(): void {
        if (--this.stops > 0) return
        const { vsyncLevel, hsyncLevel } = this
        if (vsyncLevel !== undefined) this.receiver.vsync(vsyncLevel)
        if (hsyncLevel !== undefined) this.receiver.hsync(hsyncLevel)
    }

    vsync(level: Level): void {
        this.vsyncLevel = level
        if (!this.stopped) this.receiver.vsync(level)
    }

    hsync(level: Level): void {
        this.hsyncLevel = level
        if (!this.stopped) this.receiver.hsync(level)
    }

    /** Bytes from before the stop come when their row ends. */
    line(data: LineData): void {
        this.receiver.line(data)
    }
}
