// SPDX-License-Identifier: MIT
// The OV2640's size pipeline: sensor window, DSP input, window, divider, zoom; with every constraint that registers can break.

import type { SensorWindow } from "./frame-timing.ts"
import type { RegisterFile } from "./register-file.ts"
import { Dsp, Sensor } from "./registers.ts"
import { modeOf, V_UNIT_ROWS, type SensorMode } from "./sensor-mode.ts"

export interface Size {
    readonly width: number
    readonly height: number
}

/** What the registers ask for; whether it can be is in the faults. */
export interface Geometry {
    readonly mode: SensorMode
    /** Step 1: HREFST..VEND, pixels of the mode. */
    readonly sensor: SensorWindow
    /** Step 2: HSIZE8, VSIZE8, SIZEL. */
    readonly input: Size
    /** Step 3: pixels of the input. */
    readonly window: SensorWindow
    /** Step 4: the exponents of the divisions by 2^n, and whether the mean is rounded. */
    readonly hDivider: number
    readonly vDivider: number
    readonly round: boolean
    readonly divided: Size
    /** Step 5. */
    readonly output: Size
}

/** A constraint that the registers break: a sentence that names registers and values, and the register to blame. */
export interface Fault {
    readonly rule: string
    readonly register: string
    readonly value: number
}

/** DS "scaling": down to 40x30. */
const OUTPUT_MIN: Size = { width: 40, height: 30 }

const CTRL2_DCW = 0x20
const CTRLI_ROUND = 0x40

/** Decode the registers; undefined when COM7 selects no mode. */
export function decodeGeometry(regs: RegisterFile): Geometry | undefined {
    const mode = modeOf(regs.sensor(Sensor.COM7))
    if (mode === undefined) return undefined
    const ctrli = regs.dsp(Dsp.CTRLI)
    const hDivider = ctrli & 7
    const vDivider = (ctrli >> 3) & 7
    const window = dspWindow(regs)
    const zmhh = regs.dsp(Dsp.ZMHH)
    return {
        mode,
        sensor: sensorWindow(mode, regs),
        input: dspInput(regs),
        window,
        hDivider,
        vDivider,
        round: (ctrli & CTRLI_ROUND) !== 0,
        divided: {
            width: window.width >> hDivider,
            height: window.height >> vDivider,
        },
        output: {
            width: 4 * (((zmhh & 3) << 8) | regs.dsp(Dsp.ZMOW)),
            height: 4 * (((zmhh & 4) << 6) | regs.dsp(Dsp.ZMOH)),
        },
    }
}

/** The DS formula for HREF and VREF, relative to the mode's full window. */
function sensorWindow(mode: SensorMode, regs: RegisterFile): SensorWindow {
    const reg32 = regs.sensor(Sensor.REG32)
    const com1 = regs.sensor(Sensor.COM1)
    const hStart = regs.sensor(Sensor.HREFST) * 8 + (reg32 & 7)
    const hEnd = regs.sensor(Sensor.HREFEND) * 8 + ((reg32 >> 3) & 7)
    const vStart = regs.sensor(Sensor.VSTRT) * 4 + (com1 & 3)
    const vEnd = regs.sensor(Sensor.VEND) * 4 + ((com1 >> 2) & 3)
    return {
        x: (hStart - mode.hStart) * mode.hUnitPx,
        y: (vStart - mode.vStart) * V_UNIT_ROWS,
        width: (hEnd - hStart) * mode.hUnitPx,
        height: (vEnd - vStart) * V_UNIT_ROWS,
    }
}

function dspInput(regs: RegisterFile): Size {
    const sizel = regs.dsp(Dsp.SIZEL)
    return {
        width:
            ((sizel & 0x40) << 5) |
            (regs.dsp(Dsp.HSIZE8) << 3) |
            ((sizel >> 3) & 7),
        height: (regs.dsp(Dsp.VSIZE8) << 3) | (sizel & 7),
    }
}

function dspWindow(regs: RegisterFile): SensorWindow {
    const vhyx = regs.dsp(Dsp.VHYX)
    const test = regs.dsp(Dsp.TEST)
    return {
        x: ((vhyx & 0x07) << 8) | regs.dsp(Dsp.XOFFL),
        y: ((vhyx & 0x70) << 4) | regs.dsp(Dsp.YOFFL),
        width:
            4 *
            (((test & 0x80) << 2) | ((vhyx & 0x08) << 5) | regs.dsp(Dsp.HSIZE)),
        height: 4 * (((vhyx & 0x80) << 1) | regs.dsp(Dsp.VSIZE)),
    }
}

