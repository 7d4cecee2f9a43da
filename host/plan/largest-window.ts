// SPDX-License-Identifier: MIT
// What would fit, where a window does not.

import type { BoardFile } from "../../boards/board-file.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import { PlanError } from "../../src/plan/plan-error.ts"
import { planCapture } from "../../src/plan/plan.ts"
import { boardLimits, SENSOR_LIMITS } from "./plan-request.ts"

/** Columns and rows of a window are multiples of these here: every strategy, binning and format can have it. */
const GRAIN = 4

/**
 * Which window of the same shape fits, in one sentence.
 * @param problem why the request cannot be
 * @returns undefined when memory is not the problem, or none fits
 */
export function largestWindowHint(
    problem: string,
    request: CaptureRequest,
    board: BoardFile
): string | undefined {
    if (!/\bbytes\b/.test(problem) || request.size !== undefined)
        return undefined
    const found = largestWindow(request, board)
    return found === undefined
        ? undefined
        : `the largest window of this shape that fits is ${found}`
}

/** @returns "280x280" */
function largestWindow(
    request: CaptureRequest,
    board: BoardFile
): string | undefined {
    const { widthPx, heightPx } = SENSOR_LIMITS[board.sensor.name]
    const { width, height } = request.window ?? {
        width: widthPx,
        height: heightPx,
    }
    const most = Math.floor(width / GRAIN)
    const sides = (step: number) => ({
        width: GRAIN * step,
        height: Math.max(GRAIN, GRAIN * Math.floor((height * step) / width)),
    })
    // Less is always possible where more is.
    let [fits, fitsNot] = [0, most + 1]
    while (fitsNot - fits > 1) {
        const middle = Math.floor((fits + fitsNot) / 2)
        const window = { ...request.window, ...sides(middle) }
        if (isPossible({ ...request, window }, board)) fits = middle
        else fitsNot = middle
    }
    if (fits === 0) return undefined
    const { width: columns, height: rows } = sides(fits)
    return `${columns}x${rows}`
}

function isPossible(request: CaptureRequest, board: BoardFile): boolean {
    try {
        planCapture(
            request,
            SENSOR_LIMITS[board.sensor.name],
            boardLimits(board)
        )
        return true
    } catch (error) {
        if (error instanceof PlanError) return false
        throw error
    }
}
