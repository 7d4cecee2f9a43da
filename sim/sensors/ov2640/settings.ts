// SPDX-License-Identifier: MIT
// What the OV2640's registers mean at the moment when a frame begins: one immutable record per frame.

import type { PixelFormat } from "../sensor-model.ts"
import {
    CLK_MAX_HZ,
    pclkDivider,
    sensorClkHz,
    sysclkHz,
    type LineBudget,
} from "./clocks.ts"
import { frameTiming, type FrameTiming } from "./frame-timing.ts"
import { bytesPerPixel, decodeFormat } from "./output-format.ts"
import {
    decodeGeometry,
    pipelineFaults,
    sensorFault,
    type Fault,
    type Geometry,
} from "./pipeline.ts"
import { Dsp, Sensor } from "./registers.ts"
import type { RegisterFile } from "./register-file.ts"

const REG04_MIRROR = 0x80
const REG04_FLIP = 0x40
const COM7_COLOUR_BAR = 0x02
const COM10_PCLK_FALLING = 0x10
const COM10_HREF_NEGATIVE = 0x08
const COM10_VSYNC_NEGATIVE = 0x02
const R_BYPASS_SENSOR_DIRECT = 0x01
const RESET_JPEG = 0x10
/** DVP, IPU, CIF: any of them held in reset stops the DSP's output. */
export const RESET_OUTPUT = 0x07
const IMAGE_MODE_HREF_LIKE_VSYNC = 0x02
/** Time between two lines that the port needs at least, PCLK; ours, no source gives one. */
const HBLANK_MIN_PCLK = 16

/** What decides the content of a frame, besides the scene, exposure and gain. */
export interface FrameSettings {
    readonly geometry: Geometry
    readonly timing: FrameTiming
    /** The sensor's pixel clock: tP = 1 / clkHz. */
    readonly clkHz: number
    readonly pclkHz: number
    /** Sensor to port, without the DSP. */
    readonly bypassed: boolean
    readonly format: PixelFormat
    readonly qs: number
    readonly hrefLikeVsync: boolean
    readonly mirror: boolean
    readonly flip: boolean
    readonly colourBar: boolean
    /** COM10 acts on the port only while the DSP is bypassed (DS). */
    readonly hrefNegative: boolean
    readonly vsyncNegative: boolean
    readonly stableEdge: "rising" | "falling"
}

/** Settings that can be sent, or why they cannot. */
export interface Latched {
    readonly settings: FrameSettings | undefined
    readonly faults: readonly Fault[]
}

/** Take over all registers for the next frame. */
export function latchSettings(regs: RegisterFile, xvclkHz: number): Latched {
    const com7 = regs.sensor(Sensor.COM7)
    const registerGeometry = decodeGeometry(regs)
    if (registerGeometry === undefined)
        return fail({
            rule: "bits 6:4 select no mode: 000 UXGA, 100 SVGA, 010 (or 001) CIF",
            register: "COM7",
            value: com7,
        })
    const bypassed = (regs.dsp(Dsp.R_BYPASS) & R_BYPASS_SENSOR_DIRECT) !== 0
    const geometry = bypassed ? withoutDsp(registerGeometry) : registerGeometry
    const imageMode = regs.dsp(Dsp.IMAGE_MODE)
    const format = bypassed
        ? "gray8"
        : decodeFormat(imageMode, regs.dsp(Dsp.CTRL0))
    const faults = [
        clockFault(regs, xvclkHz),
        sensorFault(geometry, regs),
        ...(bypassed ? [] : pipelineFaults(geometry, regs)),
        format === undefined ? formatFault(imageMode) : undefined,
    ].filter(fault => fault !== undefined)
    if (faults.length > 0 || format === undefined)
        return { settings: undefined, faults }
    const clkHz = sensorClkHz(xvclkHz, regs.sensor(Sensor.CLKRC))
    const timing = frameTiming(geometry.mode, geometry.sensor, regs)
    const budget = lineBudget(geometry, timing, format, clkHz)
    const divider = pclkDivider(regs, xvclkHz, budget)
    const fault = bypassed
        ? undefined
        : portFault(regs, xvclkHz, divider, format, budget)
    if (fault !== undefined || divider === undefined)
        return { settings: undefined, faults: fault ? [fault] : [] }
    return {
        faults,
        settings: {
            geometry,
            timing,
            clkHz,
            pclkHz: bypassed ? clkHz : sysclkHz(xvclkHz) / divider,
            bypassed,
            format,
            ...contentBits(regs),
            ...pinBits(regs, bypassed),
        },
    }
}

