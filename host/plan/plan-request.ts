// SPDX-License-Identifier: MIT
// Board and sensor as the planner wants them: the same numbers that the program finds in the frame grabber's board block.

import type { BoardFile } from "../../boards/board-file.ts"
import { MT9V034_LIMITS } from "../../drivers/mt9v034/timing.ts"
import { OV2640_LIMITS } from "../../drivers/ov2640/timing.ts"
import type { SensorLimits } from "../../drivers/sensor-limits.ts"
import { Strategy } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"
import type { BoardLimits } from "../../src/plan/memory.ts"

export const SENSOR_LIMITS: Readonly<Record<SensorName, SensorLimits>> = {
    mt9v034: MT9V034_LIMITS,
    ov2640: OV2640_LIMITS,
}

/** Strategies that are one, in the order of their codes. */
export const STRATEGIES_TO_PLAN: readonly Strategy[] = [
    Strategy.LINE,
    Strategy.DCMI_CROP,
    Strategy.SENSOR_WINDOW,
    Strategy.ROWS_CROP,
    Strategy.JPEG,
]

/** What the program finds in the board block. */
export function boardLimits(board: BoardFile): BoardLimits {
    return {
        xclkHz: board.sensor.xclkHz,
        frameMemoryBytes: board.frameMemory.bytes,
        ramBytes: board.memories.reduce((sum, { bytes }) => sum + bytes, 0),
    }
}
