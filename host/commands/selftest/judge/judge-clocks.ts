// SPDX-License-Identifier: MIT
// Clocks: XCLK by the time that frames take, PIXCLK against HCLK. Pure.

import type { Finding, Wiring } from "./findings.ts"
import type { Measurements } from "./measurements.ts"

/** Crystals are far better; a wrong clock is off by far more. */
const TOLERANCE = 0.01
/** RM0090 section 15.4. */
const HCLK_PER_PIXCLK = 2.5

export function judgeClocks(
    { time, hclkHz, xclkHz, sensor }: Measurements,
    wiring: Wiring
): Finding[] {
    if (!time || time.us === 0) return []
    const measuredFps = (1e6 * time.frames) / time.us
    const ratio = measuredFps / time.plannedFps
    const findings: Finding[] = []
    if (Math.abs(ratio - 1) > TOLERANCE)
        findings.push({
            name: "xclk-rate",
            part: "XCLK",
            detail: `${measuredFps.toFixed(2)} frames/s come, ${time.plannedFps.toFixed(2)} are due with XCLK at ${mhz(xclkHz)}: it is about ${mhz(xclkHz * ratio)}, or HCLK is not ${mhz(hclkHz)}. Check the module's oscillator at ${wiring.sensorPin("XCLK")} against "xclk" in the board file, and the board's crystal against "hse"`,
        })
    // PIXCLK of the OV2640 runs at the rate of its bytes, or faster.
    const pixclkHz =
        (sensor === "mt9v034" ? xclkHz : (1e9 * time.lineBytes) / time.rowNs) *
        ratio
    if (hclkHz < HCLK_PER_PIXCLK * pixclkHz)
        findings.push({
            name: "pixclk-rate",
            part: "PIXCLK",
            detail: `PIXCLK is ${mhz(pixclkHz)}, and HCLK of ${mhz(hclkHz)} is not ${HCLK_PER_PIXCLK} times as fast, which the DCMI needs: give the sensor a slower XCLK or the chip a faster HCLK`,
        })
    return findings
}

function mhz(hz: number): string {
    return `${(hz / 1e6).toFixed(2)} MHz`
}
