// SPDX-License-Identifier: MIT

import { DcmiCr } from "../../stm32/dcmi/dcmi-registers.ts"
import type { Cause } from "./cause.ts"

export const jpegBit: Cause = {
    name: "jpeg-bit",
    what: "a JPEG without DCMI_CR_JPEG, or raw pixels with it",
    evidence: "the format that the sensor sends, and DCMI_CR of a capture",
    find({ sent, capture, dcmi: { cr } }) {
        if (sent === undefined || capture.starts === 0) return undefined
        const jpeg = (cr & DcmiCr.JPEG) !== 0
        if (sent.format === "jpeg" && !jpeg)
            return "The sensor sends a JPEG, and DCMI_CR_JPEG is 0: the DCMI takes the stream for lines, and when its length is no multiple of 4 the last bytes, with the end marker, stay behind (RM0090 §15.4: only in JPEG mode is the last word filled up). Set JPEG before ENABLE."
        if (sent.format !== "jpeg" && jpeg)
            return `The sensor sends ${sent.format} line by line, and DCMI_CR_JPEG is 1: HSYNC is then only a data enable, LINE never comes, and a crop window is not possible. Clear JPEG, or set the sensor to JPEG.`
        return undefined
    },
}
