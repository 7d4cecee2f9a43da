// SPDX-License-Identifier: MIT
// Faults of one frame's VSYNC and HSYNC: rows and ends of frames that are missing, or too many.

import type { Level, LineData } from "../../wires/parallel-bus.ts"
import type { Effect } from "../effect.ts"
import { BusStage } from "./bus-stage.ts"
import { opposite } from "./bus-tracker.ts"

/** Who hears that the stage has done something. */
export type Acted = Pick<Effect, "happened">

/** Sits in the cable for one frame. */
abstract class FrameStage extends BusStage {
    constructor(
        protected readonly acted: Acted,
        atRow = -1
    ) {
        super(atRow)
    }

    protected override frameEnds(level: Level): void {
        super.frameEnds(level)
        this.done = true
    }
}

/** The row does not come: line valid stays invalid. */
export class RowLost extends FrameStage {
    constructor(acted: Acted, row: number) {
        super(acted, row)
    }

    private get lost(): boolean {
        return this.row === this.atRow && !this.done
    }

    protected override rowBegins(level: Level): void {
        if (this.lost) this.acted.happened()
        else super.rowBegins(level)
    }

    protected override rowEnds(level: Level): void {
        if (!this.lost) super.rowEnds(level)
    }

    protected override burstComes(data: LineData): void {
        if (!this.lost) super.burstComes(data)
    }
}

/** No row of the frame comes. */
export class RowsLost extends FrameStage {
    protected override rowBegins(level: Level): void {
        if (this.done) super.rowBegins(level)
        else this.acted.happened()
    }

    protected override rowEnds(level: Level): void {
        if (this.done) super.rowEnds(level)
    }

    protected override burstComes(data: LineData): void {
        if (this.done) super.burstComes(data)
    }
}

/** What the receiver was told, and when, ns after the start of its row. */
interface Repeat {
    readonly offsetNs: number
    readonly tell: (laterNs: number) => void
}

/** The row comes twice, and what follows a row time later. */
export class RowDoubled extends FrameStage {
    private rowStartNs = 0
    private rowPeriodNs = 0
    /** By how much later the receiver hears of everything, ns. */
    private delayNs = 0
    private repeats: Repeat[] | undefined

    constructor(acted: Acted, row: number) {
        super(acted, row)
    }

    protected override frameEnds(level: Level): void {
        // The frame's only row has no period: it is repeated at once.
        this.sendRepeats(Math.max(this.rowAgeNs, this.rowPeriodNs))
        this.tell(() => this.next.vsync(level))
        this.done = true
    }

    protected override rowBegins(level: Level): void {
        if (this.done) return super.rowBegins(level)
        this.sendRepeats(this.rowAgeNs)
        if (this.row > 0) this.rowPeriodNs = this.rowAgeNs
        this.rowStartNs = this.clock.nowNs
        if (this.row === this.atRow) {
            this.acted.happened()
            this.repeats = []
        }
        this.tell(() => this.next.hsync(level))
    }

    protected override rowEnds(level: Level): void {
        if (this.done) super.rowEnds(level)
        else this.tell(() => this.next.hsync(level))
    }

    protected override burstComes(data: LineData): void {
        if (this.done) return super.burstComes(data)
        // Later the bytes will be others: they belong to the sensor.
        const later = this.delayNs > 0 || this.repeats !== undefined
        const bytes = later ? data.bytes.slice() : data.bytes
        this.tell(laterNs =>
            this.next.line({ ...data, bytes, startNs: data.startNs + laterNs })
        )
    }

    private get rowAgeNs(): number {
        return this.clock.nowNs - this.rowStartNs
    }

    /** Send the row before once more, so much after its start; what comes from here on is as much later. */
    private sendRepeats(shiftNs: number): void {
        const { repeats, rowStartNs } = this
        if (repeats === undefined) return
        this.repeats = undefined
        this.delayNs += shiftNs
        const { delayNs } = this
        for (const { offsetNs, tell } of repeats)
            this.clock.at(rowStartNs + offsetNs + delayNs, () => tell(delayNs))
    }

    private tell(tell: Repeat["tell"]): void {
        this.repeats?.push({ offsetNs: this.rowAgeNs, tell })
        const { delayNs } = this
        if (delayNs === 0) tell(0)
        else this.clock.after(delayNs, () => tell(delayNs))
    }
}

/** The frame ends before the row: VSYNC becomes invalid, and nothing more comes. */
export class FrameCut extends FrameStage {
    private cut = false

    constructor(acted: Acted, row: number) {
        super(acted, row)
    }

    protected override frameEnds(level: Level): void {
        if (!this.cut) this.next.vsync(level)
        this.cut = false
        this.done = true
    }

    protected override rowBegins(level: Level): void {
        if (this.row === this.atRow && !this.done) {
            this.acted.happened()
            this.cut = true
            this.next.vsync(opposite(this.frameValid))
        }
        if (!this.cut) super.rowBegins(level)
    }

    protected override rowEnds(level: Level): void {
        if (!this.cut) super.rowEnds(level)
    }

    protected override burstComes(data: LineData): void {
        if (!this.cut) super.burstComes(data)
    }
}

/** VSYNC is invalid for a while in the middle of a frame, from the end of the row before. */
export class VsyncGlitch extends FrameStage {
    /** VSYNC is low now: what comes meanwhile is not of a frame. */
    private low = false

    constructor(
        acted: Acted,
        row: number,
        private readonly lengthNs: number
    ) {
        super(acted, row)
    }

    protected override frameEnds(level: Level): void {
        if (!this.low) this.next.vsync(level)
        this.low = false
        this.done = true
    }

    protected override rowBegins(level: Level): void {
        if (!this.low) super.rowBegins(level)
    }

    protected override rowEnds(level: Level): void {
        super.rowEnds(level)
        if (this.row !== this.atRow - 1 || this.done) return
        this.acted.happened()
        this.low = true
        this.next.vsync(opposite(this.frameValid))
        this.clock.after(this.lengthNs, () => {
            if (!this.low) return
            this.low = false
            this.next.vsync(this.frameValid)
        })
    }

    protected override burstComes(data: LineData): void {
        if (!this.low) super.burstComes(data)
    }
}

/** VSYNC stays valid from the end of this frame into the next: the two look like one. */
export class VsyncLost extends BusStage {
    private joined = false

    constructor(private readonly acted: Acted) {
        super()
    }

    protected override frameEnds(level: Level): void {
        if (this.done) return super.frameEnds(level)
        this.acted.happened()
        this.joined = true
    }

    protected override frameBegins(level: Level): void {
        if (this.joined) this.done = true
        else super.frameBegins(level)
    }
}
