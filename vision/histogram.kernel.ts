// SPDX-License-Identifier: MIT
import { Frame, Ints, ints } from "camscript/kernel"

/** Gray levels below which a share of the pixels lies. */
export class Percentiles {
    /** 0..255. */
    low: u8 = 0
    median: u8 = 0
    high: u8 = 0
    /** Gray level, not rounded. */
    mean: f32 = 0
}

const LEVELS = 256

const counts = ints(LEVELS)

function count(frame: Frame, into: Ints): void {
    const width = frame.width
    const height = frame.height
    for (let level = 0; level < LEVELS; level++) into[level] = 0
    for (let y = 0; y < height; y++) {
        const row = frame.row(y)
        for (let x = 0; x < width; x++) into[row[x]] = into[row[x]] + 1
    }
}

/**
 * How many pixels have each gray level.
 *
 * @param levels 256 counts
 */
export function histogram(frame: Frame, levels: Ints): void {
    count(frame, levels)
}

/** The lowest gray level that at least so many pixels do not exceed. */
function levelOf(pixels: i32): i32 {
    let seen = 0
    for (let level = 0; level < LEVELS; level++) {
        seen += counts[level]
        if (seen >= pixels) return level
    }
    return LEVELS - 1
}

/**
 * Gray levels that a share of the pixels does not exceed: the darkest, the middle and the brightest part.
 *
 * @param lowPercent 0..100; 0 is the darkest pixel
 * @param highPercent 0..100; 100 is the brightest pixel
 */
export function percentiles(
    frame: Frame,
    lowPercent: i32,
    highPercent: i32,
    found: Percentiles
): void {
    count(frame, counts)
    const pixels = frame.width * frame.height
    let sum: u32 = 0
    for (let level = 0; level < LEVELS; level++) sum += counts[level] * level
    found.low = <u8>levelOf(max(1, (pixels * lowPercent + 99) / 100))
    found.median = <u8>levelOf((pixels + 1) / 2)
    found.high = <u8>levelOf(max(1, (pixels * highPercent + 99) / 100))
    found.mean = <f32>sum / <f32>pixels
}
