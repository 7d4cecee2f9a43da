// SPDX-License-Identifier: MIT
// Rates over the last second of a counter that grows, by any clock.

/** Over how long a rate is measured, s. */
const SPAN_SECONDS = 1

/** Notes a counter's value now and then. */
export class RateMeter {
    private readonly samples: {
        readonly seconds: number
        readonly count: number
    }[] = []

    /** The counter has this value at this time, s. One that goes back was cleared: it is measured anew. */
    note(seconds: number, count: number): void {
        const last = this.samples.at(-1)
        if (last && (count < last.count || seconds < last.seconds))
            this.samples.length = 0
        this.samples.push({ seconds, count })
        while (
            this.samples.length > 2 &&
            this.samples[1]!.seconds <= seconds - SPAN_SECONDS
        )
            this.samples.shift()
    }

    /** Counts per second; 0 before two values are known. */
    perSecond(): number {
        const first = this.samples[0]
        const last = this.samples.at(-1)
        if (!first || !last || last.seconds <= first.seconds) return 0
        return (last.count - first.count) / (last.seconds - first.seconds)
    }
}
