// SPDX-License-Identifier: MIT
// What the MT9V034 takes over from its registers at the start of a frame, and which combinations cannot work.

import type { RegisterFile } from "./register-file.ts"
import { Reg } from "./register-addresses.ts"
import type { Rectangle } from "../../../protocol/capture.ts"

export const FIELD_COLUMNS = 752
export const FIELD_ROWS = 480

/** A row shorter than this is corrupt (all revisions of the sheet), clocks of SYSCLK. */
const ROW_FLOOR_CLOCKS = 690
/** MT9V034 DS Rev. 7 asks for this; earlier revisions and the drivers in use for 690. */
const ROW_MINIMUM_CLOCKS = 704
/** With no whole row of exposure there must be so many clocks of it. */
const FINE_ONLY_MINIMUM_CLOCKS = 260
/** CHIP_CONTROL[4:3]: 1 master, 3 snapshot. */
const OPERATING_MODE = 3 << 3
const SNAPSHOT = 3 << 3

/** Registers used from the next frame start on. Lengths in pixels and rows of the array, before binning. */
export interface FrameSettings {
    readonly window: Rectangle
    readonly hblankClocks: number
    readonly vblankRows: number
    readonly rowBin: number
    readonly columnBin: number
    readonly rowFlip: boolean
    readonly columnFlip: boolean
    /** R0x7F as it is; 0 when the pattern is not enabled. */
    readonly pattern: number
    readonly parallelOutput: boolean
}

/** Exposure = coarseRows rows + fineClocks clocks. */
export interface Shutter {
    readonly coarseRows: number
    readonly fineClocks: number
}

/** A combination of registers that cannot work. */
export interface Conflict {
    readonly register: string
    readonly value: number
    readonly rule: string
}

/** CHIP_CONTROL[4:3] says that EXPOSURE starts each frame. */
export function snapshotMode(registers: RegisterFile): boolean {
    return (registers.get(Reg.CHIP_CONTROL) & OPERATING_MODE) === SNAPSHOT
}

/** Take over the geometry of the active context. */
export function latchSettings(registers: RegisterFile): FrameSettings {
    const readMode = registers.active(Reg.READ_MODE_A)
    const pattern = registers.get(Reg.TEST_PATTERN)
    return {
        window: {
            x: registers.active(Reg.COLUMN_START) - 1,
            y: registers.active(Reg.ROW_START) - 4,
            width: registers.active(Reg.WINDOW_WIDTH),
            height: registers.active(Reg.WINDOW_HEIGHT),
        },
        hblankClocks: registers.active(Reg.HORIZONTAL_BLANKING),
        vblankRows: registers.active(Reg.VERTICAL_BLANKING),
        rowBin: 1 << (readMode & 3),
        columnBin: 1 << ((readMode >> 2) & 3),
        rowFlip: (readMode & (1 << 4)) !== 0,
        columnFlip: (readMode & (1 << 5)) !== 0,
        pattern: pattern & (1 << 13) ? pattern : 0,
        parallelOutput: (registers.get(Reg.CHIP_CONTROL) & (1 << 7)) !== 0,
    }
}

/** Take over the shutter of the active context. */
export function latchShutter(registers: RegisterFile): Shutter {
    return {
        coarseRows: registers.active(Reg.TOTAL_SHUTTER_WIDTH),
        fineClocks: registers.active(Reg.FINE_SHUTTER_WIDTH_TOTAL),
    }
}

/** R0x35 or R0x36 as a factor: [6:0] / 16, in even steps above 2x; bit 15 forces 0.75x. */
export function analogGain(code: number): number {
    if (code & 0x8000) return 0.75
    const sixteenths = code & 0x7f
    return (sixteenths > 32 ? sixteenths & ~1 : sixteenths) / 16
}

