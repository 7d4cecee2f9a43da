// SPDX-License-Identifier: MIT
// The capture strategies as a person knows them.

import type { StrategyName } from "../protocol/names.ts"

/** Who drops the pixels that nobody wants. */
export const WHO_DROPS_THE_PIXELS: Readonly<Record<StrategyName, string>> = {
    auto: "the program's choice",
    line: "the CPU drops the pixels, row by row",
    "dcmi-crop": "the DCMI drops the pixels",
    "sensor-window": "the sensor drops the pixels",
    "rows+crop": "the sensor drops the rows, the DCMI the columns",
    jpeg: "the sensor compresses the frame",
}

/** The words of --strategy. */
export const STRATEGY_NAMES = Object.keys(
    WHO_DROPS_THE_PIXELS
) as StrategyName[]
