// SPDX-License-Identifier: MIT
// Which strategies the planner says are possible, and why the others are not.

import type { BoardFile } from "../../../boards/board-file.ts"
import { PlanError } from "../../../src/plan/plan-error.ts"
import { planStrategy } from "../../../src/plan/plan.ts"
import type { RejectedStrategy } from "./compare-report.ts"
import {
    boardLimits,
    SENSOR_LIMITS,
    STRATEGIES_TO_PLAN,
} from "../../plan/plan-request.ts"
import {
    STRATEGY_NAMES,
    type CaptureRequest,
    type Strategy,
} from "../../../protocol/capture.ts"
import type { StrategyName } from "../../../protocol/names.ts"

export interface Candidates {
    readonly possible: readonly StrategyName[]
    readonly rejected: readonly RejectedStrategy[]
}

/** Ask the planner about each strategy, with the same arithmetic that the program uses on the board. */
export function candidates(
    request: CaptureRequest,
    board: BoardFile
): Candidates {
    const possible: StrategyName[] = []
    const rejected: RejectedStrategy[] = []
    for (const strategy of STRATEGIES_TO_PLAN) {
        const reason = obstacle(strategy, request, board)
        const name = STRATEGY_NAMES[strategy]
        if (reason === undefined) possible.push(name)
        else rejected.push({ strategy: name, reason })
    }
    return { possible, rejected }
}

/** @returns the planner's reason against a strategy; undefined when it is possible */
function obstacle(
    strategy: Strategy,
    request: CaptureRequest,
    board: BoardFile
): string | undefined {
    const limits = SENSOR_LIMITS[board.sensor.name]
    try {
        planStrategy(strategy, request, limits, boardLimits(board))
        return undefined
    } catch (error) {
        if (error instanceof PlanError) return error.message
        throw error
    }
}
