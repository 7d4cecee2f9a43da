// SPDX-License-Identifier: MIT
// What a request may not say, whatever the geometry: numbers out of range, formats that do not fit. Pure.

import type { SensorLimits } from "../../drivers/sensor-limits"
import { checkDisplayUse } from "./display"
import { BufferLimit } from "./memory"
import { PlanError } from "./plan-error"
import {
    Flip,
    formatName,
    PixelFormat,
    Strategy,
    strategyName,
    TimingMode,
} from "../../protocol/capture"
import type { CaptureRequest } from "../../protocol/capture"

/** @throws PlanError for numbers that mean nothing */
export function checkNumbers(request: CaptureRequest): void {
    const fps = request.fps ?? 0
    if (!(fps >= 0)) throw new PlanError(`frame rate ${fps} is not 0 or above`)
    const timing = request.timing ?? TimingMode.AUTO
    if (!(timing >= TimingMode.AUTO && timing <= TimingMode.DEFAULT))
        throw new PlanError(`timing ${timing} is none of 0..2`)
    const flip = request.flip ?? Flip.NONE
    if (!(flip >= Flip.NONE && flip <= Flip.BOTH))
        throw new PlanError(
            `flip ${flip} is none of 0..${Flip.BOTH} (none, hflip, vflip, both)`
        )
    const batchRows = request.batchRows ?? 0
    if (!(batchRows >= 0 && batchRows <= BufferLimit.BATCH_ROWS_MAX))
        throw new PlanError(
            `a batch of ${batchRows} rows is not in 0..${BufferLimit.BATCH_ROWS_MAX}`
        )
}

/**
 * @returns pixels that the sensor makes one of, each way
 * @throws PlanError for a binning that the sensor does not have
 */
export function checkedBinning(
    request: CaptureRequest,
    limits: SensorLimits
): number {
    const binning = request.binning ?? 0
    if (binning === 0 || binning === 1) return 1
    if (binning !== 2 && binning !== 4)
        throw new PlanError(`binning ${binning} is none of 1, 2, 4`)
    if (!limits.solveFrame) return binning
    const { window } = request
    const width = Math.floor((window ? window.width : limits.widthPx) / binning)
    const height = Math.floor(
        (window ? window.height : limits.heightPx) / binning
    )
    throw new PlanError(
        `binning ${binning}: the ${limits.name} scales the frame instead, to any size; take --size ${width}x${height}`
    )
}

/** @throws PlanError for a format that the sensor or the strategy does not have */
export function checkedFormat(
    strategy: Strategy,
    request: CaptureRequest,
    limits: SensorLimits
): PixelFormat {
    const format = sentFormat(strategy, request, limits)
    if (request.display)
        checkDisplayUse(strategy, format, request.batchRows ?? 0)
    return format
}

function sentFormat(
    strategy: Strategy,
    request: CaptureRequest,
    limits: SensorLimits
): PixelFormat {
    const wanted = request.format ?? PixelFormat.AUTO
    const name = formatName(wanted)
    if (strategyName(strategy) === "?" || strategy === Strategy.AUTO)
        throw new PlanError(`strategy ${strategy} is unknown`)
    if (name === "?") throw new PlanError(`format ${wanted} is unknown`)
    if (strategy === Strategy.JPEG || wanted === PixelFormat.JPEG) {
        const what = wanted === PixelFormat.JPEG ? "format" : "strategy"
        if (!limits.hasEncoder)
            throw new PlanError(
                `${what} jpeg needs an encoder, the ${limits.name} has none`
            )
        if (strategy !== Strategy.JPEG)
            throw new PlanError(
                `strategy ${strategyName(strategy)} drops pixels, and a JPEG has none any more ` +
                    "(RM0090 §15.5.6: no crop with JPEG); take strategy jpeg"
            )
        if (wanted !== PixelFormat.AUTO && wanted !== PixelFormat.JPEG)
            throw new PlanError(
                `strategy jpeg sends jpeg, the request wants ${name}`
            )
        return PixelFormat.JPEG
    }
    if (wanted === PixelFormat.AUTO) return PixelFormat.GRAY8
    if (!limits.formatBytes && wanted !== PixelFormat.GRAY8)
        throw new PlanError(
            `format ${name}: the ${limits.name} sends gray8 only`
        )
    return wanted
}
