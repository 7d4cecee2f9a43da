// SPDX-License-Identifier: MIT
// Which writes change the OV2640's mode, so that the frames around them cannot be used.

import type { Bank } from "./register-file.ts"
import { Dsp, Sensor } from "./registers.ts"

const COM7_COLOUR_BAR = 0x02

const SENSOR_MODE_REGISTERS: ReadonlySet<number> = new Set([
    Sensor.COM1,
    Sensor.CLKRC,
    Sensor.COM7,
    Sensor.COM10,
    Sensor.HREFST,
    Sensor.HREFEND,
    Sensor.VSTRT,
    Sensor.VEND,
    Sensor.REG2A,
    Sensor.FRARL,
    Sensor.REG32,
    Sensor.FLL,
    Sensor.FLH,
])

const DSP_MODE_REGISTERS: ReadonlySet<number> = new Set([
    Dsp.R_BYPASS,
    Dsp.CTRLI,
    Dsp.HSIZE,
    Dsp.VSIZE,
    Dsp.XOFFL,
    Dsp.YOFFL,
    Dsp.VHYX,
    Dsp.TEST,
    Dsp.ZMOW,
    Dsp.ZMOH,
    Dsp.ZMHH,
    Dsp.CTRL2,
    Dsp.SIZEL,
    Dsp.HSIZE8,
    Dsp.VSIZE8,
    Dsp.CTRL0,
    Dsp.R_DVP_SP,
    Dsp.IMAGE_MODE,
    Dsp.RESET,
])

/**
 * True when the write alters size, format, clock or timing. Exposure, gain, mirror, flip, colour bar and QS act from the
 * next frame on and spoil none.
 */
export function changesMode(
    bank: Bank,
    address: number,
    before: number,
    value: number
): boolean {
    if (bank === "dsp")
        return before !== value && DSP_MODE_REGISTERS.has(address)
    const ignored = address === Sensor.COM7 ? COM7_COLOUR_BAR : 0
    const changed = (before ^ value) & ~ignored
    return changed !== 0 && SENSOR_MODE_REGISTERS.has(address)
}
