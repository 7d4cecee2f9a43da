// SPDX-License-Identifier: MIT
// Rules of the DCMI that concern more than one register or the wires. Pure: each answers with the broken rule, if any.

import type {
    ClockEdge,
    DataChange,
    Level,
    LineData,
} from "../../wires/parallel-bus.ts"
import { DcmiCr, DcmiCwsize } from "./dcmi-registers.ts"

const CR_F446 = DcmiCr.BSM | DcmiCr.OEBS | DcmiCr.LSM | DcmiCr.OELS
const PIXCLK_MAX_HZ = 54e6 // AN5020 §3, and the data sheets' DCMI characteristics
const HCLK_PER_PIXCLK = 2.5 // RM0090 §15.4
const WORD_BYTES = 4
/**
 * Of the data lines about the sampling edge, ns: the largest of the chips (DS8626, DS9405, DS10693: DCMI characteristics;
 * from memory).
 */
const DATA_SETUP_NS = 2.5
const DATA_HOLD_NS = 2.5
const AT_THE_EDGE: DataChange = { earliestNs: 0, latestNs: 0 }
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

/** What is doubtful or wrong about the edge of PIXCLK at which the DCMI samples. */
export interface EdgeProblem {
    readonly rule: string
    /** Data changes so near to the edge that a board reads it wrong. */
    readonly wrong: boolean
}

/**
 * Set-up and hold time of the data about the edge that PCKPOL chooses. With the middle of the time in which the data may
 * change they are kept or the data is wrong; what its extremes leave, or another edge than the sensor's sheet names, is
 * doubtful.
 */
export function edgeProblem(
    cr: number,
    data: LineData
): EdgeProblem | undefined {
    const edge = (cr & DcmiCr.PCKPOL) !== 0 ? "rising" : "falling"
    const { stableEdge, periodNs, dataChange = AT_THE_EDGE } = data
    const { earliestNs, latestNs } = dataChange
    const afterNs = edge === stableEdge ? periodNs / 2 : 0
    const middleNs = (earliestNs + latestNs) / 2
    const typical = marginsNs(afterNs, periodNs, middleNs, middleNs)
    const least = marginsNs(afterNs, periodNs, earliestNs, latestNs)
    const wrong = Math.min(...typical) < 0
    if (!wrong && edge === stableEdge && Math.min(...least) >= 0)
        return undefined
    const samples = `PCKPOL samples at the ${edge} edge of PIXCLK`
    const left = `set-up ${least[0].toFixed(1)} ns and hold ${least[1].toFixed(1)} ns beyond what the DCMI needs`
    return {
        wrong,
        rule: wrong
            ? `${samples}, where the data changes (${left}): it is stable at the ${stableEdge} edge`
            : doubtfulEdge(samples, stableEdge, left),
    }
}

function doubtfulEdge(
    samples: string,
    stableEdge: ClockEdge,
    left: string
): string {
    return `${samples}, the sensor's sheet names the ${stableEdge} edge: the data is right, with ${left}`
}

/**
 * Set-up and hold time beyond what is needed, ns, of data that changes from `earliestNs` to `latestNs` after an edge of
 * PIXCLK and is sampled `afterNs` after it.
 */
function marginsNs(
    afterNs: number,
    periodNs: number,
    earliestNs: number,
    latestNs: number
): readonly [setupNs: number, holdNs: number] {
    // The byte of this period, or that of the period before: the one that is sampled nearer to its middle.
    const sampled = [afterNs, afterNs + periodNs].map(
        atNs =>
            [
                atNs - latestNs - DATA_SETUP_NS,
                periodNs + earliestNs - atNs - DATA_HOLD_NS,
            ] as const
    )
    return Math.min(...sampled[0]!) > Math.min(...sampled[1]!)
        ? sampled[0]!
        : sampled[1]!
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
