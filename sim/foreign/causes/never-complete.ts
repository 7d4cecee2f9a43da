// SPDX-License-Identifier: MIT

import { DcmiCr } from "../../stm32/dcmi/dcmi-registers.ts"
import { frameWords } from "./frame-words.ts"
import type { Cause } from "./cause.ts"

/** Fewer may pass while a program looks at the frame. */
const FRAMES_MIN = 2

export const neverComplete: Cause = {
    name: "never-complete",
    what: "the program waits for the end of a transfer that no frame fills",
    evidence:
        "a stream that is still enabled, with TCIE and words left, frames after the last one that was captured",
    find(observed) {
        const { stream, capture, dcmi } = observed
        if (stream === undefined || capture.starts === 0) return undefined
        const waits =
            stream.completeInterrupt && stream.enabled && !stream.circular
        const over = (dcmi.crNow & DcmiCr.CAPTURE) === 0
        if (!waits || !over || capture.framesSinceStart < FRAMES_MIN)
            return undefined
        const words = frameWords(observed)
        const why = capture.lastOverran
            ? "the DCMI's FIFO overran, and what was lost never comes"
            : words !== undefined && words < stream.words
              ? `a frame has ${words} words only`
              : capture.frames > 0
                ? "the frame was shorter"
                : undefined
        if (why === undefined) return undefined
        return `DMA2 stream ${stream.stream} was set to ${stream.words} words, and ${stream.wordsLeft} of them are left: ${why}, so that transfer complete never comes, and who waits for it waits for ever. Wait for the DCMI's FRAME, OVR and a time-out as well, then stop the stream and take the length from NDTR.`
    },
}
