// SPDX-License-Identifier: MIT

import { DcmiCr } from "../../stm32/dcmi/dcmi-registers.ts"
import type { Cause } from "./cause.ts"
import { cropOffByOne } from "./crop-off-by-one.ts"
import { cropOutside } from "./crop-outside.ts"
import { frameWords } from "./frame-words.ts"

export const bufferSize: Cause = {
    name: "buffer-size",
    what: "the DMA's transfer (NDTR) is not as long as a frame",
    evidence:
        "NDTR when the stream was enabled, and the words of a frame as the DCMI hands it on",
    find(observed) {
        const { stream, capture, dcmi } = observed
        const words = frameWords(observed)
        if (stream === undefined || words === undefined) return undefined
        if (capture.starts === 0 || words === 0) return undefined
        // A wrong window makes frames of another length: it is the window that is to be mended.
        if (cropOffByOne.find(observed) ?? cropOutside.find(observed))
            return undefined
        if (stream.words > words) {
            // A snapshot may be shorter than the space for it.
            if (!stream.circular || (dcmi.cr & DcmiCr.CM) !== 0)
                return undefined
            return `A frame has ${words} words, the transfer ${stream.words} (NDTR), and it begins anew only at its own end: each frame starts ${words} words further in the buffer than the one before, and the picture wanders. Set NDTR to ${words}: width x height x bytes per pixel / 4 of what the DCMI hands on.`
        }
        const pieces = words / stream.words
        if (Number.isInteger(pieces)) return undefined
        const effect = stream.circular
            ? "the transfer begins anew within the frame: its start is overwritten with its end, and the picture is striped"
            : "the stream stops before the frame ends, and the DCMI's FIFO overruns"
        return `A frame has ${words} words, the transfer ${stream.words} (NDTR): ${effect}. Set NDTR to ${words} (width x height x bytes per pixel / 4 of what the DCMI hands on), or make the window as large as the buffer.`
    },
}
