// SPDX-License-Identifier: MIT
// The 8-bit parallel bus between a sensor and the DCMI: PIXCLK, frame valid, line valid and data.

/** Of a digital line: low or high. */
export type Level = 0 | 1
export type ClockEdge = "rising" | "falling"

/** When the data lines change, ns after the edge of PIXCLK at which they are not stable. */
export interface DataChange {
    readonly earliestNs: number
    readonly latestNs: number
}

/** The data of one line, handed over in bulk at the moment of its last pixel clock. */
export interface LineData {
    /** One byte per pixel clock within line valid. Belongs to the sensor: copy what must be kept. */
    readonly bytes: Uint8Array
    /** When the first byte was on the bus, ns. */
    readonly startNs: number
    /** Period of PIXCLK, ns. */
    readonly periodNs: number
    /** The PIXCLK edge at which the data is stable. */
    readonly stableEdge: ClockEdge
    /** Left out: at the other edge itself. */
    readonly dataChange?: DataChange
}

/**
 * What a sensor drives. Levels are those of the pins, so that polarity mistakes show; every call comes at the
 * virtual time of its edge. Order within a frame: vsync, then per line hsync, line, hsync, then vsync.
 */
export interface ParallelSink {
    /** FRAME_VALID or VSYNC changes to `level`. */
    vsync(level: Level): void
    /** LINE_VALID or HREF changes to `level`. */
    hsync(level: Level): void
    /**
     * All bytes of the line whose hsync is active now. Called more than once while hsync stays active when PIXCLK
     * comes in bursts (JPEG with HREF like VSYNC).
     */
    line(data: LineData): void
}
