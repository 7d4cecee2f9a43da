// SPDX-License-Identifier: MIT

import {
    DcmiCr,
    DcmiCwsize,
    DcmiCwstrt,
} from "../../stm32/dcmi/dcmi-registers.ts"
import type { Cause } from "./cause.ts"
import { takesWhatComes } from "./frame-words.ts"

export const cropOutside: Cause = {
    name: "crop-outside",
    what: "the crop window reaches beyond the sensor's frame",
    evidence:
        "CWSTRT and CWSIZE, the lines that the sensor sends, and a transfer that waits for more",
    find(observed) {
        const { sent, dcmi, capture } = observed
        const { cr, cwstrt, cwsize } = dcmi
        if (sent === undefined || sent.bytesPerPixel === 0) return undefined
        if ((cr & DcmiCr.CROP) === 0 || capture.starts === 0) return undefined
        const lineClocks = sent.columns * sent.bytesPerPixel
        const right =
            (cwstrt & DcmiCwstrt.HOFFCNT) + (cwsize & DcmiCwsize.CAPCNT) + 1
        const bottom =
            ((cwstrt & DcmiCwstrt.VST) >>> 16) +
            ((cwsize & DcmiCwsize.VLINE) >>> 16) +
            1
        const beyond = [
            ...(right > lineClocks
                ? [`ends at pixel clock ${right} of lines of ${lineClocks}`]
                : []),
            ...(bottom > sent.rows
                ? [`ends at line ${bottom} of frames of ${sent.rows}`]
                : []),
        ]
        // A window may be open to the end of the frame on purpose.
        if (beyond.length === 0 || takesWhatComes(observed)) return undefined
        return `The crop window ${beyond.join(" and ")}: the DCMI takes what is there and raises FRAME all the same (RM0090 §15.5.6), the rest of the buffer keeps what it had, and the next frame begins where this one stopped. Make CWSTRT + CWSIZE fit what the sensor sends (${lineClocks} pixel clocks, ${sent.rows} lines).`
    },
}
