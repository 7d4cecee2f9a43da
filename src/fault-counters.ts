// SPDX-License-Identifier: MIT
// Which of the grabber's fault counters moved, and how many frames in a row came to nothing.

import type { FrameGrabber } from "../drivers/grabber/grabber"
import { FaultCause } from "../protocol/faults"
import { GrabberBytes, GrabberReg } from "../protocol/grabber-page"

/** From BAD_JPEG to NEEDED_BYTES. */
const CONTROL_BYTES = GrabberReg.NEXT - GrabberReg.BAD_JPEG

/** The counters as of the last look. */
export class FaultCounters {
    private readonly grabber: FrameGrabber
    private control: Buffer = Buffer.alloc(CONTROL_BYTES)
    private recovery: Buffer = Buffer.alloc(GrabberBytes.RECOVERY)
    /** Frames of the sensor up to the last one that was captured. */
    private goodUntil = 0

    constructor(grabber: FrameGrabber) {
        this.grabber = grabber
    }

    /**
     * Look anew.
     *
     * @returns why frames were lost or withheld since the last look; of several causes the first in the chain
     */
    async look(): Promise<FaultCause> {
        const { grabber, control, recovery } = this
        this.control = await grabber.readBlock(
            GrabberReg.BAD_JPEG,
            "the counters",
            CONTROL_BYTES
        )
        this.recovery = await grabber.readBlock(
            GrabberReg.OVERRUN_FRAMES,
            "the recovery block",
            GrabberBytes.RECOVERY
        )
        const frames = GrabberReg.FRAMES - GrabberReg.BAD_JPEG
        if (this.at(GrabberReg.FRAMES) !== control.getAt(frames, "u32"))
            this.goodUntil = this.ended()
        return this.firstMoved(control, recovery)
    }

    /** Read a counter as of the last look: one of BAD_JPEG to NEEDED_BYTES, or of OVERRUN_FRAMES to DOUBTFUL. */
    at(reg: number): number {
        return valueIn(this.control, this.recovery, reg)
    }

    /** Frames in a row that came to nothing, those left out that found no buffer. */
    badFrames(): number {
        return this.ended() - this.goodUntil
    }

    private ended(): number {
        return this.at(GrabberReg.SENSOR_FRAMES) - this.at(GrabberReg.DROPPED)
    }

    private firstMoved(control: Buffer, recovery: Buffer): FaultCause {
        if (this.differs(control, recovery, GrabberReg.DMA_ERRORS))
            return FaultCause.DMA_ERROR
        if (this.differs(control, recovery, GrabberReg.OVERRUN_FRAMES))
            return FaultCause.OVERRUN
        if (this.differs(control, recovery, GrabberReg.SHORT_FRAMES))
            return FaultCause.SHORT
        if (this.differs(control, recovery, GrabberReg.BAD_JPEG))
            return FaultCause.BAD_JPEG
        if (this.differs(control, recovery, GrabberReg.TOO_LARGE))
            return FaultCause.TOO_LARGE
        if (this.differs(control, recovery, GrabberReg.DOUBTFUL))
            return FaultCause.DOUBTFUL
        if (this.differs(control, recovery, GrabberReg.LOST))
            return FaultCause.LOST
        // An overrun whose frame is counted elsewhere.
        return this.differs(control, recovery, GrabberReg.OVERRUNS)
            ? FaultCause.OVERRUN
            : FaultCause.NONE
    }

    private differs(control: Buffer, recovery: Buffer, reg: number): boolean {
        return this.at(reg) !== valueIn(control, recovery, reg)
    }
}

function valueIn(control: Buffer, recovery: Buffer, reg: number): number {
    return reg < GrabberReg.NEXT
        ? control.getAt(reg - GrabberReg.BAD_JPEG, "u32")
        : recovery.getAt(reg - GrabberReg.OVERRUN_FRAMES, "u32")
}
