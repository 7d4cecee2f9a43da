// SPDX-License-Identifier: MIT
// Drives the OV2640's port through one frame: VSYNC, HREF and bursts of bytes at their exact times.

import type { Clock, Timer } from "../../clock.ts"
import type {
    ClockEdge,
    DataChange,
    Level,
    ParallelSink,
} from "../../wires/parallel-bus.ts"

/**
 * When D changes, after the falling edge of PCLK: data is held for 8 ns after the rising edge of the shortest clock,
 * 27.78 ns, and valid 5 ns after the falling one (DS, pixel timing; the 5 ns from memory).
 */
const DATA_CHANGE: DataChange = {
    earliestNs: 8 - 27.78 / 2,
    latestNs: 5,
}

/** Bytes that are clocked out without a break. */
export interface TimedBurst {
    readonly startNs: number
    readonly bytes: Uint8Array
}

/** The bursts of a frame, asked for one by one, in order. */
export interface FrameBursts {
    readonly count: number
    readonly at: (index: number) => TimedBurst
}

/** One frame on the port. */
export interface PortPlan {
    /** VSYNC becomes valid; it becomes invalid again when the next frame begins. */
    readonly startNs: number
    /** Called once, at `startNs`: the scene is looked at then. */
    readonly bursts: () => FrameBursts
    readonly pclkNs: number
    readonly stableEdge: ClockEdge
    /** HREF is high as long as VSYNC, not once per burst. */
    readonly hrefLikeVsync: boolean
    /** Pin levels while valid. */
    readonly vsyncValid: Level
    readonly hrefValid: Level
}

/** Levels of the pins, and the events of the frame that is being sent. */
export class FrameSender {
    private vsyncPin: Level = 0
    private hrefPin: Level = 0
    private timer: Timer | undefined
    private plan: PortPlan | undefined

    constructor(
        private readonly clock: Clock,
        private readonly sink: ParallelSink
    ) {}

    /** Schedule a frame; between frames VSYNC and HREF are invalid. */
    begin(plan: PortPlan): void {
        this.plan = plan
        this.vsync(invert(plan.vsyncValid))
        this.href(invert(plan.hrefValid))
        this.timer = this.clock.at(plan.startNs, () => {
            this.vsync(plan.vsyncValid)
            if (plan.hrefLikeVsync) this.href(plan.hrefValid)
            this.scheduleBurst(plan, plan.bursts(), 0)
        })
    }

    /** The frame is over: VSYNC becomes invalid now. */
    end(): void {
        const { plan } = this
        this.plan = undefined
        if (this.timer) this.clock.cancel(this.timer)
        if (plan === undefined) return
        this.href(invert(plan.hrefValid))
        this.vsync(invert(plan.vsyncValid))
    }

    /** Power-down or reset: both pins low at once. */
    silence(): void {
        this.plan = undefined
        if (this.timer) this.clock.cancel(this.timer)
        this.href(0)
        this.vsync(0)
    }

    private scheduleBurst(
        plan: PortPlan,
        bursts: FrameBursts,
        index: number
    ): void {
        if (index === bursts.count) return
        const burst = bursts.at(index)
        const endNs = burst.startNs + burst.bytes.length * plan.pclkNs
        const sendBytes = () => {
            const { startNs, bytes } = burst
            this.sink.line({
                bytes,
                startNs,
                periodNs: plan.pclkNs,
                stableEdge: plan.stableEdge,
                dataChange: DATA_CHANGE,
            })
            if (!plan.hrefLikeVsync) this.href(invert(plan.hrefValid))
            this.scheduleBurst(plan, bursts, index + 1)
        }
        if (plan.hrefLikeVsync) {
            this.timer = this.clock.at(endNs, sendBytes)
            return
        }
        this.timer = this.clock.at(burst.startNs, () => {
            this.href(plan.hrefValid)
            this.timer = this.clock.at(endNs, sendBytes)
        })
    }

    private vsync(level: Level): void {
        if (level !== this.vsyncPin) this.sink.vsync((this.vsyncPin = level))
    }

    private href(level: Level): void {
        if (level !== this.hrefPin) this.sink.hsync((this.hrefPin = level))
    }
}

function invert(level: Level): Level {
    return level === 0 ? 1 : 0
}