/** The first thing wrong with what the sensor's array is asked for, in any path. */
export function sensorFault(
    geometry: Geometry,
    regs: RegisterFile
): Fault | undefined {
    const { mode, sensor } = geometry
    if (
        sensor.x >= 0 &&
        sensor.y >= 0 &&
        sensor.width > 0 &&
        sensor.height > 0 &&
        sensor.x + sensor.width <= mode.width &&
        sensor.y + sensor.height <= mode.height
    )
        return undefined
    return {
        rule:
            `the sensor window of ${sizeAt(sensor)} (HREFST, HREFEND, VSTRT, VEND, COM1, REG32) ` +
            `is not inside the ${mode.width}x${mode.height} pixels of ${mode.name} mode`,
        register: "HREFST",
        value: regs.sensor(Sensor.HREFST),
    }
}

/** Every constraint of the DSP's size pipeline that the registers break, in the order of its steps. */
export function pipelineFaults(
    geometry: Geometry,
    regs: RegisterFile
): Fault[] {
    return [
        inputFault(geometry, regs),
        windowFault(geometry, regs),
        dividerFault(geometry, regs),
        scalerFault(geometry, regs),
        outputFault(geometry, regs),
    ].filter(fault => fault !== undefined)
}

function inputFault(g: Geometry, regs: RegisterFile): Fault | undefined {
    const { input, sensor } = g
    if (input.width <= sensor.width && input.height <= sensor.height)
        return undefined
    return {
        rule:
            `the DSP input of ${size(input)} (HSIZE8, VSIZE8, SIZEL) is larger than the ` +
            `${size(sensor)} pixels that the sensor sends in ${g.mode.name} mode`,
        register: "HSIZE8",
        value: regs.dsp(Dsp.HSIZE8),
    }
}

function windowFault(g: Geometry, regs: RegisterFile): Fault | undefined {
    const { input, window } = g
    const inside =
        window.x + window.width <= input.width &&
        window.y + window.height <= input.height
    if (inside && window.width > 0 && window.height > 0) return undefined
    return {
        rule:
            `the window of ${sizeAt(window)} (HSIZE, VSIZE, XOFFL, YOFFL, VHYX, TEST) ` +
            `is not inside the DSP input of ${size(input)} (HSIZE8, VSIZE8, SIZEL)`,
        register: "HSIZE",
        value: regs.dsp(Dsp.HSIZE),
    }
}

function dividerFault(g: Geometry, regs: RegisterFile): Fault | undefined {
    const { window, divided, hDivider, vDivider } = g
    if (
        divided.width << hDivider === window.width &&
        divided.height << vDivider === window.height
    )
        return undefined
    return {
        rule:
            `the window of ${size(window)} cannot be divided by ${1 << hDivider} across and ` +
            `${1 << vDivider} down (H_DIVIDER ${hDivider}, V_DIVIDER ${vDivider}) without a remainder`,
        register: "CTRLI",
        value: regs.dsp(Dsp.CTRLI),
    }
}

function scalerFault(g: Geometry, regs: RegisterFile): Fault | undefined {
    if ((regs.dsp(Dsp.CTRL2) & CTRL2_DCW) !== 0) return undefined
    if (
        g.output.width === g.window.width &&
        g.output.height === g.window.height
    )
        return undefined
    return {
        rule:
            `CTRL2 bit 5 (DCW) is off, so nothing is divided or scaled, but the output of ${size(g.output)} ` +
            `(ZMOW, ZMOH, ZMHH) is not the window of ${size(g.window)} (HSIZE, VSIZE)`,
        register: "CTRL2",
        value: regs.dsp(Dsp.CTRL2),
    }
}

function outputFault(g: Geometry, regs: RegisterFile): Fault | undefined {
    const { output, divided } = g
    const upscaled =
        output.width > divided.width || output.height > divided.height
    const tooSmall =
        output.width < OUTPUT_MIN.width || output.height < OUTPUT_MIN.height
    if (!upscaled && !tooSmall) return undefined
    const rule = upscaled
        ? `the output of ${size(output)} (ZMOW, ZMOH, ZMHH) is larger than the ${size(divided)} after the divider (CTRLI): the chip scales down only`
        : `the output of ${size(output)} (ZMOW, ZMOH, ZMHH) is under the smallest of ${size(OUTPUT_MIN)}`
    return { rule, register: "ZMOW", value: regs.dsp(Dsp.ZMOW) }
}

function size({ width, height }: Size): string {
    return `${width}x${height}`
}

function sizeAt({ x, y, width, height }: SensorWindow): string {
    return `${width}x${height} at ${x},${y}`
}
