// SPDX-License-Identifier: MIT
// A window in the memory of a display: whether it may go there, whether it fits, and what memory that takes. Pure.

import { CropLimit } from "./crop"
import type { BoardLimits } from "./memory"
import { BufferLimit, memoryFor, wantedBuffers } from "./memory"
import { PlanError } from "./plan-error"
import type { Stages } from "./stages"
import {
    formatName,
    PixelFormat,
    Strategy,
    strategyName,
} from "../../protocol/capture"
import type { CaptureRequest, DisplayRequest } from "../../protocol/capture"
import type { Memory } from "./types"

/** One pixel of RGB565. */
const PIXEL_BYTES = 2

/** They take no memory: one is lent, one waits with the newest frame, one fills, and no frame is dropped. */
const BUFFERS = 3

/** From one row to the next, bytes. */
export function displayStride(display: DisplayRequest): number {
    return display.strideBytes ?? display.widthPx * PIXEL_BYTES
}

/** @throws PlanError for a strategy, a format or batches that no display takes */
export function checkDisplayUse(
    strategy: Strategy,
    format: PixelFormat,
    batchRows: number
): void {
    if (strategy !== Strategy.LINE)
        throw new PlanError(
            `strategy ${strategyName(strategy)} fills frame buffers; only line puts rows into the memory of a display`
        )
    if (format !== PixelFormat.GRAY8 && format !== PixelFormat.RGB565)
        throw new PlanError(
            `a display takes gray8 or rgb565, the request wants ${formatName(format)}`
        )
    if (batchRows >= 1)
        throw new PlanError(
            `a display takes frames, the request wants batches of ${batchRows} rows`
        )
}

/** What a display's memory depends on, besides the display. */
export interface DisplayMemory {
    /** Of the window on the bus. */
    readonly lineBytes: number
    /** Both row buffers. */
    readonly rowBytes: number
    readonly request: CaptureRequest
    readonly board: BoardLimits
}

/**
 * Lay out a display's memory: every buffer is the display.
 *
 * @throws PlanError when the window does not fit onto the display, or the display not into the frame memory
 */
export function layOutDisplay(
    display: DisplayRequest,
    stages: Stages,
    given: DisplayMemory
): Memory {
    const { widthPx, heightPx, base } = display
    const stride = displayStride(display)
    const name = `display ${widthPx}x${heightPx}`
    if (!(stages.widthPx <= widthPx && stages.heightPx <= heightPx))
        throw new PlanError(
            `window ${stages.widthPx}x${stages.heightPx} does not fit onto the ${name}`
        )
    const step = CropLimit.WORD_BYTES
    if (!(base >= 0 && base % step === 0 && stride % step === 0))
        throw new PlanError(
            `${name}: base ${base} and stride ${stride} are not multiples of ${step} bytes`
        )
    const least = widthPx * PIXEL_BYTES
    if (!(
        stride >= least && Math.max(stride, heightPx) <= BufferLimit.SIDE_MAX
    ))
        throw new PlanError(
            `${name}: stride ${stride} is not in ${least}..${BufferLimit.SIDE_MAX} bytes, or there are more rows than that`
        )
    const bytes = stride * heightPx
    const { request, board, rowBytes } = given
    // Beyond the frame memory is memory of the display's own.
    const end = base < board.frameMemoryBytes ? base + bytes : 0
    memoryFor(
        end,
        `${name} needs ${stride} x ${heightPx} = ${bytes} bytes from byte ${base} on`,
        request.ramBytes,
        board,
        rowBytes
    )
    return {
        lineBytes: given.lineBytes,
        lines: stages.heightPx,
        batchRows: 0,
        bufferBytes: bytes,
        buffers: wantedBuffers(request.buffers || BUFFERS),
    }
}
