// SPDX-License-Identifier: MIT
// The blocks of the frame grabber's register page as objects: docs/frame-grabber.md.

import type { Rectangle } from "../../protocol/capture"

/** Where the program runs. */
export interface BoardBlock {
    readonly hclkHz: number
    readonly xclkHz: number
    /** For all frame buffers. */
    readonly frameMemoryBytes: number
    readonly gcHeapBytes: number
    readonly ramBytes: number
    readonly sensorI2cHz: number
    readonly flags: number
}

/** The mode block without its annotations. */
export interface GrabberMode {
    readonly strategy: number
    readonly format: number
    readonly buffers: number
    /** ModeFlag bits. */
    readonly flags: number
    readonly window: Rectangle
    readonly fps: number
    readonly lineBytes: number
    readonly lines: number
    readonly cwstrt: number
    readonly cwsize: number
    readonly readoutUs: number
    readonly busBytes: number
    /** BusSync bits. */
    readonly sync: number
    readonly settleFrames: number
    /** Pixels of the field that the sensor makes one of, each way. */
    readonly binning: number
    /** Rows of a frame, those without pixels included; 0: not known. */
    readonly frameRows: number
}

/** A frame that is lent to the program. */
export interface Descriptor {
    index: number
    /** DescriptorAt.CHANGES as it was last read into this object; -1: never. */
    changes: number
    /** Frames of the sensor since start, also those not captured. */
    sequence: number
    /** Microseconds since boot; wrap after 71 minutes. */
    startUs: number
    endUs: number
    exposureUs: number
    /** Analog gain, 1 = 1x. */
    gain: number
    /** Frames of the sensor lost since the one delivered before. */
    droppedBefore: number
    window: Rectangle
    sizeBytes: number
    lineBytes: number
    lines: number
    /** Strategy line, ring of batches: row of the frame that the batch starts with. */
    firstRow: number
    /** Strategy line, ring of batches: with this batch the frame is whole. */
    lastBatch: boolean
    /** When TRIGGER raised EXPOSURE for it, as startUs; 0: not triggered. */
    triggerUs: number
}

/** Strategy line: what the CPU does with each row. */
export interface LinesBlock {
    /** Bytes of one row on the bus, a multiple of 4. */
    readonly busBytes: number
    /** Dropped at the start of each row, any number. */
    readonly skipBytes: number
    /** Dropped at the start of each frame. */
    readonly skipRows: number
    /** LineDestination.RING: rows per batch. */
    readonly batchRows: number
    /** LineDestination value. */
    readonly destination: number
    /** LineDestination.DISPLAY. */
    readonly display?: DisplayBlock
}

/** A display whose memory takes the rows. */
export interface DisplayBlock {
    /** Address; below frameMemoryBytes an offset into the frame memory. */
    readonly base: number
    readonly strideBytes: number
    readonly rows: number
    /** DisplayFlag bits. */
    readonly flags: number
}

/** Statistics of one frame, computed in C. */
export interface FrameStats {
    /** Gray levels. */
    mean: number
    min: number
    max: number
    /** Pixels at or above the threshold, and their centre in pixels of the frame (0 when there are none). */
    count: number
    centroidX: number
    centroidY: number
    /** Sum of the differences of horizontal neighbours: a focus measure. */
    sumDiff: number
}

/** What happened to every frame since the counters were cleared. */
export interface Counters {
    readonly frames: number
    readonly delivered: number
    readonly dropped: number
    readonly skipped: number
    readonly settling: number
    readonly overruns: number
    readonly shortFrames: number
    readonly dmaErrors: number
    readonly irqs: number
    /** Strategy line: frames in which the row counter had to be set right. */
    readonly resyncs: number
    /** JPEG frames larger than the buffer, and bytes that the last of them needed. */
    readonly tooLarge: number
    readonly neededBytes: number
}

/** What went wrong, as far as Counters does not have it. */
export interface RecoveryCounters {
    /** Frames that were lost to an overrun; of the events there may be more. */
    readonly overrunFrames: number
    /** Frames of the sensor since the counters were cleared, those that did not come when they were due included. */
    readonly sensorFrames: number
    /** Frames that were due and did not come. */
    readonly lost: number
    /** Frames whose time or window is not certain, and frames that were taken while registers were not as written. */
    readonly doubtful: number
    /** I2C transfers to the sensor that failed: not acknowledged, time-out, bus error; since the counters were cleared. */
    readonly i2cErrors: number
    /** Times that a program ended since the chip's reset; clearCounters() leaves it. */
    readonly restarts: number
}
