// SPDX-License-Identifier: MIT
// What Camera.configure() applied.

import type { Rectangle } from "../protocol/capture"

/** What was applied. */
export interface CaptureMode {
    /** "sensor-window", ... */
    readonly strategy: string
    /** Pixels of the sensor's field that arrive. */
    readonly window: Rectangle
    /** Pixels of the field that one of the frame is made of, each way. */
    readonly binning: number
    readonly fps: number
    /** Fixed exposure, µs; 0: automatic. */
    readonly exposureUs: number
    /** The longest exposure that does not slow the frame rate, µs. */
    readonly exposureMaxUs: number
    /** Fixed analog gain, 1 = 1x; 0: automatic. */
    readonly gain: number
    readonly buffers: number
    readonly bytesPerFrame: number
    /** All frame buffers together. */
    readonly ramBytes: number
    /** Why each other strategy is not the one, in one word: "line busier, ...". */
    readonly rejected: string
}
