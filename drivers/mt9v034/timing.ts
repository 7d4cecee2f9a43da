// SPDX-License-Identifier: MIT
// The MT9V034's arithmetic: window registers, row and frame time, frame rate, exposure limits. Pure.
// Source: MT9V034/D Rev. 7, "Output Data Timing" (tables 4 to 6) and register 0x05, 0x06, 0x0B.

import { SensorLimits, SensorTiming, TimingRequest } from "../sensor-limits"
import { BusSync } from "../../protocol/grabber-page"
import { Flip, Rectangle, TimingMode } from "../../protocol/capture"

/** Fields of READ_MODE_A and READ_MODE_B (0x0D, 0x0E); readMode() of timing.ts has the rest. */
export enum ReadMode {
    ROW_FLIP = 1 << 4, // upside down
    COLUMN_FLIP = 1 << 5, // mirrored
}

/** Geometry and blanking: what the silicon can do. */
export enum Mt9v034Limit {
    FIELD_WIDTH_PX = 752,
    FIELD_HEIGHT_PX = 480,
    /** COLUMN_START of the first active column. */
    COLUMN_FIRST = 1,
    /** ROW_START of the first active row; rows 0..3 are optically black. */
    ROW_FIRST = 4,
    /** Of ROW_START: one row less than the field has. */
    ROW_START_MAX = 482,
    /** Active pixels and blanking of a row together (Rev. 7; older drivers use 690). */
    ROW_MIN_PCLK = 704,
    /** The row after a reset: 752 + 94. */
    ROW_DEFAULT_PCLK = 846,
    HBLANK_MIN_PCLK = 61,
    /** With columns binned by 2 and by 4. */
    HBLANK_MIN_BIN2_PCLK = 71,
    HBLANK_MIN_BIN4_PCLK = 91,
    HBLANK_MAX_PCLK = 1023,
    VBLANK_MIN_ROWS = 4,
    VBLANK_DEFAULT_ROWS = 45,
    /** Sources say 3000 or 32,288: the smaller is safe with both. */
    VBLANK_MAX_ROWS = 3000,
    /** Pixel clocks that a frame has beside its rows. */
    FRAME_EXTRA_PCLK = 4,
    EXPOSURE_MIN_ROWS = 1,
    EXPOSURE_MAX_ROWS = 32765,
    /** READ_MODE[9:8] must stay 1. */
    READ_MODE_ONES = 3 << 8,
}

/** Rows tried for the best pair of row time and vertical blanking: enough for 0.05 fps, and short in bytecode. */
enum Search {
    ROWS = 64,
}

/** Round down to a factor that the sensor has. */
export function wholeBinning(binning: number): number {
    if (binning >= 4) return 4
    return binning >= 2 ? 2 : 1
}

/** Whole pixels, and whole groups of binned ones. */
export function binnable(window: Rectangle, binning: number): Rectangle {
    return {
        x: Math.floor(window.x),
        y: Math.floor(window.y),
        width: Math.floor(window.width / binning) * binning,
        height: Math.floor(window.height / binning) * binning,
    }
}

/** Contents of the four registers that place the window. */
export interface WindowRegisters {
    columnStart: number
    rowStart: number
    windowHeight: number
    windowWidth: number
}

/**
 * Compute the window registers.
 *
 * @param window whole pixels inside the field, before binning
 */
export function windowRegisters(window: Rectangle): WindowRegisters {
    return {
        columnStart: window.x + Mt9v034Limit.COLUMN_FIRST,
        rowStart: window.y + Mt9v034Limit.ROW_FIRST,
        windowHeight: window.height,
        windowWidth: window.width,
    }
}

/**
 * Compute the content of READ_MODE: bits [1:0] bin rows and [3:2] columns, with 0, 1, 2 for 1, 2, 4.
 *
 * @param binning 1, 2 or 4, both ways
 */
export function readMode(binning: number, flip: Flip): number {
    const code = binning >> 1
    let mode = Mt9v034Limit.READ_MODE_ONES | (code << 2) | code
    if (flip & Flip.VFLIP) mode |= ReadMode.ROW_FLIP
    if (flip & Flip.HFLIP) mode |= ReadMode.COLUMN_FLIP
    return mode
}

/**
 * Say how short horizontal blanking may be.
 *
 * @param binning of columns: 1, 2 or 4
 * @returns pixel clocks, the row minimum not considered
 */
export function hblankMinPclk(binning: number): number {
    if (binning === 4) return Mt9v034Limit.HBLANK_MIN_BIN4_PCLK
    if (binning === 2) return Mt9v034Limit.HBLANK_MIN_BIN2_PCLK
    return Mt9v034Limit.HBLANK_MIN_PCLK
}

/**
 * Say how short a row may be.
 *
 * @param widthPx columns read, before binning
 * @param binning of columns: 1, 2 or 4; binned columns come slower, so the row does not get shorter
 * @returns pixel clocks
 */
