// SPDX-License-Identifier: MIT
// Where on the field an OV2640 frame was taken.

import type { FrameSettings } from "./settings.ts"
import type { Rectangle } from "../../../protocol/capture.ts"

/** The DSP window in pixels of the 1600x1200 field; with mirror or flip the sensor's window is turned first. */
export function fieldWindow(settings: FrameSettings): Rectangle {
    const { geometry, mirror, flip } = settings
    const { mode, sensor, window } = geometry
    const left = mirror ? sensor.width - window.x - window.width : window.x
    const top = flip ? sensor.height - window.y - window.height : window.y
    return {
        x: mode.step * (sensor.x + left),
        y: mode.step * (sensor.y + top),
        width: mode.step * window.width,
        height: mode.step * window.height,
    }
}
