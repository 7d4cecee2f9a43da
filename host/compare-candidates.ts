// SPDX-License-Identifier: MIT
// Which strategies the planner says are possible, and why the others are not.

import {
    PixelFormat,
    Strategy as StrategyCode,
    TimingMode,
    type SensorLimits,
} from "../drivers/sensor-limits.ts"
import { MT9V034_LIMITS } from "../drivers/mt9v034/timing.ts"
import { OV2640_LIMITS } from "../drivers/ov2640/timing.ts"
import { PlanError } from "../src/plan/plan-error.ts"
import { planCapture } from "../src/plan/plan.ts"
import type { BoardFile, SensorName } from "../sim/board-file.ts"
import type { CaptureRequest, Strategy } from "../sim/simulation.ts"
import type { RejectedStrategy } from "./compare-report.ts"

const CANDIDATES: readonly (readonly [Strategy, StrategyCode])[] = [
    ["line", StrategyCode.LINE],
    ["dcmi-crop", StrategyCode.DCMI_CROP],
    ["sensor-window", StrategyCode.SENSOR_WINDOW],
    ["rows+crop", StrategyCode.ROWS_CROP],
    ["jpeg", StrategyCode.JPEG],
]

const TIMINGS = {
    fastest: TimingMode.FASTEST,
    default: TimingMode.DEFAULT,
} as const

const FORMATS = {
    gray8: PixelFormat.GRAY8,
    rgb565: PixelFormat.RGB565,
    yuv422: PixelFormat.YUV422,
    jpeg: PixelFormat.JPEG,
} as const

const LIMITS: Readonly<Record<SensorName, SensorLimits>> = {
    mt9v034: MT9V034_LIMITS,
    ov2640: OV2640_LIMITS,
}

export interface Candidates {
    readonly possible: readonly Strategy[]
    readonly rejected: readonly RejectedStrategy[]
}

/** Ask the planner about each strategy, with the same arithmetic that the program uses on the board. */
export function candidates(
    request: CaptureRequest,
    board: BoardFile
): Candidates {
    const possible: Strategy[] = []
    const rejected: RejectedStrategy[] = []
    for (const [strategy, code] of CANDIDATES) {
        const reason = obstacle(code, request, board)
        if (reason === undefined) possible.push(strategy)
        else rejected.push({ strategy, reason })
    }
    return { possible, rejected }
}

/** @returns the planner's reason against a strategy; undefined when it is possible */
function obstacle(
    strategy: StrategyCode,
    request: CaptureRequest,
    board: BoardFile
): string | undefined {
    const { window, size, format, fps, buffers, ramBytes, timing } = request
    try {
        planCapture(
            {
                strategy,
                window: window && { ...window },
                size,
                format: format && FORMATS[format],
                fps,
                buffers,
                ramBytes,
                timing: timing && TIMINGS[timing],
            },
            LIMITS[board.sensor.name],
            {
                xclkHz: board.sensor.xclkHz,
                frameMemoryBytes: board.frameMemory.bytes,
                ramBytes: board.memories.reduce(
                    (sum, { bytes }) => sum + bytes,
                    0
                ),
            }
        )
        return undefined
    } catch (error) {
        if (error instanceof PlanError) return error.message
        throw error
    }
}
