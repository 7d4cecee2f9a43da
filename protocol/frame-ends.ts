// SPDX-License-Identifier: MIT
// What became of each frame of the sensor. For Node and the browser.

import type { GrabberCounters } from "./counters"

/** Counter of each place where a frame can end, by the name that --json has for it. */
const END_COUNTERS = {
    delivered: "delivered",
    /** The program did not look at it. */
    skipped: "skipped",
    /** No buffer was free. */
    dropped: "dropped",
    /** The sensor marks it unusable after a change. */
    settling: "settling",
    short: "shortFrames",
    overrun: "overrunFrames",
    dmaError: "dmaErrors",
    badJpeg: "badJpeg",
    tooLarge: "tooLarge",
    /** It was due, and nothing came. */
    lost: "lost",
    /** Its time or its window is not certain. */
    doubtful: "doubtful",
} as const satisfies Record<string, keyof GrabberCounters>

export type FrameEnd = keyof typeof END_COUNTERS
export const FRAME_ENDS = Object.keys(END_COUNTERS) as FrameEnd[]

/** Frames of the sensor by where they ended: exactly one place each. */
export type FrameEnds = Readonly<Record<FrameEnd, number>>

/** Say where frames ended. One that still waits for the program counts as skipped. */
export function frameEnds(counters: GrabberCounters): FrameEnds {
    const { frames, delivered, skipped, settling } = counters
    const waiting = frames - delivered - skipped - settling
    const ends = Object.fromEntries(
        FRAME_ENDS.map(end => [end, counters[END_COUNTERS[end]]])
    ) as Record<FrameEnd, number>
    ends.skipped += waiting
    return ends
}

/** Add up where frames ended: the frames of the sensor, if each ended in one place. */
export function sumOfEnds(ends: FrameEnds): number {
    return FRAME_ENDS.reduce((sum, end) => sum + ends[end], 0)
}
