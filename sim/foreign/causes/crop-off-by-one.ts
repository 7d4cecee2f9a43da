// SPDX-License-Identifier: MIT

import { DcmiCr, DcmiCwsize } from "../../stm32/dcmi/dcmi-registers.ts"
import type { Observed } from "../observed.ts"
import type { Cause } from "./cause.ts"

const WORD_BYTES = 4

export const cropOffByOne: Cause = {
    name: "crop-off-by-one",
    what: "CAPCNT or VLINE holds the size of the window, not the size minus 1",
    evidence:
        "CWSIZE, and the length of the transfer that would fit a window smaller by one",
    find(observed) {
        const { cr, cwsize } = observed.dcmi
        if ((cr & DcmiCr.CROP) === 0) return undefined
        const capcnt = cwsize & DcmiCwsize.CAPCNT
        const vline = (cwsize & DcmiCwsize.VLINE) >>> 16
        const columns = (capcnt + 1) % WORD_BYTES === 1
        const rows = rowsOff(observed, columns ? capcnt : capcnt + 1, vline)
        if (!columns && !rows) return undefined
        const wrong = [
            ...(columns
                ? [
                      `CAPCNT = ${capcnt}, a window of ${capcnt + 1} pixel clocks, which is no whole number of words`,
                  ]
                : []),
            ...(rows
                ? [
                      `VLINE = ${vline}, a window of ${vline + 1} lines, while the transfer is as long as one of ${vline}`,
                  ]
                : []),
        ].join(", and ")
        return `DCMI_CWSIZE holds sizes minus 1 (RM0090 §15.8.10): it has ${wrong}. Write ${[...(columns ? [`CAPCNT = ${capcnt - 1}`] : []), ...(rows ? [`VLINE = ${vline - 1}`] : [])].join(" and ")}.`
    },
}

/** The transfer holds whole frames of one line less, and none of this window. */
function rowsOff({ stream }: Observed, bytes: number, vline: number): boolean {
    if (stream === undefined || vline === 0) return false
    const words = (lines: number): number => (lines * bytes) / WORD_BYTES
    return stream.words === words(vline) && vline > 1
}