export function rowMinPclk(widthPx: number, binning: number): number {
    return Math.max(Mt9v034Limit.ROW_MIN_PCLK, widthPx + hblankMinPclk(binning))
}

/** A frame as the frame clock formula sees it. */
export interface FrameShape {
    /** Rows on the bus, after binning. */
    readonly rows: number
    readonly vblankRows: number
    readonly rowPclk: number
    /** TOTAL_SHUTTER_WIDTH, rows. */
    readonly exposureRows: number
}

/**
 * Compute the length of a frame, the trap included: an exposure that does not fit makes the silicon add blanking
 * by itself, without showing it in VERTICAL_BLANKING.
 *
 * @returns pixel clocks
 */
export function framePclk(shape: FrameShape): number {
    const rows = Math.max(shape.rows + shape.vblankRows, shape.exposureRows + 2)
    return rows * shape.rowPclk + Mt9v034Limit.FRAME_EXTRA_PCLK
}

/**
 * Compute the longest exposure that leaves the frame rate alone: below rows + vertical blanking - 2.
 *
 * @param rows on the bus, after binning
 * @returns rows
 */
export function exposureMaxRows(rows: number, vblankRows: number): number {
    return Math.min(Mt9v034Limit.EXPOSURE_MAX_ROWS, rows + vblankRows - 3)
}

/** Vertical blanking that brings rows of `rowPclk` nearest to `budgetPclk` in all. */
function nearestVblank(
    budgetPclk: number,
    rowPclk: number,
    rows: number
): number {
    const vblank = Math.round(budgetPclk / rowPclk) - rows
    return Math.min(
        Mt9v034Limit.VBLANK_MAX_ROWS,
        Math.max(Mt9v034Limit.VBLANK_MIN_ROWS, vblank)
    )
}

/** The row time, from `first` on, with which whole rows of blanking come nearest to `budgetPclk`. */
function nearestRow(
    budgetPclk: number,
    first: number,
    last: number,
    rows: number
): number {
    let best = first
    let bestError = -1
    for (let row = first; row <= last; row++) {
        const vblank = nearestVblank(budgetPclk, row, rows)
        const error = Math.abs((rows + vblank) * row - budgetPclk)
        if (bestError < 0 || error < bestError) {
            best = row
            bestError = error
        }
        if (error < 0.5) break
    }
    return best
}

/**
 * Choose horizontal and vertical blanking.
 *
 * A frame rate that is too high gives the highest possible one; one that is too low lengthens vertical blanking up
 * to its maximum, then the rows. FASTEST and DEFAULT fix the row time (as long as vertical blanking suffices), and
 * with `fps` 0 vertical blanking too: its minimum, or what it is after a reset.
 *
 * @returns blanking that never breaks a limit, and the frame rate that it gives
 */
export function solveTiming(request: TimingRequest): SensorTiming {
    const rows = Math.floor(request.heightPx / request.binning)
    const rowMax = request.widthPx + Mt9v034Limit.HBLANK_MAX_PCLK
    let row = rowMinPclk(request.widthPx, request.binning)
    let vblankRows: number = Mt9v034Limit.VBLANK_MIN_ROWS
    if (request.mode === TimingMode.DEFAULT) {
        row = Math.max(row, Mt9v034Limit.ROW_DEFAULT_PCLK)
        vblankRows = Mt9v034Limit.VBLANK_DEFAULT_ROWS
    }
    if (request.fps > 0) {
        const budget =
            request.xclkHz / request.fps - Mt9v034Limit.FRAME_EXTRA_PCLK
        const longEnough = Math.ceil(
            budget / (rows + Mt9v034Limit.VBLANK_MAX_ROWS)
        )
        row = Math.min(rowMax, Math.max(row, longEnough))
        if (request.mode === TimingMode.AUTO)
            row = nearestRow(
                budget,
                row,
                Math.min(rowMax, row + Search.ROWS - 1),
                rows
            )
        vblankRows = nearestVblank(budget, row, rows)
    }
    const frame = (rows + vblankRows) * row + Mt9v034Limit.FRAME_EXTRA_PCLK
    return {
        hblankPclk: row - request.widthPx,
        vblankRows,
        rowPclk: row,
        framePclk: frame,
        fps: request.xclkHz / frame,
        exposureMaxRows: exposureMaxRows(rows, vblankRows),
    }
}

/** The monochrome MT9V034, 8 of its 10 bits wired. */
export const MT9V034_LIMITS: SensorLimits = {
    name: "MT9V034",
    widthPx: Mt9v034Limit.FIELD_WIDTH_PX,
    heightPx: Mt9v034Limit.FIELD_HEIGHT_PX,
    startRowMax: Mt9v034Limit.ROW_START_MAX - Mt9v034Limit.ROW_FIRST,
    bytesPerPixel: 1,
    // LINE_VALID and FRAME_VALID are high with data; data is to be taken on the rising edge (data sheet, table 5).
    sync: BusSync.PCKPOL,
    settleFrames: 1,
    exposureDelayFrames: 2,
    hasEncoder: false,
    solveTiming,
}
