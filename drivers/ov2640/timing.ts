// SPDX-License-Identifier: MIT
// The OV2640's arithmetic of time: core clock, lines, frame rate, the port's pixel clock, exposure limit. Pure.
// Source: OV2640 data sheet v1.6, figures 15 to 17, table 1, sensor registers 0x11, 0x46, 0x47, DSP register 0xD3.

import type {
    SensorLimits,
    SensorTiming,
    TimingRequest,
} from "../sensor-limits"
import type { Geometry } from "./geometry"
import {
    coreHeightPx,
    coreWidthPx,
    geometryProblem,
    OV2640_FIELD,
    Ov2640Limit,
    ReadOut,
    solveGeometry,
} from "./geometry"
import { jpegReserveBytes } from "./quality"
import { BusSync } from "../../protocol/grabber-page"
import { PixelFormat, TimingMode } from "../../protocol/capture"

/** Clocks and lines: what the silicon and its receiver can do. */
export enum Ov2640Clock {
    XVCLK_MIN_HZ = 6000000,
    XVCLK_MAX_HZ = 24000000,
    /**
     * Core clock for the frame rates that the data sheet gives as the highest: 15 fps in UXGA (27.78 ns, the
     * shortest period of all), 30 in SVGA, 60 in CIF.
     */
    UXGA_MAX_HZ = 36000000,
    SVGA_MAX_HZ = 24000000,
    CIF_MAX_HZ = 12000000,
    /** One line with its blanking, core clocks. */
    UXGA_LINE = 1922,
    SVGA_LINE = 1190,
    CIF_LINE = 595,
    /** Lines of a frame without extra ones. */
    UXGA_ROWS = 1248,
    SVGA_ROWS = 672,
    CIF_ROWS = 336,
    /** CLKRC[5:0] + 1. */
    DIVIDER_MAX = 64,
    /** FLL + 256 x FLH. */
    EXTRA_ROWS_MAX = 65535,
    /** DCMI takes no faster PIXCLK (STM32F4 data sheets, DCMI characteristics). */
    PORT_MAX_HZ = 54000000,
    /** R_DVP_SP[6:0]. */
    PORT_DIVIDER_MAX = 127,
    /** With JPEG; slower is not used by any driver but for UXGA. */
    PORT_DIVIDER_JPEG_MAX = 8,
    /** AEC[15:0], rows. */
    EXPOSURE_MAX_ROWS = 65535,
}

/** What the clocks depend on. */
export interface ClockRequest {
    readonly geometry: Geometry
    /** JPEG, RGB565, YUV422 or GRAY8 (AUTO). */
    readonly format: PixelFormat
    readonly xclkHz: number
    /** Wanted frame rate; 0: as fast as possible. */
    readonly fps: number
    readonly mode: TimingMode
}

/**
 * What the clocks will really be. The inherited "pixel clocks" are cycles of XVCLK here, so that their quotient with
 * xclkHz is a time as with every sensor; they need not be whole.
 */
export interface Ov2640Timing extends SensorTiming {
    /** The core's clock, Hz. */
    clockHz: number
    /** CLKRC: XVCLK is doubled, then divided by `divider`, 1..64. */
    doubler: boolean
    divider: number
    /** FLL + 256 x FLH. */
    extraRows: number
    /** The port's pixel clock while it has data, Hz; R_DVP_SP divides twice XVCLK by `portDivider`. */
    portHz: number
    portDivider: number
}

/** How the core gets its clock. */
interface CoreClock {
    hz: number
    doubler: boolean
    divider: number
}

/** One line with its blanking, core clocks. */
export function lineClocks(readOut: ReadOut): number {
    if (readOut === ReadOut.UXGA) return Ov2640Clock.UXGA_LINE
    if (readOut === ReadOut.SVGA) return Ov2640Clock.SVGA_LINE
    return Ov2640Clock.CIF_LINE
}

/** Lines of a frame, without extra ones. */
export function frameRows(readOut: ReadOut): number {
    if (readOut === ReadOut.UXGA) return Ov2640Clock.UXGA_ROWS
    if (readOut === ReadOut.SVGA) return Ov2640Clock.SVGA_ROWS
    return Ov2640Clock.CIF_ROWS
}

/**
 * Say why a clock cannot be given to the sensor.
 *
 * @returns one clause; "" when it can
 */