/** True when a frame with `b` after `a` has no garbage: only the place of the window, flips or pattern changed. */
export function sameTiming(a: FrameSettings, b: FrameSettings): boolean {
    return (
        a.window.width === b.window.width &&
        a.window.height === b.window.height &&
        a.hblankClocks === b.hblankClocks &&
        a.vblankRows === b.vblankRows &&
        a.rowBin === b.rowBin &&
        a.columnBin === b.columnBin
    )
}

/** Length of a row: active pixels and horizontal blanking, clocks of SYSCLK (MT9V034 DS p.9). */
export function rowClocks(settings: FrameSettings): number {
    return settings.window.width + settings.hblankClocks
}

/** The first rule that the combination breaks. */
export function findConflict(
    settings: FrameSettings,
    shutter: Shutter
): Conflict | undefined {
    return (
        windowConflict(settings) ??
        rowConflict(settings) ??
        shutterConflict(settings, shutter)
    )
}

/** A row that only Rev. 7 of the sheet calls too short. */
export function rowWarning(settings: FrameSettings): string | undefined {
    const row = rowClocks(settings)
    if (row < ROW_FLOOR_CLOCKS || row >= ROW_MINIMUM_CLOCKS) return undefined
    return `a row of ${row} clocks is under the ${ROW_MINIMUM_CLOCKS} of the data sheet's Rev. 7 (earlier revisions: ${ROW_FLOOR_CLOCKS})`
}

function windowConflict(settings: FrameSettings): Conflict | undefined {
    const { x, y, width, height } = settings.window
    if (x + width > FIELD_COLUMNS)
        return {
            register: "COLUMN_START",
            value: x + 1,
            rule: `${width} columns from ${x + 1} on end at ${x + width}, the array at ${FIELD_COLUMNS}`,
        }
    if (y + height > FIELD_ROWS)
        return {
            register: "ROW_START",
            value: y + 4,
            rule: `${height} rows from ${y + 4} on end at ${y + 3 + height}, the array at ${FIELD_ROWS + 3}`,
        }
    if (width % settings.columnBin !== 0)
        return {
            register: "WINDOW_WIDTH",
            value: width,
            rule: `${width} columns cannot be binned by ${settings.columnBin}`,
        }
    if (height % settings.rowBin !== 0)
        return {
            register: "WINDOW_HEIGHT",
            value: height,
            rule: `${height} rows cannot be binned by ${settings.rowBin}`,
        }
    return undefined
}

function rowConflict(settings: FrameSettings): Conflict | undefined {
    const register = "HORIZONTAL_BLANKING"
    const value = settings.hblankClocks
    // MT9V034 DS table 5: 61, 71 with column bin 2, 91 with column bin 4.
    const minimum = { 1: 61, 2: 71, 4: 91 }[settings.columnBin]!
    if (value < minimum)
        return {
            register,
            value,
            rule: `column bin ${settings.columnBin} needs at least ${minimum} clocks, not ${value}`,
        }
    const row = rowClocks(settings)
    if (row >= ROW_FLOOR_CLOCKS) return undefined
    const { width } = settings.window
    return {
        register,
        value,
        rule: `a row of ${width} + ${value} = ${row} clocks is under ${ROW_FLOOR_CLOCKS}: a window of ${width} columns needs at least ${ROW_FLOOR_CLOCKS - width} (${ROW_MINIMUM_CLOCKS - width} by Rev. 7 of the sheet)`,
    }
}

function shutterConflict(
    settings: FrameSettings,
    shutter: Shutter
): Conflict | undefined {
    const register = "FINE_SHUTTER_WIDTH_TOTAL"
    const { coarseRows, fineClocks: value } = shutter
    const row = rowClocks(settings)
    if (value > row)
        return {
            register,
            value,
            rule: `${value} clocks are more than a row of ${row}`,
        }
    if (coarseRows === 0 && value < FINE_ONLY_MINIMUM_CLOCKS)
        return {
            register,
            value,
            rule: `with TOTAL_SHUTTER_WIDTH 0 at least ${FINE_ONLY_MINIMUM_CLOCKS} clocks are needed, not ${value}`,
        }
    return undefined
}
