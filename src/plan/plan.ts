// SPDX-License-Identifier: MIT
// From a request to one capture plan: who crops, what is read, how fast, into how many buffers. Pure.

import type { SensorLimits, SensorTiming } from "../../drivers/sensor-limits"
import { checkedBinning, checkedFormat, checkNumbers } from "./checks"
import { busRowBytes, droppedRowBytes } from "./bus-row"
import type { DcmiCrop } from "./crop"
import { CropLimit, dcmiCrop, dmaTransfers } from "./crop"
import { layOut } from "./lay-out"
import type { BoardLimits } from "./memory"
import { PlanError } from "./plan-error"
import { byBusBytes, PLACES, rejections } from "./rejections"
import type { Stages } from "./stages"
import { hasResidue, solveStages } from "./stages"
import type { CaptureRequest } from "../../protocol/capture"
import { Flip, PixelFormat, Strategy, TimingMode } from "../../protocol/capture"
import type { Memory, CapturePlan, Given } from "./types"

/**
 * Plan a capture.
 *
 * Without a strategy it takes the one with the fewest bytes on the bus that reaches the wanted frame rate and fits,
 * and of those with as many bytes the one with fewer interrupts. A sensor is never slower for reading less, so the
 * first of them that is possible at all is also the fastest, and only one plan is ever made. A compressed frame has
 * one strategy, and so has a display.
 *
 * @param reuse a plan that is filled anew and returned, unless this throws; left out: a new one
 * @returns what will really happen: the window in whole words, the frame rate nearest to the request
 * @throws PlanError when the window is not on the sensor, a frame does not fit, or the strategy cannot be had
 */
export function planCapture(
    request: CaptureRequest,
    limits: SensorLimits,
    board: BoardLimits,
    reuse?: CapturePlan
): CapturePlan {
    let wanted = request.strategy ?? Strategy.AUTO
    if (wanted === Strategy.AUTO && request.display) wanted = Strategy.LINE
    if (wanted !== Strategy.AUTO)
        return planStrategy(wanted, request, limits, board, reuse)
    if (request.format === PixelFormat.JPEG)
        return planStrategy(Strategy.JPEG, request, limits, board, reuse)
    let problem: unknown = undefined
    for (let place = 0; place < PLACES; place++) {
        try {
            return planStrategy(
                byBusBytes(place),
                request,
                limits,
                board,
                reuse
            )
        } catch (error) {
            // What the first says holds for the others too, or they would have been possible.
            if (place === 0) problem = error
        }
    }
    throw problem
}

/**
 * Plan a capture with one strategy, whatever the request says about it.
 *
 * @throws PlanError when it cannot be had, with the sum
 */
export function planStrategy(
    strategy: Strategy,
    request: CaptureRequest,
    limits: SensorLimits,
    board: BoardLimits,
    reuse?: CapturePlan
): CapturePlan {
    checkNumbers(request)
    const binning = checkedBinning(request, limits)
    const format = checkedFormat(strategy, request, limits)
    if (limits.clockProblem) {
        const problem = limits.clockProblem(board.xclkHz)
        if (problem) throw new PlanError(problem)
    }
    const bytesPerPixel = limits.formatBytes
        ? limits.formatBytes(format)
        : limits.bytesPerPixel
    const { window, size, flip } = request
    const stages = solveStages(
        { strategy, window, size, binning, flip, format, bytesPerPixel },
        limits
    )
    const memory = layOut(strategy, stages, bytesPerPixel, {
        request,
        limits,
        board,
    })
    const timing = limits.solveTiming({
        widthPx: stages.sensorWindow.width,
        heightPx: stages.sensorWindow.height,
        binning,
        xclkHz: board.xclkHz,
        fps: request.fps ?? 0,
        mode: request.timing ?? TimingMode.AUTO,
        xPx: stages.sensorWindow.x,
        yPx: stages.sensorWindow.y,
        outputWidthPx: stages.busWidthPx,
        outputHeightPx: stages.busHeightPx,
        format,
    })
    const parts: Parts = {
        strategy,
        format,
        binning,
        bytesPerPixel,
        stages,
        memory,
        timing,
    }
    return assemble(parts, { request, limits, board, reuse })
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] }

/** What planStrategy() has found out. */
interface Parts {
    readonly strategy: Strategy
    readonly format: PixelFormat
    readonly binning: number
    readonly bytesPerPixel: number
    readonly stages: Stages
    readonly memory: Memory
    readonly timing: SensorTiming
}

