// SPDX-License-Identifier: MIT
// Frame statistics as a loop over all pixels says them.

/** As cam_stats_t has them (native/capture/stats.h). */
export interface FrameStats {
    meanX256: number
    min: number
    max: number
    count: number
    centroidX: number
    centroidY: number
    sumDiff: number
}

/**
 * Statistics of gray pixels, one by one.
 *
 * @param threshold gray level from which a pixel counts as bright
 */
export function frameStats(
    pixels: Uint8Array,
    threshold: number,
    columns: number,
    rowStep = 1
): FrameStats {
    const seen = [...pixels.keys()].filter(
        i => Math.floor(i / columns) % rowStep === 0
    )
    const bright = seen.filter(i => pixels[i]! >= threshold)
    const values = seen.map(i => pixels[i]!)
    const sum = values.reduce((a, b) => a + b, 0)
    const average = (values: number[]): number =>
        values.length === 0
            ? 0
            : Math.floor(
                  (256 * values.reduce((a, b) => a + b, 0)) / values.length
              )
    return {
        meanX256: Math.floor((256 * sum) / seen.length),
        min: Math.min(...values),
        max: Math.max(...values),
        count: bright.length,
        centroidX: average(bright.map(i => i % columns)),
        centroidY: average(bright.map(i => Math.floor(i / columns))),
        sumDiff: seen
            .filter(i => i % columns > 0)
            .reduce((a, i) => a + Math.abs(pixels[i]! - pixels[i - 1]!), 0),
    }
}
