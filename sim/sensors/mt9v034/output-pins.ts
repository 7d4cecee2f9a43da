// SPDX-License-Identifier: MIT
// FRAME_VALID, LINE_VALID and PIXCLK of the MT9V034 with the polarities of R0x72.

import type {
    ClockEdge,
    Level,
    LineData,
    ParallelSink,
} from "../../wires/parallel-bus.ts"

const INVERT_LINE_VALID = 1 << 0
const INVERT_FRAME_VALID = 1 << 1
const INVERT_PIXCLK = 1 << 4

/** Turns valid or not into pin levels, and tells the sink each change of a pin. */
export class OutputPins {
    /** Data changes with the falling edge of PIXCLK and is to be sampled at the rising one; R0x72[4] turns it round. */
    stableEdge: ClockEdge = "rising"

    private frame: Level = 0
    private line: Level = 0
    private invertFrame: Level = 0
    private invertLine: Level = 0
    private vsyncPin: Level = 0
    private hsyncPin: Level = 0

    constructor(private readonly sink: ParallelSink) {}

    /** R0x72 acts at once. */
    configure(pixelClockControl: number): void {
        this.invertFrame = pixelClockControl & INVERT_FRAME_VALID ? 1 : 0
        this.invertLine = pixelClockControl & INVERT_LINE_VALID ? 1 : 0
        this.stableEdge =
            pixelClockControl & INVERT_PIXCLK ? "falling" : "rising"
        this.drive()
    }

    frameValid(valid: Level): void {
        this.frame = valid
        this.drive()
    }

    lineValid(valid: Level): void {
        this.line = valid
        this.drive()
    }

    data(line: LineData): void {
        this.sink.line(line)
    }

    private drive(): void {
        const hsync = (this.line ^ this.invertLine) as Level
        const vsync = (this.frame ^ this.invertFrame) as Level
        if (hsync !== this.hsyncPin) this.sink.hsync((this.hsyncPin = hsync))
        if (vsync !== this.vsyncPin) this.sink.vsync((this.vsyncPin = vsync))
    }
}
