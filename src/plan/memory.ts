// SPDX-License-Identifier: MIT
// How many frame buffers fit, and how large one for a compressed frame is. Pure.

import type { SensorLimits } from "../../drivers/sensor-limits"
import { CropLimit } from "./crop"
import { PlanError } from "./plan-error"

/** Frame buffers as the grabber lays them out. */
export enum BufferLimit {
    MAX = 4,
    /** What the program takes when nobody says how many: one fills while the other is lent. */
    DEFAULT = 2,
    /** A buffer for a compressed frame is a number of these. */
    JPEG_STEP_BYTES = 16,
    /** Both sides of a frame in memory, as the grabber counts them: bytes of a line, and lines. */
    SIDE_MAX = 16383,
    /** Rows of a batch (LINE_BATCH_ROWS). */
    BATCH_ROWS_MAX = 255,
}

/**
 * The shortest scan of a JPEG, which a frame of one colour has: for 16x8 pixels of 4:2:2 two blocks of luminance
 * and two of chrominance, each a DC difference of 0 and an end of block: 2 x (2 + 4) + 2 x (2 + 2) bits (ITU-T T.81,
 * tables K.3 to K.6).
 */
export enum ShortestScan {
    BLOCK_PIXELS = 128,
    BLOCK_BITS = 20,
}

/** What the planner must know of the board. */
export interface BoardLimits {
    readonly xclkHz: number
    /** For all frame buffers. */
    readonly frameMemoryBytes: number
    /** All RAM of the board. */
    readonly ramBytes: number
}

/** What frames need and may have. */
export interface BufferRequest {
    /** "260x260" and "frame", for the message. */
    readonly size: string
    readonly what: string
    readonly bufferBytes: number
    /** Wanted buffers; 0: the program's choice. */
    readonly buffers: number
    /** The user's own limit for all buffers, bytes; left out: none. */
    readonly ramBytes?: number
    /** Frame memory that is no buffer: the rows of strategy line. */
    readonly rowBytes: number
}

/**
 * Say how many buffers there will be.
 *
 * @returns 1..4: as many as wanted, or as many as fit
 * @throws PlanError when not even one frame fits
 */
export function frameBuffers(
    request: BufferRequest,
    board: BoardLimits
): number {
    const wanted = wantedBuffers(request.buffers)
    const memoryBytes = memoryFor(
        request.bufferBytes,
        `window ${request.size} needs ${request.bufferBytes} bytes per ${request.what}`,
        request.ramBytes,
        board,
        request.rowBytes
    )
    return Math.min(wanted, Math.floor(memoryBytes / request.bufferBytes))
}

/**
 * Say how many buffers there will be if they fit.
 *
 * @param buffers 0: the program's choice
 * @returns 1..4
 * @throws PlanError for a number below 0
 */
export function wantedBuffers(buffers: number): number {
    if (!(buffers >= 0))
        throw new PlanError(`${buffers} buffers are not 0 or more`)
    return Math.min(
        BufferLimit.MAX,
        buffers >= 1 ? Math.floor(buffers) : BufferLimit.DEFAULT
    )
}

/** A compressed frame. */
export interface JpegRequest {
    readonly widthPx: number
    readonly heightPx: number
    /** The user's own limit for all buffers, bytes; left out: none. */
    readonly ramBytes?: number
}

/**
 * Say how large one buffer for a compressed frame is: what the sensor's frames of that size usually need, or what
 * memory there is.
 *
 * @returns a multiple of `JPEG_STEP_BYTES`
 * @throws PlanError when not even a frame of one colour can fit
 */
export function jpegBufferBytes(
    request: JpegRequest,
    limits: SensorLimits,
    board: BoardLimits
): number {
    const { widthPx, heightPx, ramBytes } = request
    const blocks = Math.ceil((widthPx * heightPx) / ShortestScan.BLOCK_PIXELS)
    const step = BufferLimit.JPEG_STEP_BYTES
    const least =
        Math.ceil((blocks * ShortestScan.BLOCK_BITS) / 8 / step) * step
    const memoryBytes = memoryFor(
        least,
        `a JPEG of ${widthPx}x${heightPx} has at least ${least} bytes`,
        ramBytes,
        board,
        0
    )
    // Circular DMA counts one buffer in one transfer.
    const most = Math.min(
        memoryBytes,
        CropLimit.DMA_WORDS_MAX * CropLimit.WORD_BYTES,
        BufferLimit.SIDE_MAX * step
    )
    const reserveBytes = limits.jpegBytes
        ? limits.jpegBytes(widthPx, heightPx)
        : widthPx * heightPx
    const wanted = Math.max(least, Math.ceil(reserveBytes / step) * step)
    return Math.min(wanted, Math.floor(most / step) * step)
}

/**
 * Say how much memory there is for buffers.
 *
 * @param bytes of one
 * @param needs what the message starts with
 * @param rowBytes of the frame memory that are no buffer
 * @throws PlanError when one does not fit
 */
export function memoryFor(
    bytes: number,
    needs: string,
    ramBytes: number | undefined,
    board: BoardLimits,
    rowBytes: number
): number {
    const memoryBytes = board.frameMemoryBytes - rowBytes
    if (bytes > memoryBytes) {
        const owners =
            rowBytes > 0
                ? "stacks, VM, heaps and two rows"
                : "stacks, VM and heaps"
        throw new PlanError(
            `${needs}; the board has ${memoryBytes} bytes of frame memory ` +
                `(${board.ramBytes} of RAM - ${board.ramBytes - memoryBytes} for ${owners})`
        )
    }
    if (ramBytes === undefined) return memoryBytes
    if (!(bytes <= ramBytes))
        throw new PlanError(
            `${needs}; the request allows ${ramBytes} bytes for frames`
        )
    return Math.min(memoryBytes, ramBytes)
}