export function xvclkProblem(xclkHz: number): string {
    if (
        xclkHz >= Ov2640Clock.XVCLK_MIN_HZ &&
        xclkHz <= Ov2640Clock.XVCLK_MAX_HZ
    )
        return ""
    return `XVCLK is ${xclkHz} Hz, the OV2640 takes ${Ov2640Clock.XVCLK_MIN_HZ}..${Ov2640Clock.XVCLK_MAX_HZ} Hz`
}

/**
 * Say how many bytes a pixel has on the port.
 *
 * @returns 0 for JPEG: it depends on the image
 */
export function bytesPerPixel(format: PixelFormat): number {
    if (format === PixelFormat.JPEG) return 0
    return format === PixelFormat.RGB565 || format === PixelFormat.YUV422
        ? 2
        : 1
}

/**
 * Choose core clock, extra lines and port clock.
 *
 * AUTO and FASTEST read every frame as fast as the read-out mode and the port allow (least rolling shutter) and
 * slow the frame rate with extra lines, to the nearest whole one; only when 65,535 do not suffice the clock goes down. DEFAULT
 * adds no lines and slows the clock itself, in the steps that its divider has. A frame rate that is too high gives
 * the highest possible one.
 *
 * @param request its XVCLK without an xvclkProblem()
 */
export function solveClocks(request: ClockRequest): Ov2640Timing {
    const readOut = request.geometry.readOut
    const line = lineClocks(readOut)
    const rows = frameRows(readOut)
    const fps = request.fps > 0 ? request.fps : 0
    const limitHz = clockLimitHz(request)
    let clock = fastestClock(request.xclkHz, limitHz)
    let extraRows = 0
    if (fps > 0 && request.mode === TimingMode.DEFAULT)
        clock = nearestClock(request.xclkHz, limitHz, fps * rows * line)
    else if (fps > 0) {
        const slowest = fps * line * (rows + Ov2640Clock.EXTRA_ROWS_MAX)
        if (clock.hz > slowest) clock = fastestClock(request.xclkHz, slowest)
        extraRows = Math.round(clock.hz / (fps * line)) - rows
        extraRows = clamp(extraRows, 0, Ov2640Clock.EXTRA_ROWS_MAX)
    }
    const portDivider = dvpDivider(request, clock.hz)
    const inputPerCore = request.xclkHz / clock.hz
    const allRows = rows + extraRows
    return {
        hblankPclk: (line - coreWidthPx(readOut)) * inputPerCore,
        vblankRows: allRows - coreHeightPx(readOut),
        rowPclk: line * inputPerCore,
        framePclk: allRows * line * inputPerCore,
        fps: clock.hz / (allRows * line),
        // No document says how much of a frame an exposure may fill; one row less than all is safe.
        exposureMaxRows: Math.min(Ov2640Clock.EXPOSURE_MAX_ROWS, allRows - 1),
        clockHz: clock.hz,
        doubler: clock.doubler,
        divider: clock.divider,
        extraRows,
        portHz: portSourceHz(request.xclkHz) / portDivider,
        portDivider,
    }
}

/** Plan the time of a capture: solveGeometry() and solveClocks() in one. */
export function solveTiming(request: TimingRequest): Ov2640Timing {
    const geometry = solveGeometry({
        window: {
            x: request.xPx ?? 0,
            y: request.yPx ?? 0,
            width: request.widthPx,
            height: request.heightPx,
        },
        outputWidthPx:
            request.outputWidthPx ??
            Math.floor(request.widthPx / request.binning),
        outputHeightPx:
            request.outputHeightPx ??
            Math.floor(request.heightPx / request.binning),
    })
    return solveClocks({
        geometry,
        format: request.format ?? PixelFormat.AUTO,
        xclkHz: request.xclkHz,
        fps: request.fps,
        mode: request.mode,
    })
}

/** The OV2640 on eight wires, its DSP in use. */
export const OV2640_LIMITS: SensorLimits = {
    name: OV2640_FIELD.name,
    widthPx: OV2640_FIELD.widthPx,
    heightPx: OV2640_FIELD.heightPx,
    startRowMax: OV2640_FIELD.heightPx - 1,
    bytesPerPixel: 1,
    // Through the DSP, VSYNC and HREF are high with data, and data is to be taken on the rising edge. The data
    // sheet draws VSYNC the other way round, for the bypassed DSP; practice on DCMI is as here (OpenMV, Zephyr).
    sync: BusSync.PCKPOL,
    // The frame under way is mixed, and registers take a while to show: 1 ms for a size, up to 300 ms (10 frames)
    // for the rest (data sheet). Frames after these three have the right geometry; automatic exposure may still move.
    settleFrames: 3,
    exposureDelayFrames: 2,
    hasEncoder: true,
    solveTiming,
    formatBytes: bytesPerPixel,
    windowStepPx: Ov2640Limit.GRID_PX,
    windowMinWidthPx: Ov2640Limit.FRAME_MIN_WIDTH_PX,
    windowMinHeightPx: Ov2640Limit.FRAME_MIN_HEIGHT_PX,
    jpegBytes: jpegReserveBytes,
    frameProblem: geometryProblem,
    solveFrame: solveGeometry,
    clockProblem: xvclkProblem,
}

