// SPDX-License-Identifier: MIT
// From a request to one capture plan: who crops, what is read, how fast, into how many buffers. Pure.

import type {
    Rectangle,
    SensorLimits,
    SensorTiming,
} from "../../drivers/sensor-limits"
import {
    sensorWindowProblem,
    Strategy,
    strategyName,
    TimingMode,
} from "../../drivers/sensor-limits"
import type { DcmiCrop, WindowRequest } from "./crop"
import { dcmiCrop, dmaWords, placeWindow } from "./crop"
import type { BoardLimits } from "./memory"
import { frameBuffers } from "./memory"
import { PlanError } from "./plan-error"

/** What is wanted; what is left out is the planner's choice. */
export interface PlanRequest {
    /** Left out: the sensor's whole field. */
    window?: WindowRequest
    /** Frames per second; left out or 0: as fast as `timing` allows, without `timing` as fast as possible. */
    fps?: number
    strategy?: Strategy
    timing?: TimingMode
    buffers?: number
    /** Upper limit for all frame buffers, bytes. */
    ramBytes?: number
}

/** All that sensor and grabber need to be told. */
export interface CapturePlan {
    readonly strategy: Strategy
    /** What arrives in memory, on the sensor's field. */
    readonly window: Rectangle
    /** What the sensor reads. */
    readonly sensorWindow: Rectangle
    /** Wanted frame rate; 0: the fastest. */
    readonly fps: number
    readonly timingMode: TimingMode
    readonly timing: SensorTiming
    readonly lineBytes: number
    readonly lines: number
    readonly frameBytes: number
    readonly words: number
    readonly buffers: number
    /** The DCMI crops. */
    readonly crop: boolean
    readonly cwstrt: number
    readonly cwsize: number
    /** From the first to the last captured pixel, µs. */
    readonly readoutUs: number
    /** Bytes per frame on the parallel bus. */
    readonly busBytes: number
    /** Why each other strategy is not the one: "line not-built, ...". */
    readonly rejected: string
}

/**
 * Plan a capture.
 *
 * @returns what will really happen: the window in whole words, the frame rate nearest to the request
 * @throws PlanError when the window is not on the sensor, a frame does not fit, or the strategy cannot be had
 */
export function planCapture(
    request: PlanRequest,
    limits: SensorLimits,
    board: BoardLimits
): CapturePlan {
    const fps = request.fps ?? 0
    if (!(fps >= 0)) throw new PlanError(`frame rate ${fps} is not 0 or above`)
    const strategy = chooseStrategy(request.strategy ?? Strategy.AUTO, limits)
    const field: Rectangle = {
        x: 0,
        y: 0,
        width: limits.widthPx,
        height: limits.heightPx,
    }
    const window = placeWindow(request.window || field, limits)
    const crop = strategy === Strategy.DCMI_CROP
    const problem = crop ? "" : sensorWindowProblem(window, limits)
    if (problem) throw new PlanError(problem)
    const lineBytes = window.width * limits.bytesPerPixel
    const frameBytes = lineBytes * window.height
    const buffers = frameBuffers(
        {
            size: `${window.width}x${window.height}`,
            frameBytes,
            buffers: request.buffers ?? 0,
            ramBytes: request.ramBytes ?? 0,
        },
        board
    )
    const sensorWindow = crop ? field : window
    const timingMode = request.timing ?? TimingMode.AUTO
    const timing = limits.solveTiming({
        widthPx: sensorWindow.width,
        heightPx: sensorWindow.height,
        binning: 1,
        xclkHz: board.xclkHz,
        fps,
        mode: timingMode,
    })
    const registers: DcmiCrop = crop
        ? dcmiCrop(window, limits.bytesPerPixel)
        : { cwstrt: 0, cwsize: 0 }
    return {
        strategy,
        window,
        sensorWindow,
        fps,
        timingMode,
        timing,
        lineBytes,
        lines: window.height,
        frameBytes,
        words: dmaWords(lineBytes, window.height),
        buffers,
        crop,
        cwstrt: registers.cwstrt,
        cwsize: registers.cwsize,
        readoutUs: Math.round(
            (((window.height - 1) * timing.rowPclk + lineBytes) * 1000000) /
                board.xclkHz
        ),
        busBytes:
            sensorWindow.width * limits.bytesPerPixel * sensorWindow.height,
        rejected: rejections(strategy, limits),
    }
}

/** @throws PlanError for a strategy that cannot be had, with the reason */
function chooseStrategy(wanted: Strategy, limits: SensorLimits): Strategy {
    if (wanted === Strategy.AUTO) return Strategy.SENSOR_WINDOW
    const why = obstacle(wanted, limits)
    if (why === "") return wanted
    if (why === "no-encoder")
        throw new PlanError(
            `strategy jpeg needs an encoder, the ${limits.name} has none`
        )
    throw new PlanError(
        `strategy ${strategyName(wanted)} is not built in yet; take sensor-window or dcmi-crop`
    )
}

/** One word that says why a strategy cannot be had; "" when it can. */
function obstacle(strategy: Strategy, limits: SensorLimits): string {
    if (strategy === Strategy.SENSOR_WINDOW || strategy === Strategy.DCMI_CROP)
        return ""
    if (strategy === Strategy.JPEG && !limits.hasEncoder) return "no-encoder"
    return "not-built"
}

function rejections(chosen: Strategy, limits: SensorLimits): string {
    let text = ""
    for (let strategy = Strategy.LINE; strategy <= Strategy.JPEG; strategy++) {
        if (strategy === chosen) continue
        let why = obstacle(strategy, limits)
        // The crop leaves the whole field on the bus; whoever asked for it did not want the sensor's window.
        if (why === "")
            why = strategy === Strategy.DCMI_CROP ? "busier" : "unasked"
        if (text) text += ", "
        text += strategyName(strategy) + " " + why
    }
    return text
}
