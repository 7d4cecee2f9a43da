// SPDX-License-Identifier: MIT
// Frame timing of the MT9V034 in whole clocks of SYSCLK (MT9V034 DS p.9..10, tables 5 and 6).

import type { DataChange } from "../../wires/parallel-bus.ts"
import { rowClocks, type FrameSettings, type Shutter } from "./settings.ts"

/** LV falls so many clocks before FV does: P2. */
export const LINE_END_TO_FRAME_END_CLOCKS = 23
/** Added once per frame to the vertical blanking. */
const FRAME_EXTRA_CLOCKS = 4

/** Counts SYSCLK since power-up; converted at each event, so that rounding never adds up. */
export class SysClk {
    /** The clock from which `hz` holds, and its time, ns. */
    private fromCount = 0
    private fromNs = 0

    constructor(private frequencyHz: number) {}

    get hz(): number {
        return this.frequencyHz
    }

    /** Another frequency, from a time on. */
    change(hz: number, nowNs: number): void {
        this.fromCount = this.countAt(nowNs)
        this.fromNs = nowNs
        this.frequencyHz = hz
    }

    /** Time of clock number `count`, ns, rounded. */
    toNs(count: number): number {
        return (
            this.fromNs + Math.round(((count - this.fromCount) * 1e9) / this.hz)
        )
    }

    /** Number of the first clock at or after a time, ns. */
    countAt(timeNs: number): number {
        return (
            this.fromCount + Math.ceil(((timeNs - this.fromNs) * this.hz) / 1e9)
        )
    }
}

export function columnsOut(settings: FrameSettings): number {
    return Math.max(1, Math.floor(settings.window.width / settings.columnBin))
}

export function rowsOut(settings: FrameSettings): number {
    return Math.max(1, Math.floor(settings.window.height / settings.rowBin))
}

/**
 * From frame start to frame start. The exposure of the next frame runs beside this one's readout; when it is longer
 * than readout and blanking, the sensor lengthens the blanking by itself (coarse + 2 rows; DS p.10).
 *
 * @param next the shutter of the next frame
 */
export function frameClocks(settings: FrameSettings, next: Shutter): number {
    const row = rowClocks(settings)
    const rows = rowsOut(settings)
    const { coarseRows, fineClocks } = next
    const plain = (rows + settings.vblankRows) * row + FRAME_EXTRA_CLOCKS
    const fits =
        coarseRows + (fineClocks > 0 ? 1 : 0) < rows + settings.vblankRows - 2
    const stretched = (coarseRows + 2) * row + fineClocks + FRAME_EXTRA_CLOCKS
    // At the limit the sheet's second formula gives less than the first; a frame is never shorter than its rows.
    return fits ? plain : Math.max(plain, stretched)
}

/** Exposure of a frame, clocks of SYSCLK. */
export function exposureClocks(
    settings: FrameSettings,
    shutter: Shutter
): number {
    return shutter.coarseRows * rowClocks(settings) + shutter.fineClocks
}

/** At 26.6 MHz data is valid for 14 ns before and after the middle of the clock: it changes this far about its edge, ns. */
const DATA_SKEW_NS = 1e9 / 26.6e6 / 2 - 14

/**
 * When DOUT changes, after the falling edge of PIXCLK. Unbinned, PIXCLK is SYSCLK inverted and data comes with its falling
 * edge. Binned, PIXCLK is divided, HIGH and LOW for whole clocks of SYSCLK (MT9V032 DS, output data timing), and by which
 * edge of SYSCLK, the sheet does not say: here data comes half a clock later, so that it is stable at both edges. Products
 * sample binned frames at the falling one (PX4-Flow, OpenMV), others at the rising one.
 */
export function dataChange(sysClkHz: number, columnBin: number): DataChange {
    const afterNs = columnBin === 1 ? 0 : 1e9 / sysClkHz / 2
    return {
        earliestNs: afterNs - DATA_SKEW_NS,
        latestNs: afterNs + DATA_SKEW_NS,
    }
}
