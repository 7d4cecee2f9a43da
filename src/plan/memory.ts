// SPDX-License-Identifier: MIT
// How many frame buffers fit. Pure.

import { PlanError } from "./plan-error"

/** Frame buffers as the grabber lays them out. */
export enum BufferLimit {
    MAX = 4,
    /** What the program takes when nobody says how many: one fills while the other is lent. */
    DEFAULT = 2,
    /** The grabber starts each buffer at a multiple of this. */
    ALIGN_BYTES = 16,
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
    /** "260x260", for the message. */
    readonly size: string
    readonly frameBytes: number
    /** Wanted buffers; 0: the program's choice. */
    readonly buffers: number
    /** The user's own limit for all buffers, bytes; 0: none. */
    readonly ramBytes: number
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
    const step = BufferLimit.ALIGN_BYTES
    const eachBytes = Math.ceil(request.frameBytes / step) * step
    const needs = `window ${request.size} needs ${request.frameBytes} bytes per frame`
    if (request.frameBytes > board.frameMemoryBytes) {
        const others = board.ramBytes - board.frameMemoryBytes
        throw new PlanError(
            `${needs}; the board has ${board.frameMemoryBytes} bytes of frame memory ` +
                `(${board.ramBytes} of RAM - ${others} for stacks, VM and heaps)`
        )
    }
    if (request.ramBytes > 0 && request.frameBytes > request.ramBytes)
        throw new PlanError(
            `${needs}; the request allows ${request.ramBytes} bytes for frames`
        )
    let memoryBytes = board.frameMemoryBytes
    if (request.ramBytes > 0)
        memoryBytes = Math.min(memoryBytes, request.ramBytes)
    const wanted = Math.min(
        BufferLimit.MAX,
        request.buffers > 0 ? request.buffers : BufferLimit.DEFAULT
    )
    // The last buffer needs no padding behind it.
    const fitting =
        1 + Math.floor((memoryBytes - request.frameBytes) / eachBytes)
    return Math.max(1, Math.min(wanted, fitting))
}
