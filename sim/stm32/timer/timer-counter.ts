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
    arr: number
    private cnt = 0
    /** Counter clocks that were complete, and the time up to which they are counted. */
    private sinceNs = 0

    constructor(
        private readonly clock: Clock,
        private readonly clockHz: () => number,
        arr: number
    ) {
        this.arr = arr
    }

    /** The counter at the last look. */
    get value(): number {
        return this.cnt
    }

    /** Load the counter; the prescaler begins anew. */
    load(value: number): void {
        this.cnt = value
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
        const period = this.arr + 1
        let ticks = this.takeTicks()
        const toOverflow = period - Math.min(from, this.arr)
        if (stopAtUpdate && ticks >= toOverflow) {
            ticks = toOverflow
            this.running = false
        }
        const end = Math.min(from, this.arr) + ticks
        this.cnt = ticks === 0 ? from : end % period
        return {
            updates: Math.floor(end / period),
            matched: value =>
                value <= this.arr && passes(from, end, period, value),
        }
    }

    /** When the counter next reaches a value, ns; Infinity while it stands still or never gets there. */
    whenNs(value: number): number {
        if (!this.running || value > this.arr) return Infinity
        const period = this.arr + 1
        const ticks = (((value - this.cnt - 1) % period) + period) % period
        return this.sinceNs + (ticks + 1) * this.tickNs
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

/** True when counting from `from` (exclusive) to `end` (inclusive) modulo `period` meets `value`. */
function passes(
    from: number,
    end: number,
    period: number,
    value: number
): boolean {
    const first = value > from ? value : value + period
    return first <= end
}