/** What R_DVP_SP divides: 48 MHz at 24 MHz XVCLK (data sheet); that it follows XVCLK is not confirmed. */
function portSourceHz(xclkHz: number): number {
    return xclkHz * 2
}

/** The fastest core clock that the read-out mode knows and whose pixels the port can carry. */
function clockLimitHz(request: ClockRequest): number {
    const { geometry, format } = request
    let limitHz: number = Ov2640Clock.CIF_MAX_HZ
    if (geometry.readOut === ReadOut.SVGA) limitHz = Ov2640Clock.SVGA_MAX_HZ
    if (geometry.readOut === ReadOut.UXGA) limitHz = Ov2640Clock.UXGA_MAX_HZ
    if (format === PixelFormat.JPEG) return limitHz
    // A row of the window goes out while it is read: the sheet promises no memory for a whole row.
    const portHz = Math.min(
        Ov2640Clock.PORT_MAX_HZ,
        portSourceHz(request.xclkHz)
    )
    const rowBytes = geometry.outputWidthPx * bytesPerPixel(format)
    return Math.min(
        limitHz,
        Math.floor((portHz * geometry.core.width) / rowBytes)
    )
}

/** The slowest port clock that carries the data: it is the easiest for DCMI and DMA. */
function dvpDivider(request: ClockRequest, clockHz: number): number {
    const { geometry, format } = request
    let neededHz: number
    let largest: number = Ov2640Clock.PORT_DIVIDER_MAX
    if (format === PixelFormat.JPEG) {
        // Half a byte for each pixel, more than any quality in use gives, while the window's rows are read.
        const bytes = (geometry.outputWidthPx * geometry.outputHeightPx) / 2
        const clocks = geometry.core.height * lineClocks(geometry.readOut)
        neededHz = (bytes * clockHz) / clocks
        largest = Ov2640Clock.PORT_DIVIDER_JPEG_MAX
    } else
        neededHz =
            (geometry.outputWidthPx * bytesPerPixel(format) * clockHz) /
            geometry.core.width
    return clamp(
        Math.floor(portSourceHz(request.xclkHz) / neededHz),
        1,
        largest
    )
}

/** The fastest clock that is not above `limitHz`, or the slowest there is; not doubled when both ways give it. */
function fastestClock(xclkHz: number, limitHz: number): CoreClock {
    const single = coreClock(xclkHz, false, Math.ceil(xclkHz / limitHz))
    const double = coreClock(xclkHz, true, Math.ceil((xclkHz * 2) / limitHz))
    if (single.hz > limitHz) return single
    return double.hz > single.hz && double.hz <= limitHz ? double : single
}

/** The clock nearest to `wantedHz` that is not above `limitHz`. */
function nearestClock(
    xclkHz: number,
    limitHz: number,
    wantedHz: number
): CoreClock {
    let best = fastestClock(xclkHz, limitHz)
    for (let factor = 1; factor <= 2; factor++) {
        const inputHz = xclkHz * factor
        const divider = Math.floor(inputHz / wantedHz)
        const smallest = Math.ceil(inputHz / limitHz)
        for (let more = 0; more <= 1; more++) {
            const clock = coreClock(
                xclkHz,
                factor === 2,
                Math.max(smallest, divider + more)
            )
            const better =
                Math.abs(clock.hz - wantedHz) < Math.abs(best.hz - wantedHz)
            if (clock.hz <= limitHz && better) best = clock
        }
    }
    return best
}

function coreClock(
    xclkHz: number,
    doubler: boolean,
    divider: number
): CoreClock {
    const whole = clamp(divider, 1, Ov2640Clock.DIVIDER_MAX)
    return {
        hz: (doubler ? xclkHz * 2 : xclkHz) / whole,
        doubler,
        divider: whole,
    }
}

function clamp(value: number, min: number, max: number): number {
    return Math.max(min, Math.min(max, value))
}
