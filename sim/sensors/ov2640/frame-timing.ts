// SPDX-License-Identifier: MIT
// When rows leave the OV2640's pixel array, in half periods of its pixel clock (DS figures 15-17).

import { dummyLines, dummyPclk } from "./clocks.ts"
import type { RegisterFile } from "./register-file.ts"
import { VSYNC_LINES, type SensorMode } from "./sensor-mode.ts"

/** A window on the sensor's rows, in pixels of its mode, from the first active pixel. */
export interface SensorWindow {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
}

/** All times in half tP from the start of the VSYNC pulse: CIF's are no whole numbers of tP. */
export interface FrameTiming {
    readonly lineHalfs: number
    readonly frameHalfs: number
    readonly vsyncHalfs: number
    /** The first pixel of the first row of the sensor window. */
    readonly firstRowHalfs: number
    /** Active pixels of one row. */
    readonly rowHalfs: number
    readonly lines: number
}

/** The timing of one frame: T = (lines + FLL + 256*FLH) * (line + dummy) tP. */
export function frameTiming(
    mode: SensorMode,
    window: SensorWindow,
    regs: RegisterFile
): FrameTiming {
    const lineHalfs = 2 * (mode.linePclk + dummyPclk(regs))
    const lines = mode.lines + dummyLines(regs)
    const vsyncHalfs = VSYNC_LINES * lineHalfs
    const fullWindowHalfs =
        vsyncHalfs + mode.leadLines * lineHalfs + mode.leadHalfPclk
    return {
        lineHalfs,
        frameHalfs: lines * lineHalfs,
        vsyncHalfs,
        // DS: moving the window moves HREF and VREF, line and frame period stay.
        firstRowHalfs: fullWindowHalfs + window.y * lineHalfs + 2 * window.x,
        rowHalfs: 2 * window.width,
        lines,
    }
}
