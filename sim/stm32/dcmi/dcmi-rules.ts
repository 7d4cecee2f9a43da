// SPDX-License-Identifier: MIT
// Rules of the DCMI that concern more than one register or the wires. Pure: each answers with the broken rule, if any.

import type { Level, LineData } from "../../wires/parallel-bus.ts"
import { DcmiCr, DcmiCwsize } from "./dcmi-registers.ts"

const CR_F446 = DcmiCr.BSM | DcmiCr.OEBS | DcmiCr.LSM | DcmiCr.OELS
const PIXCLK_MAX_HZ = 54e6 // AN5020 §3, and the data sheets' DCMI characteristics
const HCLK_PER_PIXCLK = 2.5 // RM0090 §15.4
const WORD_BYTES = 4
/** PIXCLK is handed over as a period in floating point. */
const TOLERANCE = 1e-6

/** Values of CR that have no meaning, or none that is known. */
export function controlProblem(cr: number): string | undefined {
    if ((cr & DcmiCr.FCRC) === DcmiCr.FCRC) return "FCRC 3 is reserved"
    if ((cr & DcmiCr.JPEG) !== 0 && (cr & DcmiCr.CROP) !== 0)
        return "CROP cannot be used in JPEG mode: there are no lines to count"
    if ((cr & CR_F446) !== 0 && (cr & DcmiCr.JPEG) !== 0)
        return "byte and line select in JPEG mode are not modelled"
    if ((cr & CR_F446) !== 0 && (cr & DcmiCr.CROP) !== 0)
        return "byte and line select together with CROP are not modelled"
    return undefined
}

/** Each line of a crop window must be a whole number of words (RM0090 §15.5). */
export function windowProblem(cwsize: number): string | undefined {
    const bytes = (cwsize & DcmiCwsize.CAPCNT) + 1
    if (bytes % WORD_BYTES === 0) return undefined
    return `CAPCNT + 1 is ${bytes}: a line of the window must be a whole number of 4-byte words`
}

/** PCKPOL must choose the edge at which the sensor's data is stable. */
export function edgeProblem(cr: number, data: LineData): string | undefined {
    const samplesAt = (cr & DcmiCr.PCKPOL) !== 0 ? "rising" : "falling"
    if (data.stableEdge === samplesAt) return undefined
    return `PCKPOL samples at the ${samplesAt} edge of PIXCLK, the data is stable at the ${data.stableEdge} edge`
}

/** Limits of PIXCLK. */
export function pixclkProblem(
    periodNs: number,
    hclkHz: number
): string | undefined {
    const hz = 1e9 / periodNs
    if (hz > PIXCLK_MAX_HZ * (1 + TOLERANCE))
        return `PIXCLK is ${Math.round(hz)} Hz, over 54 MHz`
    if (hclkHz < HCLK_PER_PIXCLK * hz * (1 - TOLERANCE))
        return `HCLK ${hclkHz} Hz is below 2.5 x PIXCLK (${Math.round(hz)} Hz)`
    return undefined
}

/** The message when pixels come at the level that a polarity bit calls inactive. */
export function polarityProblem(
    pin: "HSYNC" | "VSYNC",
    bit: "HSPOL" | "VSPOL",
    level: Level
): string {
    return `pixels come while ${pin} is ${level}, which ${bit} calls the level without data`
}
