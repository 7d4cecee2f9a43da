// SPDX-License-Identifier: MIT
// Virtual time: an event queue in nanoseconds. Nothing in the simulator knows another clock.

/** A handle to cancel a scheduled event. */
export interface Timer {
    readonly timeNs: number
    cancelled: boolean
}

interface Event extends Timer {
    readonly order: number
    readonly run: () => void
    /** It is in the heap. */
    queued: boolean
}

/** So many cancelled events may lie in the heap, whatever is in it. */
const CANCELLED_KEPT = 64

/**
 * Event-driven virtual clock, ns. Events at the same instant run in the order in which they were scheduled.
 * A source with its own frequency keeps an integer count of its clocks and converts it at each event,
 * so that rounding never accumulates.
 */
export class Clock {
    private now = 0
    private order = 0
    private heap: Event[] = []
    /** Events of the heap that are cancelled: their time may be far away. */
    private cancelled = 0

    get nowNs(): number {
        return this.now
    }

    /** Schedule `run` at an absolute time, ns; a time in the past runs at the next opportunity. */
    at(timeNs: number, run: () => void): Timer {
        const event: Event = {
            timeNs,
            run,
            order: this.order++,
            cancelled: false,
            queued: true,
        }
        this.heap.push(event)
        this.siftUp(this.heap.length - 1)
        return event
    }

    /** Schedule `run` after a delay, ns. */
    after(delayNs: number, run: () => void): Timer {
        return this.at(this.now + delayNs, run)
    }

    cancel(timer: Timer): void {
        const event = timer as Event
        if (event.cancelled) return
        event.cancelled = true
        if (!event.queued) return
        this.cancelled++
        if (this.cancelled > CANCELLED_KEPT + this.heap.length / 2) this.sweep()
    }

    /** Time of the next event, ns; Infinity when there is none. */
    nextNs(): number {
        while (this.heap.length > 0 && this.heap[0]!.cancelled) this.pop()
        return this.heap.length > 0 ? this.heap[0]!.timeNs : Infinity
    }

    /**
     * Run the next event if it is due by `limitNs`; otherwise move time to `limitNs`.
     * @returns true when an event ran
     */
    step(limitNs: number): boolean {
        if (this.nextNs() > limitNs) {
            if (limitNs > this.now) this.now = limitNs
            return false
        }
        const event = this.pop()
        if (event.timeNs > this.now) this.now = event.timeNs
        event.run()
        return true
    }

    /** Take the cancelled events out: a watchdog that is fed for hours leaves one each time. */
    private sweep(): void {
        // What is sorted is a heap.
        this.heap = this.heap
            .filter(event => !event.cancelled)
            .sort((a, b) => (before(a, b) ? -1 : 1))
        this.cancelled = 0
    }

    private pop(): Event {
        const top = this.heap[0]!
        top.queued = false
        if (top.cancelled) this.cancelled--
        const last = this.heap.pop()!
        if (this.heap.length > 0) {
            this.heap[0] = last
            this.siftDown(0)
        }
        return top
    }

    private siftUp(index: number): void {
        const heap = this.heap
        while (index > 0) {
            const parent = (index - 1) >> 1
            if (!before(heap[index]!, heap[parent]!)) return
            ;[heap[index], heap[parent]] = [heap[parent]!, heap[index]!]
            index = parent
        }
    }

    private siftDown(index: number): void {
        const heap = this.heap
        for (;;) {
            let first = index
            for (const child of [2 * index + 1, 2 * index + 2])
                if (child < heap.length && before(heap[child]!, heap[first]!))
                    first = child
            if (first === index) return
            ;[heap[index], heap[first]] = [heap[first]!, heap[index]!]
            index = first
        }
    }
}

function before(a: Event, b: Event): boolean {
    return a.timeNs !== b.timeNs ? a.timeNs < b.timeNs : a.order < b.order
}
