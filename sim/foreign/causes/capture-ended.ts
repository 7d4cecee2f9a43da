// SPDX-License-Identifier: MIT

import { DcmiCr } from "../../stm32/dcmi/dcmi-registers.ts"
import type { Cause } from "./cause.ts"

/** Fewer may pass while a program sets up its next capture. */
const FRAMES_MIN = 2

export const captureEnded: Cause = {
    name: "capture-ended",
    what: "after an overrun or an error of the DMA nobody starts the capture again",
    evidence:
        "frames that the sensor sent after it, and a DCMI or a stream that is off",
    find({ capture, dcmi: { cr, crNow }, stream }) {
        const running = DcmiCr.ENABLE | DcmiCr.CAPTURE
        const off = [
            ...((crNow & running) !== running
                ? [
                      `DCMI_CR_${(crNow & DcmiCr.ENABLE) === 0 ? "ENABLE" : "CAPTURE"} is 0${(cr & DcmiCr.CM) !== 0 ? " (an overrun ends a snapshot)" : ""}`,
                  ]
                : []),
            ...(stream !== undefined && !stream.enabled
                ? [`DMA2 stream ${stream.stream} is off`]
                : []),
        ]
        if (off.length === 0) return undefined
        if (!capture.lastOverran) return undefined
        if (capture.framesSinceStart < FRAMES_MIN) return undefined
        return `The DCMI's FIFO overran, and since then the sensor sent ${capture.framesSinceStart} frames of which none was taken: ${off.join(" and ")}. In the handler of OVR clear the flag, stop the stream, set its address and NDTR again, enable it, and set CAPTURE (RM0090 §15.5.4).`
    },
}
