// SPDX-License-Identifier: MIT
// The counter of a timer counting up (RM0090 §18.3.1, §18.3.2): computed from the time when somebody looks, so that a
// running timer costs nothing.

import type { Clock } from "../../clock.ts"

/** What happened since the last look. */
export interface CounterEvents {
    /** Overflows, which are updates. */
    readonly updates: number
    /** For a compare value: the counter has matched it. */
    readonly matched: (value: number) => boolean
}

export class TimerCounter {
    running = false
    /** In use; a new PSC or a preloaded ARR is taken at an update. */
    psc = 0
    /** In use. A counter above it counts to its end, 2^bits, before it overflows. */
    arr: number
    private cnt = 0
    /** Counter clocks that were complete, and the time up to which they are counted. */
    private sinceNs = 0

    /** @param top highest value: 0xffff or 0xffffffff */
    constructor(
        private readonly clock: Clock,
        private readonly clockHz: () => number,
        private readonly top: number
    ) {
        this.arr = top
    }

    /** The counter at the last look. */
    get value(): number {
        return this.cnt
    }

    /** Software writes CNT; the prescaler goes on. */
    load(value: number): void {
        this.cnt = value
    }

    /** UG or reset: counter and prescaler begin anew. */
    restart(): void {
        this.cnt = 0
        this.sinceNs = this.clock.nowNs
    }

    start(): void {
        if (this.running) return
        this.running = true
        this.sinceNs = this.clock.nowNs
    }

    /** Count up to now. @param stopAtUpdate one-pulse mode: the first overflow ends the counting, at 0 */
    advance(stopAtUpdate: boolean): CounterEvents {
        const from = this.cnt
        const ticks = this.takeTicks()
        const toOverflow = this.ticksToOverflow()
        if (ticks < toOverflow) {
            const end = (this.cnt = from + ticks)
            return {
                updates: 0,
                matched: value => value > from && value <= end,
            }
        }
        // From 0 on.
        const rest = stopAtUpdate ? 0 : ticks - toOverflow
        if (stopAtUpdate) this.running = false
        const period = this.arr + 1
        this.cnt = rest % period
        return {
            updates: 1 + Math.floor(rest / period),
            matched: value =>
                (value > from && value < from + toOverflow) ||
                (value < period && value <= rest),
        }
    }

    /** When the counter next reaches a value, ns; Infinity while it stands still or never gets there. */
    whenNs(value: number): number {
        if (!this.running || this.arr === 0) return Infinity
        const toOverflow = this.ticksToOverflow()
        const onTheWay = value > this.cnt && value < this.cnt + toOverflow
        if (!onTheWay && value > this.arr) return Infinity
        const ticks = onTheWay ? value - this.cnt : toOverflow + value
        return this.sinceNs + ticks * this.tickNs
    }

    /** It overflows when it was equal to ARR, or at its end. */
    private ticksToOverflow(): number {
        return (this.cnt > this.arr ? this.top : this.arr) + 1 - this.cnt
    }

    private get tickNs(): number {
        return ((this.psc + 1) * 1e9) / this.clockHz()
    }

    /** Whole counter clocks since the last look; what is left of a clock stays. */
    private takeTicks(): number {
        // ARR of 0 stops the counter (RM0090 §18.4.12).
        if (!this.running || this.arr === 0) return 0
        const { tickNs } = this
        // Events stand at computed times: a thousandth of a nanosecond is rounding.
        const passedNs = this.clock.nowNs - this.sinceNs + 1e-3
        const ticks = Math.max(0, Math.floor(passedNs / tickNs))
        this.sinceNs += ticks * tickNs
        return ticks
    }
}
