// SPDX-License-Identifier: MIT
// What a capture gave, as the host sees it: what was applied, what arrived, what was counted.

import type { Rectangle } from "../../protocol/capture"
import type { GrabberCounters } from "../../protocol/counters"
import type { CaptureFormat, StrategyName } from "../../protocol/names"
import type { SensorFrame } from "../sensors/sensor-model.ts"

/** A frame as the program got it, beside what the sensor sent. */
export interface CapturedFrame {
    readonly sequence: number
    readonly startUs: number
    readonly endUs: number
    readonly exposureUs: number
    readonly gain: number
    readonly droppedBefore: number
    /** Window on the sensor's field, as the program said it was taken. */
    readonly window: Readonly<Rectangle>
    readonly format: CaptureFormat
    /** Columns and rows of the frame in memory; of a batch of rows: the batch's. */
    readonly width: number
    readonly height: number
    /** Row of the frame that a batch of rows starts with; 0 for frames. */
    readonly firstRow: number
    /** A copy of all its bytes: width x height x bytes per pixel, or the JPEG file. */
    readonly pixels: Uint8Array
    /** The sensor's own record of the frame. */
    readonly sent: SensorFrame
    /** Pixels that differ from the scene seen through the sensor model. */
    readonly pixelErrors: number
    /** Rows of more than one frame of the sensor are mixed in it. */
    readonly torn: boolean
}

/** What the program applied (mode block of the frame grabber). */
export interface AppliedMode {
    readonly sensor: string
    readonly strategy: StrategyName
    /** Pixels of the sensor's field. */
    readonly window: Readonly<Rectangle>
    /** Pixels of the field that the sensor makes one of, each way. */
    readonly binning: number
    readonly fps: number
    readonly format: CaptureFormat
    readonly buffers: number
    readonly busBytesPerFrame: number
    /** Of a frame in memory; JPEG: the size of its buffer. */
    readonly storedBytesPerFrame: number
    /** All memory that frames take: buffers of frames or batches, and line mode's two rows. */
    readonly frameBufferBytes: number
}

/** The frame grabber's own, and what only the simulator sees. */
export interface Counters extends GrabberCounters {
    readonly torn: number
    readonly pixelErrors: number
    /** Bytes that crossed the parallel bus in all frames of the sensor since the capture started. */
    readonly busBytes: number
    /** Bytes of all frames that were lent to the program: what a compressed frame needs is known only afterwards. */
    readonly deliveredBytes: number
    /** Frames that the sensor really sent, from their start to their end, since the capture started. */
    readonly sentFrames: number
}

/** When to stop: whichever comes first. */
export interface StopCondition {
    /** Frames delivered to the program. */
    readonly frames?: number
    /** Virtual seconds since boot. */
    readonly seconds?: number
}
