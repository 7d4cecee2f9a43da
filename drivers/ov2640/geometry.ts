// SPDX-License-Identifier: MIT
// The OV2640's size pipeline: read-out mode, DSP window, divider and zoom, and their registers. Pure.
// Source: OV2640 data sheet v1.6, DSP registers 0x50..0x5C, 0x8C, 0xC0, 0xC1, and sensor register COM7.

import type { FrameRequest } from "../sensor-limits"
import { windowProblem } from "../sensor-limits"
import type { Rectangle } from "../../protocol/capture"
import { Flip, windowName } from "../../protocol/capture"

/** The sensor core's read-out modes: each step halves the pixels of the field both ways. */
export enum ReadOut {
    /** 1600 x 1200: every pixel. */
    UXGA = 0,
    /** 800 x 600. */
    SVGA = 1,
    /** 400 x 296: the last 16 rows of the field are not read. */
    CIF = 2,
}

/** Geometry: what the silicon can do. */
export enum Ov2640Limit {
    FIELD_WIDTH_PX = 1600,
    FIELD_HEIGHT_PX = 1200,
    /** Rows of the core in CIF; a quarter of the field would be 300. */
    CIF_ROWS = 296,
    /** HSIZE, VSIZE, ZMOW and ZMOH count fours. */
    GRID_PX = 4,
    /** The data sheet's smallest frame is 40 x 30, said of scaled ones; 30 rows are not on the grid. */
    FRAME_MIN_WIDTH_PX = 40,
    FRAME_MIN_HEIGHT_PX = 32,
    /** CTRLI has three bits for each; no driver goes beyond a division by 8. */
    DIVIDER_MAX = 3,
}

/** The field, as windowProblem() wants it. */
export const OV2640_FIELD = {
    name: "OV2640",
    widthPx: Ov2640Limit.FIELD_WIDTH_PX as number,
    heightPx: Ov2640Limit.FIELD_HEIGHT_PX as number,
}

/** What the pipeline will really do. */
export interface Geometry extends FrameRequest {
    readonly readOut: ReadOut
    /** The DSP's window on the core's pixels. */
    readonly core: Rectangle
    /** The DSP divides by 2^n before it zooms. */
    readonly hDivider: number
    readonly vDivider: number
}

/** Contents of the DSP registers that carry a geometry. */
export interface GeometryRegisters {
    hsize8: number
    vsize8: number
    sizel: number
    hsize: number
    vsize: number
    xoffl: number
    yoffl: number
    vhyx: number
    test: number
    ctrli: number
    zmow: number
    zmoh: number
    zmhh: number
}

/** Columns of the core's frame. */
export function coreWidthPx(readOut: ReadOut): number {
    return Ov2640Limit.FIELD_WIDTH_PX >> readOut
}

/** Rows of the core's frame. */
export function coreHeightPx(readOut: ReadOut): number {
    if (readOut === ReadOut.CIF) return Ov2640Limit.CIF_ROWS
    return Ov2640Limit.FIELD_HEIGHT_PX >> readOut
}

/**
 * Say why a frame cannot be had.
 *
 * @returns one sentence with the sum that does not add up; "" when solveGeometry() can do it
 */
export function geometryProblem(request: FrameRequest): string {
    const outside = windowProblem(request.window, OV2640_FIELD)
    if (outside) return outside
    const w = request.outputWidthPx
    const h = request.outputHeightPx
    if (!(w >= 0 && h >= 0)) return `frame ${w}x${h} has no pixels`
    const window = gridWindow(request.window)
    const width = wanted(w, window.width)
    const height = wanted(h, window.height)
    if (width > window.width || height > window.height)
        return `frame ${w}x${h} of window ${windowName(window)} would be enlarged, the OV2640 only scales down`
    if (
        width < Ov2640Limit.FRAME_MIN_WIDTH_PX ||
        height < Ov2640Limit.FRAME_MIN_HEIGHT_PX
    )
        return (
            `frame ${width}x${height} of window ${windowName(window)} is smaller than ` +
            `${Ov2640Limit.FRAME_MIN_WIDTH_PX}x${Ov2640Limit.FRAME_MIN_HEIGHT_PX}, the OV2640's smallest`
        )
    return ""
}

/**
 * Choose read-out mode, window, divider and zoom.
 *
 * The coarsest read-out that has enough pixels wins: it is the fastest. Sizes go down to multiples of 4 (of the
 * read-out's pixels), but never below 4; the window starts on a pixel of the read-out, at most 3 pixels of the
 * field before the one asked for; CIF has nothing below row 1184.
 *
 * @param request one without a geometryProblem()
 */
export function solveGeometry(request: FrameRequest): Geometry {
    const window = gridWindow(request.window)
    const width = wanted(request.outputWidthPx, window.width)
    const height = wanted(request.outputHeightPx, window.height)
    const readOut = coarsestReadOut(window, width, height)
    const core = coreWindow(window, readOut)
    return {
        readOut,
        window: {
            x: core.x << readOut,
            y: core.y << readOut,
            width: core.width << readOut,
            height: core.height << readOut,
        },
        core,
        // YUV422 comes in pairs of pixels, so the columns left must be even.
        hDivider: divider(core.width, width, 2),
        vDivider: divider(core.height, height, 1),
        outputWidthPx: width,
        outputHeightPx: height,
    }
}

/**
 * Find the largest window of the field with a frame's aspect ratio, centred: the whole field when it is 4:3.
 *
 * @param outputWidthPx at least 1
 * @param outputHeightPx at least 1
 */
