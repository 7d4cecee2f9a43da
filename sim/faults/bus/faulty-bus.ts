// SPDX-License-Identifier: MIT
// The cable between sensor and receiver, with a place for faults: they are put into it and taken out while frames pass.

import type { Clock } from "../../clock.ts"
import type { Level, LineData, ParallelSink } from "../../wires/parallel-bus.ts"
import type { BusStage, FrameShape } from "./bus-stage.ts"
import { ACTIVE_HIGH, BusTracker, type Polarity } from "./bus-tracker.ts"

/** Hits frames: asked at each start of one. */
export interface FrameTrigger {
    /**
     * A frame of the sensor starts.
     * @param number counts from 0 since power-up
     * @param shape of the frame before
     * @returns what happens to it; undefined: nothing
     */
    starts(number: number, shape: FrameShape): BusStage | undefined
    /** It will hit no more frames. */
    readonly spent: boolean
    /** A frame that it has hit is over. */
    ended?(): void
}

export interface FaultyBusOptions {
    readonly clock: Clock
    readonly receiver: ParallelSink
    readonly polarity?: Polarity
}

const NO_FRAME: FrameShape = { rows: 0, rowBytes: 0, bytes: 0 }

/** Passes on everything as it comes, but for what its stages do. */
export class FaultyBus extends BusTracker {
    private readonly clock: Clock
    private readonly end: BusEnd
    private head: ParallelSink
    private stages: BusStage[] = []
    private triggers: FrameTrigger[] = []
    /** Those that hit the present frame. */
    private hits: FrameTrigger[] = []

    private frame = -1
    private shape = NO_FRAME
    private rowBytes = 0
    private frameBytes = 0

    constructor({ clock, receiver, polarity = ACTIVE_HIGH }: FaultyBusOptions) {
        super(polarity)
        this.clock = clock
        this.end = new BusEnd(receiver)
        this.head = this.end
    }

    /** Levels at the receiver's end of the cable. */
    get levels(): { readonly vsync: Level; readonly hsync: Level } {
        const { vsync = 0, hsync = 0 } = this.end.told
        return { vsync, hsync }
    }

    /** Put a stage into the cable, now. */
    insert(stage: BusStage): void {
        const { clock, frameValid, lineValid } = this
        const found = this.stages.findIndex(({ atRow }) => atRow < stage.atRow)
        const at = found < 0 ? this.stages.length : found
        const polarity = { frameValid, lineValid }
        // A stage that counts rows comes at the start of a frame, whose edges it is told next.
        stage.placed({ clock, polarity, ...this.end.told })
        this.stages.splice(at, 0, stage)
        this.link()
    }

    /** Let a trigger look at the frames to come. */
    watch(trigger: FrameTrigger): void {
        this.triggers.push(trigger)
    }

    protected frameBegins(level: Level): void {
        this.frame++
        this.rowBytes = this.frameBytes = 0
        const left = this.stages.filter(({ done }) => !done)
        if (left.length < this.stages.length) {
            this.stages = left
            this.link()
        }
        for (const trigger of this.triggers) {
            const stage = trigger.starts(this.frame, this.shape)
            if (stage === undefined) continue
            this.insert(stage)
            this.hits.push(trigger)
        }
        this.triggers = this.triggers.filter(({ spent }) => !spent)
        this.head.vsync(level)
    }

    protected frameEnds(level: Level): void {
        this.head.vsync(level)
        const { rowBytes, frameBytes } = this
        const rows = this.row + 1
        if (rows > 0) this.shape = { rows, rowBytes, bytes: frameBytes }
        for (const hit of this.hits.splice(0)) hit.ended?.()
    }

    protected rowBegins(level: Level): void {
        this.head.hsync(level)
    }

    protected rowEnds(level: Level): void {
        this.head.hsync(level)
    }

    protected burstComes(data: LineData): void {
        this.rowBytes = Math.max(this.rowBytes, data.bytes.length)
        this.frameBytes += data.bytes.length
        this.head.line(data)
    }

    private link(): void {
        let next: ParallelSink = this.end
        for (const stage of this.stages.toReversed()) {
            stage.next = next
            next = stage
        }
        this.head = next
    }
}

/** The receiver's end: it is told of changes only, for a stage may repeat a level when it is taken out. */
class BusEnd implements ParallelSink {
    /** Undefined: it was told of none yet. */
    readonly told: { vsync: Level | undefined; hsync: Level | undefined } = {
        vsync: undefined,
        hsync: undefined,
    }

    constructor(private readonly receiver: ParallelSink) {}

    vsync(level: Level): void {
        if (level === this.told.vsync) return
        this.told.vsync = level
        this.receiver.vsync(level)
    }

    hsync(level: Level): void {
        if (level === this.told.hsync) return
        this.told.hsync = level
        this.receiver.hsync(level)
    }

    line(data: LineData): void {
        this.receiver.line(data)
    }
}
