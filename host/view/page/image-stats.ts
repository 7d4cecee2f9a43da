// SPDX-License-Identifier: MIT
// What an image's pixels say: histogram, brightness, and how sharp it is. Of all pixels, in gray levels 0..255.

export const HISTOGRAM_BINS = 64

export interface ImageStats {
    readonly mean: number
    readonly min: number
    readonly max: number
    /** Share of the pixels in each of 64 bins of 4 gray levels, 0..1. */
    readonly histogram: readonly number[]
    /** Mean absolute difference of horizontal neighbours: larger is sharper, on the same scene. */
    readonly focus: number
}

/** Measure RGBA pixels as a canvas has them; colour counts by its luminance (BT.601). */
export function imageStats(rgba: Uint8ClampedArray, width: number): ImageStats {
    const bins = new Array<number>(HISTOGRAM_BINS).fill(0)
    const pixels = rgba.length / 4
    let [sum, differences, min, max, before] = [0, 0, 255, 0, 0]
    for (let i = 0; i < pixels; i++) {
        const at = 4 * i
        const gray = Math.round(
            0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!
        )
        sum += gray
        if (i % width !== 0) differences += Math.abs(gray - before)
        before = gray
        if (gray < min) min = gray
        if (gray > max) max = gray
        bins[(gray * HISTOGRAM_BINS) >> 8]!++
    }
    const pairs = pixels - pixels / width
    return {
        mean: sum / pixels,
        min,
        max,
        histogram: bins.map(count => count / pixels),
        focus: pairs > 0 ? differences / pairs : 0,
    }
}
