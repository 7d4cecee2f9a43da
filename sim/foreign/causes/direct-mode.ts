// SPDX-License-Identifier: MIT

import type { Cause } from "./cause.ts"

export const directMode: Cause = {
    name: "direct-mode",
    what: "overruns in direct mode: the stream's FIFO is not used",
    evidence:
        "overruns while others had the memory, of a stream with FCR_DMDIS = 0",
    find({ stream, capture: { overruns } }) {
        if (stream === undefined || !stream.directMode) return undefined
        if (overruns.stalled === 0) return undefined
        return `The DCMI's FIFO overran ${overruns.stalled} times while others had the memory, and DMA2 stream ${stream.stream} works in direct mode (FCR_DMDIS = 0): each word must be in memory before the next one is fetched, so that the DCMI's own four words are all there is. Set FCR_DMDIS with a threshold of the whole FIFO (FCR = 0x07) and bursts of four words (MBURST = 1): the stream then holds four words more, and needs the memory once for all of them (RM0090 §10.3.13).`
    },
}