/** Whether anything comes out: the DSP's blocks may be held in reset. */
export function outputsFrames(
    { bypassed, format }: FrameSettings,
    regs: RegisterFile
): boolean {
    if (bypassed) return true
    const held = format === "jpeg" ? RESET_OUTPUT | RESET_JPEG : RESET_OUTPUT
    return (regs.dsp(Dsp.RESET) & held) === 0
}

/** Half periods of the pixel clock to ns. */
export function halfsToNs(halfs: number, clkHz: number): number {
    return (halfs * 1e9) / (2 * clkHz)
}

function contentBits(regs: RegisterFile) {
    const reg04 = regs.sensor(Sensor.REG04)
    return {
        qs: regs.dsp(Dsp.QS) & 0x3f,
        mirror: (reg04 & REG04_MIRROR) !== 0,
        flip: (reg04 & REG04_FLIP) !== 0,
        colourBar: (regs.sensor(Sensor.COM7) & COM7_COLOUR_BAR) !== 0,
    }
}

function pinBits(regs: RegisterFile, bypassed: boolean) {
    const com10 = bypassed ? regs.sensor(Sensor.COM10) : 0
    const falling = (com10 & COM10_PCLK_FALLING) !== 0
    const imageMode = regs.dsp(Dsp.IMAGE_MODE)
    return {
        hrefLikeVsync: (imageMode & IMAGE_MODE_HREF_LIKE_VSYNC) !== 0,
        hrefNegative: (com10 & COM10_HREF_NEGATIVE) !== 0,
        vsyncNegative: (com10 & COM10_VSYNC_NEGATIVE) !== 0,
        stableEdge: falling ? ("falling" as const) : ("rising" as const),
    }
}

/** The sensor's window is what comes out. */
function withoutDsp(geometry: Geometry): Geometry {
    const { sensor } = geometry
    const size = { width: sensor.width, height: sensor.height }
    return {
        ...geometry,
        input: size,
        window: { x: 0, y: 0, ...size },
        hDivider: 0,
        vDivider: 0,
        divided: size,
        output: size,
    }
}

/** The shortest time between two output lines, ns, and the bytes that must pass in it. */
function lineBudget(
    { window, divided, output, vDivider }: Geometry,
    timing: FrameTiming,
    format: PixelFormat,
    clkHz: number
): LineBudget {
    const linesPerRow = Math.floor(divided.height / output.height) << vDivider
    const lastRowHalfs =
        timing.firstRowHalfs +
        (window.y + window.height - 1) * timing.lineHalfs +
        timing.rowHalfs
    const halfs = Math.min(
        linesPerRow * timing.lineHalfs,
        timing.frameHalfs - lastRowHalfs
    )
    return {
        bytesPerLine:
            output.width * (bytesPerPixel(format) || 2) + HBLANK_MIN_PCLK,
        lineNs: halfsToNs(halfs, clkHz),
    }
}

function clockFault(regs: RegisterFile, xvclkHz: number): Fault | undefined {
    const clkrc = regs.sensor(Sensor.CLKRC)
    const clkHz = sensorClkHz(xvclkHz, clkrc)
    if (clkHz <= CLK_MAX_HZ) return undefined
    return {
        rule: `the pixel clock of ${clkHz / 1e6} MHz (XVCLK ${xvclkHz / 1e6} MHz, doubled and divided) is over ${CLK_MAX_HZ / 1e6} MHz`,
        register: "CLKRC",
        value: clkrc,
    }
}

function formatFault(imageMode: number): Fault {
    return {
        rule: "bits 3:2 select RAW10 (01) or nothing (11): the order of the colours in RAW is in no source and not modelled; 00 is YUV422, 10 is RGB565",
        register: "IMAGE_MODE",
        value: imageMode,
    }
}

function portFault(
    regs: RegisterFile,
    xvclkHz: number,
    divider: number | undefined,
    format: PixelFormat,
    budget: LineBudget
): Fault | undefined {
    const value = regs.dsp(Dsp.R_DVP_SP)
    const register = "R_DVP_SP"
    if (divider === undefined)
        return { rule: "the divider in bits 6:0 is 0", register, value }
    const pclkHz = sysclkHz(xvclkHz) / divider
    const neededNs = (budget.bytesPerLine * 1e9) / pclkHz
    // A JPEG is checked by its length, when it is known.
    if (format === "jpeg" || neededNs <= budget.lineNs) return undefined
    return {
        rule:
            `a line of ${budget.bytesPerLine - HBLANK_MIN_PCLK} bytes needs ${neededNs.toFixed(0)} ns at a PCLK of ` +
            `${(pclkHz / 1e6).toFixed(3)} MHz, and the next one comes after ${budget.lineNs.toFixed(0)} ns: ` +
            `a slower pixel clock (CLKRC) or a faster PCLK is needed`,
        register,
        value,
    }
}

function fail(fault: Fault): Latched {
    return { settings: undefined, faults: [fault] }
}
