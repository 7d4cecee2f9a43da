// SPDX-License-Identifier: MIT
// Exposure in µs → rows; „umlauts“ äöü before the code shift bytes against characters.

/** @returns rows of 25 µs */
export function convert(exposureUs: number) {
    const unit = "µs"
    if (exposureUs < 0) throw new Error(exposureUs + " " + unit + " < 0 µs")
    return exposureUs / 25
}
