// SPDX-License-Identifier: MIT
// Rates of a board behind a link, per second of its own time: its frames carry their times, an emulated one is slower
// than this computer's clock.

import type { Timers } from "../../jacdac/jacdac-host.ts"
import type { GrabberCounters } from "../../../protocol/counters.ts"
import type { LinkImage } from "../../link/frame-receiver.ts"
import { RateMeter } from "../frame-meter.ts"

/** Without an image for so long the frames' own times say nothing of now, s. */
const STALE_SECONDS = 2
/** Board seconds per second that are taken for true before an image came, of an emulated board. */
const SLOW_AT_FIRST = 0.2
/** A measured ratio is that of a moment ago. */
const CAUTION = 0.8
const SLOWEST = 0.05
/** A wait in the board's time looks that often how fast it goes, ms. */
const PACE_MS = 100

export class BoardRates {
    private readonly frames = new RateMeter()
    private readonly time = new RateMeter()
    private readonly counted = new RateMeter()
    private readonly arrived = new RateMeter()
    private readonly irqs = new RateMeter()
    private readonly polledBytes = new RateMeter()
    private readonly bytes = new RateMeter()
    private readonly images = new RateMeter()
    private boardUs = 0
    private lastEndUs: number | undefined
    private lastImage = -Infinity
    private lastPoll = 0
    private imageCount = 0

    /** @param realTime a board of its own, whose time is everybody's */
    constructor(private readonly realTime: boolean) {}

    /** An image came, the last of so many bytes, at a time of this computer, s. */
    image(seconds: number, { bands }: LinkImage, bytes: number): void {
        for (const { sequence, endUs } of bands) {
            const since = (endUs - (this.lastEndUs ?? endUs)) >>> 0
            this.lastEndUs = endUs
            this.boardUs += since
            this.frames.note(this.boardUs / 1e6, sequence)
        }
        this.time.note(seconds, this.boardUs / 1e6)
        this.bytes.note(this.boardUs / 1e6, bytes)
        this.images.note(seconds, ++this.imageCount)
        this.lastImage = seconds
    }

    /** The counters were read, and so many bytes had come, at a time of this computer, s. */
    poll(seconds: number, counters: GrabberCounters, bytes: number): void {
        this.counted.note(seconds, counters.frames)
        this.arrived.note(seconds, counters.frames - counters.dropped)
        this.irqs.note(seconds, counters.irqs)
        this.polledBytes.note(seconds, bytes)
        this.lastPoll = seconds
        if (seconds - this.lastImage > STALE_SECONDS)
            this.images.note(seconds, this.imageCount)
    }

    /** Board seconds per second; undefined before images have told it. */
    get ratio(): number | undefined {
        return this.time.perSecond() || (this.realTime ? 1 : undefined)
    }

    /** Frames that arrived, per second: by their own times while images come, else by the counters. */
    get fps(): number {
        const counted = this.counted.perSecond()
        const arrived = this.arrived.perSecond()
        if (!this.fresh || counted === 0) return this.ofBoard(arrived)
        return (this.frames.perSecond() * arrived) / counted
    }

    get irqsPerSecond(): number {
        return this.ofBoard(this.irqs.perSecond())
    }

    get bytesPerSecond(): number {
        return this.fresh
            ? this.bytes.perSecond()
            : this.ofBoard(this.polledBytes.perSecond())
    }

    get imagesPerSecond(): number {
        return this.ofBoard(this.images.perSecond())
    }

    /**
     * The board's time for a Jacdac host, so that it keeps to the pace that the board bears.
     * @returns timers that do not keep the process alive
     */
    timers(): Timers {
        let nowMs = performance.now()
        let us = 0
        const nowUs = () => {
            const before = nowMs
            nowMs = performance.now()
            us += 1000 * (nowMs - before) * this.pace
            return us
        }
        return {
            nowUs,
            after: (delayUs, run) => {
                const dueUs = nowUs() + delayUs
                // The pace may change meanwhile: it is looked at again and again.
                const wait = (): void => {
                    const leftMs = (dueUs - nowUs()) / 1000
                    if (leftMs <= 0) return run()
                    const waitMs = Math.min(leftMs / this.pace, PACE_MS)
                    setTimeout(wait, waitMs).unref()
                }
                wait()
            },
        }
    }

    /** Images come, and with them the board's time. */
    private get fresh(): boolean {
        return this.lastPoll - this.lastImage < STALE_SECONDS
    }

    /** A rate by this computer's clock; it stays one while nothing else is known. */
    private ofBoard(rate: number): number {
        return rate / (this.ratio ?? 1)
    }

    private get pace(): number {
        const measured = this.time.perSecond()
        if (measured === 0) return this.realTime ? 1 : SLOW_AT_FIRST
        const careful = this.realTime ? measured : CAUTION * measured
        return Math.max(SLOWEST, Math.min(1, careful))
    }
}
