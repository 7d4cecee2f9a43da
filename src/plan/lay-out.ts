// SPDX-License-Identifier: MIT
// Frames, batches of rows and compressed frames as buffers in memory. Pure.

import { busRowBytes } from "./bus-row"
import { layOutDisplay } from "./display"
import { BufferLimit, frameBuffers, jpegBufferBytes } from "./memory"
import type { Stages } from "./stages"
import { Strategy } from "../../protocol/capture"
import type { Given, Memory } from "./types"

/** @throws PlanError when it does not fit, or the frame is larger than the grabber counts */
export function layOut(
    strategy: Strategy,
    stages: Stages,
    bytesPerPixel: number,
    given: Given
): Memory {
    const { request, board } = given
    const size = `${stages.widthPx}x${stages.heightPx}`
    let lineBytes = stages.widthPx * bytesPerPixel
    let lines = stages.heightPx
    let rows = lines
    let batchRows = 0
    // Rows on their way, two of them; they lie at the end of the frame memory.
    const rowBytes =
        strategy === Strategy.LINE ? 2 * busRowBytes(stages, bytesPerPixel) : 0
    if (request.display)
        return layOutDisplay(request.display, stages, {
            lineBytes,
            rowBytes,
            request,
            board,
        })
    if (strategy === Strategy.JPEG) {
        lineBytes = BufferLimit.JPEG_STEP_BYTES
        lines = jpegBufferBytes(
            {
                widthPx: stages.widthPx,
                heightPx: stages.heightPx,
                ramBytes: request.ramBytes,
            },
            given.limits,
            board
        )
        lines /= lineBytes
        rows = lines
    } else if (strategy === Strategy.LINE && (request.batchRows ?? 0) >= 1) {
        batchRows = Math.min(lines, Math.floor(request.batchRows ?? 0))
        rows = batchRows
    }
    const bufferBytes = lineBytes * rows
    const buffers = frameBuffers(
        {
            size,
            bufferBytes,
            what: batchRows > 0 ? `batch of ${batchRows} rows` : "frame",
            buffers: request.buffers ?? 0,
            ramBytes: request.ramBytes,
            rowBytes,
        },
        board
    )
    return { lineBytes, lines, batchRows, bufferBytes, buffers }
}
