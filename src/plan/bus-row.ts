// SPDX-License-Identifier: MIT
// Strategy line: what the DCMI drops of each row, and what it passes. Pure.

import { CropLimit, onGrid } from "./crop"
import type { Stages } from "./stages"

/**
 * Bytes of a row that the DCMI drops before the window: whole words, so that a row of whole words stays one.
 *
 * Behind the window it drops nothing. It counts clocks, and a clock that is lost is only missed by who waits for the
 * row's last one.
 */
export function droppedRowBytes(stages: Stages, bytesPerPixel: number): number {
    return onGrid(stages.skipColumns * bytesPerPixel, CropLimit.WORD_BYTES)
}

/** Bytes of a row that the DCMI passes: from the window's first word to the row's end. */
export function busRowBytes(stages: Stages, bytesPerPixel: number): number {
    return (
        stages.busWidthPx * bytesPerPixel -
        droppedRowBytes(stages, bytesPerPixel)
    )
}