export function largestWindow(
    outputWidthPx: number,
    outputHeightPx: number
): Rectangle {
    let width: number = Ov2640Limit.FIELD_WIDTH_PX
    let height: number = Ov2640Limit.FIELD_HEIGHT_PX
    if (outputWidthPx * height >= outputHeightPx * width)
        height = atLeastGrid((width * outputHeightPx) / outputWidthPx)
    else width = atLeastGrid((height * outputWidthPx) / outputHeightPx)
    return {
        x: onGrid((Ov2640Limit.FIELD_WIDTH_PX - width) / 2),
        y: onGrid((Ov2640Limit.FIELD_HEIGHT_PX - height) / 2),
        width,
        height,
    }
}

/**
 * Move the DSP's window to where a turned or mirrored core has the same pixels: the core turns the image before the
 * DSP cuts the window out of it.
 */
export function reflected(geometry: Geometry, flip: Flip): Geometry {
    const { readOut, core } = geometry
    const x = coreWidthPx(readOut) - core.x - core.width
    const y = coreHeightPx(readOut) - core.y - core.height
    return {
        readOut,
        window: geometry.window,
        core: {
            x: flip & Flip.HFLIP ? x : core.x,
            y: flip & Flip.VFLIP ? y : core.y,
            width: core.width,
            height: core.height,
        },
        hDivider: geometry.hDivider,
        vDivider: geometry.vDivider,
        outputWidthPx: geometry.outputWidthPx,
        outputHeightPx: geometry.outputHeightPx,
    }
}

/** Compute the register contents for a geometry. */
export function geometryRegisters(geometry: Geometry): GeometryRegisters {
    const inputWidth = coreWidthPx(geometry.readOut)
    const inputHeight = coreHeightPx(geometry.readOut)
    const core = geometry.core
    const hsize = core.width >> 2
    const vsize = core.height >> 2
    const outw = geometry.outputWidthPx >> 2
    const outh = geometry.outputHeightPx >> 2
    return {
        hsize8: (inputWidth >> 3) & 0xff,
        vsize8: (inputHeight >> 3) & 0xff,
        sizel:
            (((inputWidth >> 11) & 1) << 6) |
            ((inputWidth & 7) << 3) |
            (inputHeight & 7),
        hsize: hsize & 0xff,
        vsize: vsize & 0xff,
        xoffl: core.x & 0xff,
        yoffl: core.y & 0xff,
        vhyx:
            (((vsize >> 8) & 1) << 7) |
            (((core.y >> 8) & 7) << 4) |
            (((hsize >> 8) & 1) << 3) |
            ((core.x >> 8) & 7),
        test: ((hsize >> 9) & 1) << 7,
        ctrli:
            (isScaled(geometry) ? 0x80 : 0) |
            (geometry.vDivider << 3) |
            geometry.hDivider,
        zmow: outw & 0xff,
        zmoh: outh & 0xff,
        zmhh: (((outh >> 8) & 1) << 2) | ((outw >> 8) & 3),
    }
}

/** Whether the DSP makes the window smaller. */
export function isScaled(geometry: Geometry): boolean {
    return (
        geometry.outputWidthPx < geometry.core.width ||
        geometry.outputHeightPx < geometry.core.height
    )
}

/** Round down to a multiple of 4. */
function onGrid(px: number): number {
    return Math.floor(px / Ov2640Limit.GRID_PX) * Ov2640Limit.GRID_PX
}

/** Round down to a multiple of 4, but not below 4. */
function atLeastGrid(px: number): number {
    return Math.max(Ov2640Limit.GRID_PX, onGrid(px))
}

/** Bring a window to the grid: sizes down to multiples of 4 but not below 4, and then back onto the field. */
function gridWindow(window: Rectangle): Rectangle {
    const width = atLeastGrid(window.width)
    const height = atLeastGrid(window.height)
    return {
        x: Math.min(Math.floor(window.x), Ov2640Limit.FIELD_WIDTH_PX - width),
        y: Math.min(Math.floor(window.y), Ov2640Limit.FIELD_HEIGHT_PX - height),
        width,
        height,
    }
}

/** The output size on the grid; `otherwise` when none is asked for. */
function wanted(px: number, otherwise: number): number {
    // Compared, because a number with a fraction counts as false in DeviceScript.
    if (!(px > 0)) return otherwise
    return atLeastGrid(px)
}

/** The coarsest read-out whose part of the window has at least these pixels; UXGA when none has. */
function coarsestReadOut(
    window: Rectangle,
    width: number,
    height: number
): ReadOut {
    for (let readOut = ReadOut.CIF as number; readOut > 0; readOut--) {
        const core = coreWindow(window, readOut)
        if (core.width >= width && core.height >= height) return readOut
    }
    return ReadOut.UXGA
}

/** The part of the core's frame that shows a window. */
function coreWindow(window: Rectangle, readOut: ReadOut): Rectangle {
    const x = window.x >> readOut
    const y = window.y >> readOut
    const rowsLeft = Math.max(0, coreHeightPx(readOut) - y)
    return {
        x,
        y,
        width: onGrid(window.width >> readOut),
        height: onGrid(Math.min(window.height >> readOut, rowsLeft)),
    }
}

/** The largest divider that leaves whole multiples of `unit`, and at least `outPx` for the zoom, which cannot enlarge. */
function divider(inPx: number, outPx: number, unit: number): number {
    let n = 0
    while (n < Ov2640Limit.DIVIDER_MAX) {
        const divisor = 2 << n
        if (inPx % (divisor * unit) !== 0 || inPx / divisor < outPx) return n
        n++
    }
    return n
}
