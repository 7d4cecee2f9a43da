// SPDX-License-Identifier: MIT
// Faults of VSYNC and HSYNC that last: stuck, inverted.

import type { Level, LineData } from "../../wires/parallel-bus.ts"
import { BusStage } from "./bus-stage.ts"
import { opposite } from "./bus-tracker.ts"

/** Lasts until it is ended; then the lines have the levels that the sensor drives. */
export abstract class LastingStage extends BusStage {
    end(): void {
        this.done = true
        const { vsyncIn, hsyncIn } = this
        if (hsyncIn !== undefined) this.next.hsync(hsyncIn)
        if (vsyncIn !== undefined) this.next.vsync(vsyncIn)
    }
}

export class VsyncStuck extends LastingStage {
    /** @param level undefined: as it is when it gets stuck */
    constructor(private level: Level | undefined) {
        super()
    }

    /** In the cable: it gets stuck now. */
    begin(): void {
        this.level ??= this.vsyncIn ?? 0
        this.next.vsync(this.level)
    }

    override vsync(level: Level): void {
        if (this.done) super.vsync(level)
        else this.vsyncIn = level
    }

    override line(data: LineData): void {
        // The receiver looks away while its VSYNC is not valid.
        if (this.done || this.level === this.frameValid) super.line(data)
    }
}

/** One of the two lines is inverted. */
export class Inverted extends LastingStage {
    constructor(private readonly signal: "vsync" | "hsync") {
        super()
    }

    begin(): void {
        const { vsyncIn, hsyncIn } = this
        if (vsyncIn !== undefined) this.vsync(vsyncIn)
        if (hsyncIn !== undefined) this.hsync(hsyncIn)
    }

    override vsync(level: Level): void {
        this.vsyncIn = level
        this.next.vsync(this.inverts("vsync") ? opposite(level) : level)
    }

    override hsync(level: Level): void {
        this.hsyncIn = level
        this.next.hsync(this.inverts("hsync") ? opposite(level) : level)
    }

    private inverts(signal: "vsync" | "hsync"): boolean {
        return !this.done && this.signal === signal
    }
}
