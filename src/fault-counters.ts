// SPDX-License-Identifier: MIT
// Which of the grabber's fault counters moved, and how many frames in a row came to nothing.

import type { FrameGrabber } from "../drivers/grabber/grabber"
import { FaultCause } from "../protocol/faults"
import { GrabberBytes, GrabberReg } from "../protocol/grabber-page"

/** Where the recovery block begins in FaultCounters.values: after BAD_JPEG to NEEDED_BYTES. */
const RECOVERY_AT = GrabberReg.NEXT - GrabberReg.BAD_JPEG

/** The counters as of the last look, for the functions below: a method would take GC heap. */
export class FaultCounters {
    /** From BAD_JPEG to NEEDED_BYTES, then from OVERRUN_FRAMES to DOUBTFUL. */
    values: Buffer = Buffer.alloc(RECOVERY_AT + GrabberBytes.RECOVERY)
    /** Frames of the sensor up to the last one that was captured. */
    goodUntil = 0
    /** When the sensor may be set up anew at the earliest, ms. */
    setUpAtMs = 0
}

/**
 * Look anew.
 *
 * @returns why frames were lost or withheld since the last look; of several causes the first in the chain
 */
export async function lookAtCounters(
    counters: FaultCounters,
    grabber: FrameGrabber
): Promise<FaultCause> {
    const { values } = counters
    const control = await grabber.readBlock(
        GrabberReg.BAD_JPEG,
        "the counters",
        RECOVERY_AT
    )
    const recovery = await grabber.readBlock(
        GrabberReg.OVERRUN_FRAMES,
        "the recovery block",
        GrabberBytes.RECOVERY
    )
    const now = Buffer.alloc(values.length)
    now.blitAt(0, control, 0, RECOVERY_AT)
    now.blitAt(RECOVERY_AT, recovery, 0, GrabberBytes.RECOVERY)
    counters.values = now
    if (differ(values, now, GrabberReg.FRAMES))
        counters.goodUntil = endedFrames(counters)
    return firstMoved(values, now)
}

/** Read a counter as of the last look: one of BAD_JPEG to NEEDED_BYTES, or of OVERRUN_FRAMES to DOUBTFUL. */
export function counterAt(counters: FaultCounters, reg: number): number {
    return valueAt(counters.values, reg)
}

/** Frames in a row that came to nothing, without those that found no buffer. */
export function badFrames(counters: FaultCounters): number {
    return endedFrames(counters) - counters.goodUntil
}

function endedFrames({ values }: FaultCounters): number {
    return (
        valueAt(values, GrabberReg.SENSOR_FRAMES) -
        valueAt(values, GrabberReg.DROPPED)
    )
}

function firstMoved(before: Buffer, now: Buffer): FaultCause {
    if (differ(before, now, GrabberReg.DMA_ERRORS)) return FaultCause.DMA_ERROR
    if (differ(before, now, GrabberReg.OVERRUN_FRAMES))
        return FaultCause.OVERRUN
    if (differ(before, now, GrabberReg.SHORT_FRAMES)) return FaultCause.SHORT
    if (differ(before, now, GrabberReg.BAD_JPEG)) return FaultCause.BAD_JPEG
    if (differ(before, now, GrabberReg.TOO_LARGE)) return FaultCause.TOO_LARGE
    if (differ(before, now, GrabberReg.DOUBTFUL)) return FaultCause.DOUBTFUL
    if (differ(before, now, GrabberReg.LOST)) return FaultCause.LOST
    // One whose frame is counted elsewhere.
    return differ(before, now, GrabberReg.OVERRUNS)
        ? FaultCause.OVERRUN
        : FaultCause.NONE
}

function differ(before: Buffer, now: Buffer, reg: number): boolean {
    return valueAt(before, reg) !== valueAt(now, reg)
}

function valueAt(values: Buffer, reg: number): number {
    const at =
        reg < GrabberReg.NEXT
            ? reg - GrabberReg.BAD_JPEG
            : RECOVERY_AT + reg - GrabberReg.OVERRUN_FRAMES
    return values.getAt(at, "u32")
}
