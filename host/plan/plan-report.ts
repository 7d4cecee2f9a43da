// SPDX-License-Identifier: MIT
// How `camscript plan --json` is made (protocol/plan-report.ts).

import { captureCost } from "../../src/plan/cost.ts"
import { CropLimit } from "../../src/plan/crop.ts"
import { PlanError } from "../../src/plan/plan-error.ts"
import { planCapture, planStrategy } from "../../src/plan/plan.ts"
import type { BoardFile } from "../../boards/board-file.ts"
import { largestWindowHint } from "./largest-window.ts"
import { planAnswer } from "./plan-answer.ts"
import { planRegisters } from "./plan-registers.ts"
import {
    boardLimits,
    SENSOR_LIMITS,
    STRATEGIES_TO_PLAN,
} from "./plan-request.ts"
import {
    Flip,
    FORMAT_NAMES,
    Strategy,
    STRATEGY_NAMES,
    type CaptureRequest,
} from "../../protocol/capture.ts"
import {
    namedRequest,
    type CaptureFormat,
    type StrategyName,
} from "../../protocol/names.ts"
import type {
    ImpossibleStrategy,
    PlannedStage,
    PlannedStrategy,
    PlanReport,
} from "../../protocol/plan-report.ts"
import type { CapturePlan } from "../../src/plan/types.ts"

/** Plan every strategy. */
export function makePlanReport(
    request: CaptureRequest,
    board: BoardFile
): PlanReport {
    const strategies = STRATEGIES_TO_PLAN.map(strategy =>
        strategyReport(strategy, request, board)
    )
    const any = { ...request, strategy: Strategy.AUTO }
    const best = choice(any, board)
    const answered =
        "problem" in best
            ? { ...best, hint: largestWindowHint(best.problem, any, board) }
            : best
    const chosen = choice(request, board)
    return {
        board: board.name,
        sensor: board.sensor.name,
        request: namedRequest(request),
        chosen: "strategy" in chosen ? chosen.strategy : null,
        answer: planAnswer(
            strategies,
            answered,
            SENSOR_LIMITS[board.sensor.name]
        ),
        strategies,
    }
}

/** @returns what the program would run, or why nothing is possible */
function choice(
    request: CaptureRequest,
    board: BoardFile
): { readonly strategy: StrategyName } | { readonly problem: string } {
    const plan = attempt(() =>
        planCapture(
            request,
            SENSOR_LIMITS[board.sensor.name],
            boardLimits(board)
        )
    )
    if (plan instanceof PlanError) return { problem: plan.message }
    return { strategy: STRATEGY_NAMES[plan.strategy] }
}

/** One strategy, whether it was asked for or not. */
function strategyReport(
    strategy: Strategy,
    request: CaptureRequest,
    board: BoardFile
): PlannedStrategy | ImpossibleStrategy {
    const name = STRATEGY_NAMES[strategy]
    const plan = attempt(() =>
        planStrategy(
            strategy,
            request,
            SENSOR_LIMITS[board.sensor.name],
            boardLimits(board)
        )
    )
    if (plan instanceof PlanError)
        return { name, ok: false, reason: plan.message }
    const { hclkHz, sensor } = board
    const cost = captureCost(plan, { hclkHz, xclkHz: sensor.xclkHz })
    const rowPclk = plan.timing.exposureMaxRows * plan.timing.rowPclk
    return {
        name,
        ok: true,
        reason: null,
        fps: round(plan.timing.fps, 3),
        format: FORMAT_NAMES[plan.format] as CaptureFormat,
        window: { ...plan.window },
        size: { width: plan.widthPx, height: plan.heightPx },
        binning: plan.binning,
        stages: planStages(plan),
        registers: planRegisters(plan, sensor.name),
        dma: {
            transfers: plan.transfers,
            words: plan.transferWords,
        },
        exposureMaxUs: round((rowPclk * 1e6) / sensor.xclkHz, 1),
        busBytesPerFrame: plan.busBytes || null,
        storedBytesPerFrame: plan.frameBytes,
        irqsPerSecond: round(cost.irqsPerSecond, 1),
        cpuShare: round(cost.cpuShare, 6),
        buffers: plan.buffers,
        ramBytes: plan.buffers * plan.bufferBytes + rowBufferBytes(plan),
        latencyUs:
            cost.latencyUs === undefined ? null : round(cost.latencyUs, 1),
    }
}

/** Sensor on its grid, DCMI to the word, software the rest. */
function planStages(plan: CapturePlan): PlannedStage[] {
    const sent = {
        window: { ...plan.sensorWindow },
        bytes: plan.busBytes || null,
    }
    const kept = { window: { ...plan.window }, bytes: plan.frameBytes }
    const byLine = plan.strategy === Strategy.LINE
    if (plan.busBytes === 0)
        return [
            { stage: "sensor", ...sent },
            { stage: "dcmi", ...sent },
            { stage: "software", ...sent },
        ]
    return [
        { stage: "sensor", ...sent },
        {
            stage: "dcmi",
            ...(plan.crop ? (byLine ? passedRows(plan) : kept) : sent),
        },
        { stage: "software", ...kept },
    ]
}

/** Strategy line: rows from the window's first word to their end. */
function passedRows(plan: CapturePlan): Omit<PlannedStage, "stage"> {
    const bytes = CropLimit.WORD_BYTES * plan.transferWords * plan.busHeightPx
    const { x, width } = plan.sensorWindow
    const passed = Math.round((width * bytes) / plan.busBytes)
    const mirrored = (plan.flip & Flip.HFLIP) !== 0
    return {
        window: {
            ...plan.sensorWindow,
            x: mirrored ? x : x + width - passed,
            width: passed,
        },
        bytes,
    }
}

/** Strategy line: two rows on their way. */
function rowBufferBytes(plan: CapturePlan): number {
    return plan.strategy === Strategy.LINE
        ? 2 * CropLimit.WORD_BYTES * plan.transferWords
        : 0
}

function attempt(make: () => CapturePlan): CapturePlan | PlanError {
    try {
        return make()
    } catch (error) {
        if (error instanceof PlanError) return error
        throw error
    }
}

function round(value: number, decimals: number): number {
    const scale = 10 ** decimals
    return Math.round(value * scale) / scale
}