function assemble(parts: Parts, given: Given): CapturePlan {
    const { strategy, stages, memory, timing, bytesPerPixel } = parts
    const request = given.request
    const byLine = strategy === Strategy.LINE
    const rowBytes = busRowBytes(stages, bytesPerPixel)
    const droppedBytes = droppedRowBytes(stages, bytesPerPixel)
    // Line by line the DCMI drops columns before the window only: a row or a clock that is lost or doubled is noticed.
    const crop = byLine
        ? droppedBytes > 0
        : strategy !== Strategy.JPEG && hasResidue(stages)
    const registers = cropRegisters(crop, byLine, stages, bytesPerPixel)
    const frameBytes = memory.lineBytes * memory.lines
    const words = frameBytes / CropLimit.WORD_BYTES
    const busBytes = stages.busWidthPx * stages.busHeightPx * bytesPerPixel
    const transfers = byLine ? stages.busHeightPx : dmaTransfers(words)
    const pclk = readoutPclk(stages, timing, given.limits)
    const rejected = rejections(strategy, stages, given)
    // From here on nothing is thrown: a plan that is reused stays whole when nothing comes of the new one.
    const plan = (given.reuse ?? {}) as Writable<CapturePlan>
    plan.strategy = strategy
    plan.format = parts.format
    plan.window = stages.window
    plan.sensorWindow = stages.sensorWindow
    plan.binning = parts.binning
    plan.flip = request.flip ?? Flip.NONE
    plan.busWidthPx = stages.busWidthPx
    plan.busHeightPx = stages.busHeightPx
    plan.widthPx = stages.widthPx
    plan.heightPx = stages.heightPx
    plan.fps = request.fps ?? 0
    plan.timingMode = request.timing ?? TimingMode.AUTO
    plan.timing = timing
    plan.lineBytes = memory.lineBytes
    plan.lines = memory.lines
    plan.frameBytes = frameBytes
    plan.transfers = transfers
    plan.transferWords = byLine
        ? rowBytes / CropLimit.WORD_BYTES
        : words / transfers
    plan.buffers = memory.buffers
    plan.bufferBytes = memory.bufferBytes
    plan.batchRows = memory.batchRows
    plan.display = request.display
    plan.crop = crop
    plan.cwstrt = registers.cwstrt
    plan.cwsize = registers.cwsize
    plan.skipBytes = byLine
        ? stages.skipColumns * bytesPerPixel - droppedBytes
        : 0
    plan.skipRows = byLine ? stages.skipRows : 0
    plan.readoutUs = Math.round((pclk * 1000000) / given.board.xclkHz)
    plan.busBytes = busBytes
    plan.irqs = byLine ? transfers + 1 : interrupts(crop, transfers)
    plan.rejected = rejected
    return plan
}

/**
 * Count DCMI and DMA interrupts of a frame: one at its end. With a crop FRAME comes before VSYNC, and both are needed;
 * of several transfers each has its own, and VSYNC alone ends the frame.
 */
function interrupts(crop: boolean, transfers: number): number {
    if (transfers > 1) return transfers + 1
    return crop ? 2 : 1
}

/** @returns zeros without a crop */
function cropRegisters(
    crop: boolean,
    byLine: boolean,
    stages: Stages,
    bytesPerPixel: number
): DcmiCrop {
    if (!crop) return { cwstrt: 0, cwsize: 0 }
    if (!byLine)
        return dcmiCrop(
            {
                x: stages.skipColumns,
                y: stages.skipRows,
                width: stages.widthPx,
                height: stages.heightPx,
            },
            bytesPerPixel
        )
    const x = droppedRowBytes(stages, bytesPerPixel) / bytesPerPixel
    return dcmiCrop(
        {
            x,
            y: 0,
            width: stages.busWidthPx - x,
            height: stages.busHeightPx,
        },
        bytesPerPixel
    )
}

/** From the first to the last captured pixel, cycles of the sensor's clock input. */
function readoutPclk(
    stages: Stages,
    timing: SensorTiming,
    limits: SensorLimits
): number {
    const window = stages.window
    if (!limits.solveFrame)
        return (stages.heightPx - 1) * timing.rowPclk + window.width
    // A scaler's core reads its whole field, in more or fewer rows.
    const coreRows =
        Math.round(timing.framePclk / timing.rowPclk) - timing.vblankRows
    return (window.height * coreRows * timing.rowPclk) / limits.heightPx
}
