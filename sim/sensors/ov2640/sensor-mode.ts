// SPDX-License-Identifier: MIT
// The OV2640's three sensor modes: size, sub-sampling, window registers and frame timing (DS table 1, figures 15-17).

import { Sensor } from "./registers.ts"

export type ModeName = "UXGA" | "SVGA" | "CIF"

export interface SensorMode {
    readonly name: ModeName
    /** Pixels of a full row and rows of a full frame at the sensor's output. */
    readonly width: number
    readonly height: number
    /** Every nth pixel of every nth row of the 1600x1200 field is read. */
    readonly step: number
    /** tP of one line: active pixels and blanking. */
    readonly linePclk: number
    readonly lines: number
    /** From the end of the VSYNC pulse to the first row: whole lines, and half tP beyond them. */
    readonly leadLines: number
    readonly leadHalfPclk: number
    /** HREF start of the full window, and pixels per unit of it. */
    readonly hStart: number
    readonly hUnitPx: number
    /** VREF start of the full window, in units of 2 lines. */
    readonly vStart: number
    /** What COM7 puts into the window registers when it selects this mode. */
    readonly resets: readonly (readonly [address: Sensor, value: number])[]
}

/** DS figures 15-17: VSYNC is high for this many lines, in every mode. */
export const VSYNC_LINES = 4

/** DS section "window": the vertical registers count pairs of lines. */
export const V_UNIT_ROWS = 2

/** The field the chip looks at, pixels (DS key specifications: 1600x1200). */
export const FIELD_WIDTH = 1600
export const FIELD_HEIGHT = 1200

const UXGA: SensorMode = {
    name: "UXGA",
    width: 1600,
    height: 1200,
    step: 1,
    linePclk: 1922,
    lines: 1248,
    leadLines: 14, // 27,193 tP = 14 lines + 285
    leadHalfPclk: 2 * 285,
    hStart: 142,
    hUnitPx: 2,
    vStart: 7,
    resets: [
        [Sensor.COM1, 0x0f],
        [Sensor.HREFST, 0x11],
        [Sensor.HREFEND, 0x75],
        [Sensor.VSTRT, 0x01],
        [Sensor.VEND, 0x97],
        [Sensor.REG32, 0x36],
    ],
}

const SVGA: SensorMode = {
    name: "SVGA",
    width: 800,
    height: 600,
    step: 2,
    linePclk: 1190,
    lines: 672,
    leadLines: 6, // 7,415 tP = 6 lines + 275
    leadHalfPclk: 2 * 275,
    hStart: 137,
    hUnitPx: 2,
    vStart: 2,
    resets: [
        [Sensor.COM1, 0x0a],
        [Sensor.HREFST, 0x11],
        [Sensor.HREFEND, 0x43],
        [Sensor.VSTRT, 0x00],
        [Sensor.VEND, 0x4b],
        [Sensor.REG32, 0x09],
    ],
}

const CIF: SensorMode = {
    name: "CIF",
    width: 400,
    height: 296,
    step: 4,
    linePclk: 595,
    lines: 336,
    leadLines: 6, // 3,707.5 tP = 6 lines + 137.5
    leadHalfPclk: 275,
    hStart: 137,
    hUnitPx: 1, // sub-sampled: one pixel per unit
    vStart: 2,
    resets: [
        // DS: 0x06, which gives 294 rows; all drivers write 0x0a for 296.
        [Sensor.COM1, 0x06],
        [Sensor.HREFST, 0x11],
        [Sensor.HREFEND, 0x43],
        [Sensor.VSTRT, 0x00],
        [Sensor.VEND, 0x25],
        [Sensor.REG32, 0x09],
    ],
}

/**
 * The mode that COM7[6:4] selects, undefined for a code that no source knows.
 * CIF is 001 in the data sheet and 010 in every driver: both are taken.
 */
export function modeOf(com7: number): SensorMode | undefined {
    switch ((com7 >> 4) & 7) {
        case 0b000:
            return UXGA
        case 0b100:
            return SVGA
        case 0b010:
        case 0b001:
            return CIF
        default:
            return undefined
    }
}
