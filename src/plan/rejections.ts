// SPDX-License-Identifier: MIT
// Why each other strategy is not the one, in a word: all that the device keeps of them. Pure.

import type { Stages } from "./stages"
import { Strategy, strategyName } from "../../protocol/capture"
import type { Given } from "./types"

/** Strategies that need no encoder. */
export const PLACES = 4

/** From the fewest bytes on the bus to the most; of as many bytes, fewer interrupts first. */
export function byBusBytes(place: number): Strategy {
    if (place === 0) return Strategy.SENSOR_WINDOW
    if (place === 1) return Strategy.ROWS_CROP
    if (place === 2) return Strategy.DCMI_CROP
    return Strategy.LINE
}

/** One word for each strategy that is not the one. */
export function rejections(
    chosen: Strategy,
    stages: Stages,
    given: Given
): string {
    let text = ""
    for (let strategy = Strategy.LINE; strategy <= Strategy.JPEG; strategy++) {
        if (strategy === chosen) continue
        const word = rejection(strategy, chosen, stages, given)
        const name = strategyName(strategy)
        // One string at a time: each is garbage on the device's heap.
        text = text ? `${text}, ${name} ${word}` : `${name} ${word}`
    }
    return text
}

function rejection(
    strategy: Strategy,
    chosen: Strategy,
    stages: Stages,
    given: Given
): string {
    const { request, limits } = given
    if (strategy === Strategy.JPEG && !limits.hasEncoder) return "no-encoder"
    if ((request.strategy ?? Strategy.AUTO) !== Strategy.AUTO) return "unasked"
    if (strategy === Strategy.JPEG) return "compressed"
    if (chosen === Strategy.JPEG) return "uncompressed"
    if (place(strategy) < place(chosen)) return "impossible"
    const read = stages.sensorWindow
    const allColumns = read.width === limits.widthPx
    const allRows = read.height === limits.heightPx
    const same = allColumns && (allRows || strategy === Strategy.ROWS_CROP)
    if (!same) return "busier"
    return strategy === Strategy.LINE ? "more-interrupts" : "no-better"
}

/** Where the planner looks for it (planCapture). */
function place(strategy: Strategy): number {
    let at = 0
    while (at < PLACES && byBusBytes(at) !== strategy) at++
    return at
}
