// SPDX-License-Identifier: MIT
// From scene, exposure and gain to an 8-bit channel, and the registers that hold exposure and gain.

import { Sensor } from "../registers.ts"
import type { RegisterFile } from "../register-file.ts"

/** With this exposure and gain 1x a scene value of 255 is white, us; the same for every sensor model. */
export const REFERENCE_EXPOSURE_US = 4000

/** Steps of one doubling of the gain: GAIN[3:0]. */
const GAIN_STEPS = 16

/** The converter has 10 bits; the 8-bit path takes the upper ones. Linear, rounded, saturating. */
export function channel8(
    value: number,
    exposureUs: number,
    gain: number
): number {
    const level = (4 * value * exposureUs * gain) / REFERENCE_EXPOSURE_US
    return Math.min(1023, Math.round(level)) >> 2
}

/** AEC[15:0]: lines, from REG45[5:0], AEC, REG04[1:0]. */
export function exposureLines(regs: RegisterFile): number {
    return (
        ((regs.sensor(Sensor.REG45) & 0x3f) << 10) |
        (regs.sensor(Sensor.AEC) << 2) |
        (regs.sensor(Sensor.REG04) & 3)
    )
}

export function setExposureLines(regs: RegisterFile, lines: number): void {
    const { REG45, AEC, REG04 } = Sensor
    regs.setSensor(REG45, (regs.sensor(REG45) & 0xc0) | (lines >> 10))
    regs.setSensor(AEC, (lines >> 2) & 0xff)
    regs.setSensor(REG04, (regs.sensor(REG04) & 0xfc) | (lines & 3))
}

/** GAIN: (b7+1)(b6+1)(b5+1)(b4+1)(1 + [3:0]/16), 1 = 1x. REG45[7:6] is stored only. */
export function analogGain(regs: RegisterFile): number {
    const value = regs.sensor(Sensor.GAIN)
    let gain = 1 + (value & 0x0f) / GAIN_STEPS
    for (let bit = 4; bit < 8; bit++) gain *= ((value >> bit) & 1) + 1
    return gain
}

/** The largest gain that the register can say: 16 x (1 + 15/16). */
export const GAIN_MAX = 31

/** Write the nearest gain not above `gain`, 1..31. */
export function setAnalogGain(regs: RegisterFile, gain: number): void {
    let doublings = 0
    while (doublings < 4 && gain >= 2 << doublings) doublings++
    const base = 1 << doublings
    const steps = Math.floor((gain / base - 1) * GAIN_STEPS)
    const value =
        (((1 << doublings) - 1) << 4) |
        Math.max(0, Math.min(GAIN_STEPS - 1, steps))
    regs.setSensor(Sensor.GAIN, value)
}
