// SPDX-License-Identifier: MIT
// A probe on the parallel bus: the receiver gets everything as it comes, the observer is told first.

import type { Level, LineData, ParallelSink } from "../wires/parallel-bus.ts"

/** Between a sensor and its receiver. */
export class SinkTap implements ParallelSink {
    constructor(
        private readonly observer: ParallelSink,
        private readonly receiver: ParallelSink
    ) {}

    vsync(level: Level): void {
        this.observer.vsync(level)
        this.receiver.vsync(level)
    }

    hsync(level: Level): void {
        this.observer.hsync(level)
        this.receiver.hsync(level)
    }

    line(data: LineData): void {
        this.observer.line(data)
        this.receiver.line(data)
    }
}
