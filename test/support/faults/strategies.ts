// SPDX-License-Identifier: MIT
// The ways to capture that faults are tried on: the columns of docs/faults.md.

import {
    PixelFormat,
    Strategy,
    type CaptureRequest,
} from "../../../protocol/capture.ts"
import type { SensorName } from "../../../protocol/names.ts"

/** One way to capture. */
export interface FaultyCapture {
    readonly name: string
    readonly sensor: SensorName
    readonly app: string
    readonly request: CaptureRequest
    readonly scene: string
}

/** In the middle of the field: there are rows and columns on each side of it. */
const WINDOW = { x: 200, y: 160, width: 160, height: 120 }
/** A frame has as many; a batch fewer. */
export const WINDOW_ROWS = WINDOW.height

function gray(
    name: string,
    strategy: Strategy,
    buffers: number,
    app = "test/faults/programs/frames.ts"
): FaultyCapture {
    return {
        name,
        sensor: "mt9v034",
        app,
        request: { window: WINDOW, strategy, buffers },
        // No row is like another one. That rows are old shows by who wrote them last.
        scene: "noise",
    }
}

export const FAULTY_CAPTURES: readonly FaultyCapture[] = [
    gray("line", Strategy.LINE, 2),
    gray("line, ring", Strategy.LINE, 4, "test/faults/programs/rows.ts"),
    gray("dcmi-crop, 1 buffer", Strategy.DCMI_CROP, 1),
    gray("dcmi-crop", Strategy.DCMI_CROP, 2),
    gray("sensor-window", Strategy.SENSOR_WINDOW, 2),
    gray("rows+crop", Strategy.ROWS_CROP, 2),
    {
        name: "jpeg",
        sensor: "ov2640",
        app: "test/faults/programs/frames.ts",
        request: {
            strategy: Strategy.JPEG,
            format: PixelFormat.JPEG,
            size: { width: 320, height: 240 },
        },
        scene: "photo",
    },
]
