// SPDX-License-Identifier: MIT
// What the planner's parts hand to each other.

import type { SensorLimits, SensorTiming } from "../../drivers/sensor-limits"
import type {
    CaptureRequest,
    DisplayRequest,
    Flip,
    PixelFormat,
    Rectangle,
    Strategy,
    TimingMode,
} from "../../protocol/capture"
import type { BoardLimits } from "./memory"

/** All that sensor and grabber need to be told. */
export interface CapturePlan {
    readonly strategy: Strategy
    readonly format: PixelFormat
    /** What arrives in memory, on the sensor's field. */
    readonly window: Rectangle
    /** What the sensor reads. */
    readonly sensorWindow: Rectangle
    /** Pixels of the field that the sensor makes one of, each way: 1, 2 or 4. */
    readonly binning: number
    /** The sensor sends its window so. */
    readonly flip: Flip
    /** The frame that the sensor sends, pixels. */
    readonly busWidthPx: number
    readonly busHeightPx: number
    /** Wanted frame rate; 0: the fastest. */
    readonly fps: number
    readonly timingMode: TimingMode
    readonly timing: SensorTiming
    /** What arrives of it, pixels. */
    readonly widthPx: number
    readonly heightPx: number
    /** One row of the wanted frame in memory; JPEG: lineBytes x lines is the size of the buffer. */
    readonly lineBytes: number
    readonly lines: number
    readonly frameBytes: number
    /** DMA transfers of one frame, and words of each. */
    readonly transfers: number
    readonly transferWords: number
    readonly buffers: number
    /** One buffer: a frame, a batch of rows, or the display, which all buffers are. */
    readonly bufferBytes: number
    /** Strategy line: rows of a batch; 0: whole frames. */
    readonly batchRows: number
    /** As requested. */
    readonly display?: DisplayRequest
    /** The DCMI crops; strategy line: columns before the window only. */
    readonly crop: boolean
    readonly cwstrt: number
    readonly cwsize: number
    /** Strategy line: bytes of a row, 0..3, that the CPU drops before the wanted ones; else 0. */
    readonly skipBytes: number
    /** Strategy line: rows that are counted and dropped before the wanted ones; else 0. */
    readonly skipRows: number
    /** From the first to the last captured pixel, µs. */
    readonly readoutUs: number
    /** Bytes per frame on the parallel bus; 0: not known before (JPEG). */
    readonly busBytes: number
    /** DCMI and DMA interrupts per frame. */
    readonly irqs: number
    /** Why each other strategy is not the one: "line busier, ..."; "" where nobody chose. */
    readonly rejected: string
}

/** Frames or batches in memory. */
export interface Memory {
    readonly lineBytes: number
    readonly lines: number
    readonly batchRows: number
    readonly bufferBytes: number
    readonly buffers: number
}

/** What a plan is made from. */
export interface Given {
    readonly request: CaptureRequest
    readonly limits: SensorLimits
    readonly board: BoardLimits
    /** A plan that is not needed any more, to be filled anew: a new one takes the largest piece of heap of all. */
    readonly reuse?: CapturePlan
}
