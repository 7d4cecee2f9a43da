// SPDX-License-Identifier: MIT

import { CAPTURE_HANDLERS } from "../exception-tally.ts"
import { duration, type Cause } from "./cause.ts"

export const slowHandler: Cause = {
    name: "slow-handler",
    what: "the interrupt of the capture runs longer than the blanking, as with a copy of the frame in it",
    evidence:
        "the longest run of the handler against the time between two frames, and frames that began or were lost meanwhile",
    find({ handlers, sent, capture }) {
        const blankingNs = sent?.blankingNs
        if (sent === undefined || blankingNs === undefined) return undefined
        const slow = handlers.filter(
            ({ name, longestNs }) =>
                CAPTURE_HANDLERS.includes(name) && longestNs > blankingNs
        )
        for (const { name, longestNs, frameStarts } of slow) {
            const lost = capture.offered - capture.starts
            if (frameStarts === 0 && lost === 0) continue
            const effect =
                frameStarts > 0
                    ? `${frameStarts} frames began while it ran, and the DMA wrote them into memory that it was still reading`
                    : `of the sensor's ${capture.offered} frames since the first one ${lost} were not taken`
            return `The handler of ${name} runs up to ${duration(longestNs)}, and the sensor leaves ${duration(blankingNs)} between two frames: ${effect}. Copying or computing in an interrupt does that (a frame of ${capture.lastBytes ?? sent.columns * sent.rows * sent.bytesPerPixel} bytes, byte by byte): let the handler only note which buffer is full, give the DMA another one (double buffer mode), and work in the main loop.`
        }
        return undefined
    },
}
