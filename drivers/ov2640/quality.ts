// SPDX-License-Identifier: MIT
// JPEG quality as people say it (1..100) and as the OV2640 has it (QS, the quantisation scale). Pure.
// Source: OV2640 data sheet v1.6, DSP register 0x44.

/** Ranges of both scales. */
export enum Quality {
    MIN = 1,
    MAX = 100,
    /** What the driver uses when nobody says. */
    DEFAULT = 80,
    /** The register's range is 0..63; 0 and 1 quantise so little that the stream outgrows every buffer. */
    QS_BEST = 2,
    QS_WORST = 63,
}

/** Bytes kept for a frame: one for each 5 pixels (practice of esp32-camera; the data sheet gives no figure). */
const RESERVE_PIXELS_PER_BYTE = 5

/**
 * And these, which do not shrink with the frame: 623 of headers and tables, up to 511 of filler, and the detail of a
 * whole scene in few pixels. Without them a frame of 160x120 does not fit (esp32-camera #468); measured on photo and
 * chart at the default quality, rounded up.
 */
const RESERVE_FIXED_BYTES = 3072

/**
 * Say why a number is no quality.
 *
 * @returns one clause; "" when it is one
 */
export function qualityProblem(quality: number): string {
    if (quality >= Quality.MIN && quality <= Quality.MAX) return ""
    return `quality ${quality} is not in ${Quality.MIN}..${Quality.MAX}`
}

/**
 * Compute the quantisation scale: a straight line from 1 -> 63 to 100 -> 2.
 *
 * @param quality 1..100; a better one never has the larger scale
 * @returns content of QS, 2..63
 */
export function qualityToQs(quality: number): number {
    const steps = Quality.QS_WORST - Quality.QS_BEST
    const span = Quality.MAX - Quality.MIN
    return Math.round(
        Quality.QS_WORST - ((quality - Quality.MIN) * steps) / span
    )
}

/**
 * Find the highest quality that has a quantisation scale.
 *
 * @param qs 2..63
 * @returns 1..100
 */
export function qsToQuality(qs: number): number {
    const steps = Quality.QS_WORST - Quality.QS_BEST
    const span = Quality.MAX - Quality.MIN
    const highest = Math.floor(
        Quality.MIN + ((Quality.QS_WORST + 0.5 - qs) * span) / steps
    )
    return Math.min(Quality.MAX, highest)
}

/**
 * Find the next lower quality that makes a difference: one step of QS further.
 *
 * @param quality 1..100
 * @returns 0 when there is none
 */
export function lowerQuality(quality: number): number {
    const qs = qualityToQs(quality)
    return qs >= Quality.QS_WORST ? 0 : qsToQuality(qs + 1)
}

/**
 * Guess the quality at which a frame fits that did not. It may take a few guesses, each lower than the one before.
 *
 * @param quality 1..100, of the frame
 * @returns 1..100; 0 when there is no lower one
 */
export function fittingQuality(
    quality: number,
    neededBytes: number,
    bufferBytes: number
): number {
    const qs = qualityToQs(quality)
    if (qs >= Quality.QS_WORST) return 0
    const excess = neededBytes / bufferBytes
    // Sizes fall more slowly than scales rise: the model's chart of 640x480 has 138,752 bytes with QS 14, 72,704 with QS 44.
    const guess = Math.ceil((qs * excess * (1 + excess)) / 2)
    return qsToQuality(Math.min(Quality.QS_WORST, Math.max(qs + 1, guess)))
}

/** Of the buffer, what a better quality may fill: scenes change. */
const ROOMY = 0.8

/**
 * Find a better quality at which frames still fit; sizes rise more slowly than scales fall, so that the guess is safe.
 *
 * @param quality 1..100, of the frames
 * @param wanted 1..100, the best there may be
 * @returns 1..100; 0 when there is no better one
 */
export function roomyQuality(
    quality: number,
    wanted: number,
    largestBytes: number,
    bufferBytes: number
): number {
    const qs = qualityToQs(quality)
    const guess = Math.ceil((qs * largestBytes) / (ROOMY * bufferBytes))
    const best = Math.max(qualityToQs(wanted), guess)
    return best < qs ? Math.min(wanted, qsToQuality(best)) : 0
}

/**
 * Propose a buffer for one compressed frame.
 *
 * @returns bytes, whole words; a frame may still be larger
 */
export function jpegReserveBytes(widthPx: number, heightPx: number): number {
    const bytes = Math.ceil((widthPx * heightPx) / RESERVE_PIXELS_PER_BYTE)
    return RESERVE_FIXED_BYTES + Math.ceil(bytes / 4) * 4
}
