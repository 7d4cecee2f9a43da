// SPDX-License-Identifier: MIT
// The OV2640's clocks: XVCLK, the sensor's pixel clock, the DSP's clock, PCLK on the port.

import { Dsp, Sensor } from "./registers.ts"
import type { RegisterFile } from "./register-file.ts"

/** DS "clock": XVCLK 6..24 MHz. */
export const XVCLK_MIN_HZ = 6e6
export const XVCLK_MAX_HZ = 24e6

/** DS timing: tP >= 27.78 ns, which is 36 MHz. */
export const CLK_MAX_HZ = 36e6

const R_DVP_SP_AUTO = 0x80
const R_DVP_SP_MAX = 0x7f

/** CLK = XVCLK (x2 with CLKRC[7]) / (CLKRC[5:0] + 1), Hz: one sensor pixel per clock. */
export function sensorClkHz(xvclkHz: number, clkrc: number): number {
    const doubled = (clkrc & 0x80) !== 0 ? 2 * xvclkHz : xvclkHz
    return doubled / ((clkrc & 0x3f) + 1)
}

/**
 * The clock that R_DVP_SP divides, Hz. DS: "48 MHz"; taken as twice XVCLK, which gives that at 24 MHz (unproven elsewhere).
 */
export function sysclkHz(xvclkHz: number): number {
    return 2 * xvclkHz
}

/** What one line has to get through the port. */
export interface LineBudget {
    readonly bytesPerLine: number
    /** The shortest time between the starts of two output lines, ns. */
    readonly lineNs: number
}

/**
 * R_DVP_SP's divider in force, 1..127. Manual (bit 7 = 0): bits [6:0]. Auto: the slowest PCLK at which an
 * uncompressed line still fits between two lines; the data sheet only says "auto", this rule is ours.
 * @returns undefined for a manual divider of 0
 */
export function pclkDivider(
    regs: RegisterFile,
    xvclkHz: number,
    budget: LineBudget
): number | undefined {
    const value = regs.dsp(Dsp.R_DVP_SP)
    if ((value & R_DVP_SP_AUTO) === 0) {
        const divider = value & R_DVP_SP_MAX
        return divider === 0 ? undefined : divider
    }
    const clocks = (budget.lineNs * sysclkHz(xvclkHz)) / 1e9
    const divider = Math.floor(clocks / budget.bytesPerLine)
    return Math.min(R_DVP_SP_MAX, Math.max(1, divider))
}

/** Dummy pixels added to every line, tP: REG2A[7:4] and FRARL, 12 bits. */
export function dummyPclk(regs: RegisterFile): number {
    return ((regs.sensor(Sensor.REG2A) & 0xf0) << 4) | regs.sensor(Sensor.FRARL)
}

/** Lines added to every frame: FLL + 256 * FLH. */
export function dummyLines(regs: RegisterFile): number {
    return regs.sensor(Sensor.FLL) + 256 * regs.sensor(Sensor.FLH)
}
