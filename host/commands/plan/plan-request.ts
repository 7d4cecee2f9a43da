// SPDX-License-Identifier: MIT
// The command's request, board and sensor as the planner wants them: the same numbers that the program finds in the
// frame grabber's board and request block.

import {
    Strategy as StrategyCode,
    TimingMode,
    type SensorLimits,
} from "../../../drivers/sensor-limits.ts"
import { MT9V034_LIMITS } from "../../../drivers/mt9v034/timing.ts"
import { OV2640_LIMITS } from "../../../drivers/ov2640/timing.ts"
import type { BoardFile, SensorName } from "../../../boards/board-file.ts"
import {
    FORMATS,
    type CaptureRequest,
    type Strategy,
} from "../../../sim/capture.ts"
import type { BoardLimits } from "../../../src/plan/memory.ts"
import type { PlanRequest } from "../../../src/plan/plan.ts"

export const SENSOR_LIMITS: Readonly<Record<SensorName, SensorLimits>> = {
    mt9v034: MT9V034_LIMITS,
    ov2640: OV2640_LIMITS,
}

export const STRATEGY_CODES: Readonly<Record<Strategy, StrategyCode>> = {
    auto: StrategyCode.AUTO,
    line: StrategyCode.LINE,
    "dcmi-crop": StrategyCode.DCMI_CROP,
    "sensor-window": StrategyCode.SENSOR_WINDOW,
    "rows+crop": StrategyCode.ROWS_CROP,
    jpeg: StrategyCode.JPEG,
}

/** Strategies that are one, in the order of their codes. */
export const STRATEGIES_TO_PLAN = (
    Object.keys(STRATEGY_CODES) as Strategy[]
).filter(name => name !== "auto")

const TIMINGS = {
    fastest: TimingMode.FASTEST,
    default: TimingMode.DEFAULT,
} as const

/** What the program makes of the request block. */
export function planRequest(request: CaptureRequest): PlanRequest {
    const { window, size, format, timing } = request
    return {
        window: window && { ...window },
        size: size && { ...size },
        format: format && FORMATS.indexOf(format) + 1,
        fps: request.fps,
        strategy: STRATEGY_CODES[request.strategy ?? "auto"],
        timing: timing && TIMINGS[timing],
        buffers: request.buffers,
        ramBytes: request.ramBytes,
    }
}

/** What the program finds in the board block. */
export function boardLimits(board: BoardFile): BoardLimits {
    return {
        xclkHz: board.sensor.xclkHz,
        frameMemoryBytes: board.frameMemory.bytes,
        ramBytes: board.memories.reduce((sum, { bytes }) => sum + bytes, 0),
    }
}
