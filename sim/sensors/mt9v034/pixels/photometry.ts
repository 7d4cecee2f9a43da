// SPDX-License-Identifier: MIT
// From luminance, exposure and gain to a 10-bit pixel. The one rule that renderer and reference share.

/** With this exposure and gain 1x a scene value of 255 is white, us. */
export const REFERENCE_EXPOSURE_US = 4000
export const WHITE_10BIT = 1023

/**
 * 10-bit pixel of a scene value 0..255: linear, rounded, saturating. At the reference exposure 255 gives 1020, which is
 * 255 in the upper 8 bits that the bus carries.
 */
export function pixel10(
    luma: number,
    exposureUs: number,
    gain: number
): number {
    const value = (4 * luma * exposureUs * gain) / REFERENCE_EXPOSURE_US
    return Math.min(WHITE_10BIT, Math.round(value))
}
