// SPDX-License-Identifier: MIT
// The OV2640's gain code. Pure. Source: OV2640 data sheet v1.6, sensor register 0x00.

import { Gain, Range } from "./registers"

/**
 * Find the code of the nearest gain.
 *
 * @param gain 1 = 1x; below 1 and above 31 the nearest end
 * @returns content of GAIN: each of bits 7..4 doubles, bits 3..0 add sixteenths
 */
export function gainToCode(gain: number): number {
    let rest = Math.max(Range.GAIN_MIN, Math.min(Range.GAIN_MAX, gain))
    let doublings = 0
    let bits = 0
    // From 1 + 31/32 on, the next power of two is nearer than 1 + 15/16.
    while (rest >= 2 - 0.5 / Gain.STEPS && doublings < Gain.DOUBLINGS_MAX) {
        rest = rest / 2
        bits |= Gain.FIRST_DOUBLING << doublings
        doublings++
    }
    const steps = Math.max(0, Math.round((rest - 1) * Gain.STEPS))
    return bits | Math.min(Gain.FRACTION_MASK, steps)
}

/**
 * Say which gain a code stands for.
 *
 * @param code content of GAIN
 * @returns 1 = 1x
 */
export function codeToGain(code: number): number {
    let gain = 1 + (code & Gain.FRACTION_MASK) / Gain.STEPS
    for (let i = 0; i < Gain.DOUBLINGS_MAX; i++)
        if (code & (Gain.FIRST_DOUBLING << i)) gain = gain * 2
    return gain
}
