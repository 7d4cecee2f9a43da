// SPDX-License-Identifier: MIT
// Where a window lies in a frame that was sent.

import type { SensorFrame } from "../sensors/sensor-model.ts"
import type { Rectangle } from "../../protocol/capture.ts"

/**
 * Count what the sensor sends before a window's first column and first row.
 * @returns pixels of the field: of a frame that is binned or scaled as many times more than were sent
 */
export function placeInSent(
    sent: Pick<SensorFrame, "window" | "hflip" | "vflip">,
    window: Readonly<Rectangle>
): { readonly x: number; readonly y: number } {
    const { window: read, hflip = false, vflip = false } = sent
    const left = window.x - read.x
    const top = window.y - read.y
    return {
        x: hflip ? read.width - window.width - left : left,
        y: vflip ? read.height - window.height - top : top,
    }
}
