// SPDX-License-Identifier: MIT
// Drives one frame onto the bus: frame valid, P1, lines with horizontal blanking, P2 (MT9V034 DS p.9).

import type { Clock, Timer } from "../../clock.ts"
import type { ClockEdge, DataChange } from "../../wires/parallel-bus.ts"
import type { OutputPins } from "./output-pins.ts"
import {
    dataChange,
    LINE_END_TO_FRAME_END_CLOCKS,
    type SysClk,
} from "./timing.ts"

/** A frame to be sent. */
export interface ReadoutPlan {
    /** Frame valid rises: number of the SYSCLK clock. */
    readonly startClock: number
    /** Active pixels of a line before binning = clocks that line valid is high. */
    readonly activeClocks: number
    readonly hblankClocks: number
    readonly columns: number
    readonly rows: number
    /** PIXCLK is SYSCLK divided by this. */
    readonly columnBin: number
    /** rows x columns bytes. */
    readonly bytes: Uint8Array
}

/** Two events per line; the bytes of a line are a view, so that a line costs the same whatever its length. */
export class Readout {
    private plan: ReadoutPlan | undefined
    private done: () => void = () => {}
    private row = 0
    private timer: Timer | undefined
    private readonly data = {
        bytes: new Uint8Array(0) as Uint8Array,
        startNs: 0,
        periodNs: 0,
        stableEdge: "rising" as ClockEdge,
        dataChange: { earliestNs: 0, latestNs: 0 } as DataChange,
    }
    private readonly lineStarts = () => this.lineStart()
    private readonly lineEnds = () => this.lineEnd()
    private readonly frameEnds = () => this.frameEnd()

    constructor(
        private readonly clock: Clock,
        private readonly sysClk: SysClk,
        private readonly pins: OutputPins
    ) {}

    /** Frame valid rises now. @param done called at the time of its fall, before the pin changes */
    begin(plan: ReadoutPlan, done: () => void): void {
        this.plan = plan
        this.done = done
        this.row = 0
        this.data.periodNs = (plan.columnBin * 1e9) / this.sysClk.hz
        this.data.dataChange = dataChange(this.sysClk.hz, plan.columnBin)
        this.pins.frameValid(1)
        this.at(this.lineStartClock(), this.lineStarts)
    }

    /** The frame ends here and now; `done` is not called. */
    abort(): void {
        if (this.timer) this.clock.cancel(this.timer)
        this.plan = undefined
        this.pins.lineValid(0)
        this.pins.frameValid(0)
    }

    private lineStart(): void {
        const { columns, bytes, activeClocks } = this.plan!
        const { data, row } = this
        data.startNs = this.clock.nowNs
        data.bytes = bytes.subarray(row * columns, (row + 1) * columns)
        this.pins.lineValid(1)
        this.at(this.lineStartClock() + activeClocks, this.lineEnds)
    }

    private lineEnd(): void {
        const plan = this.plan!
        this.data.stableEdge = this.pins.stableEdge
        const endClock = this.lineStartClock() + plan.activeClocks
        this.row++
        if (this.row < plan.rows)
            this.at(this.lineStartClock(), this.lineStarts)
        else this.at(endClock + LINE_END_TO_FRAME_END_CLOCKS, this.frameEnds)
        this.pins.data(this.data)
        this.pins.lineValid(0)
    }

    private frameEnd(): void {
        this.plan = undefined
        this.done()
        this.pins.frameValid(0)
    }

    /** Line valid of the present row rises P1 = Q - 23 clocks and so many rows after frame valid. */
    private lineStartClock(): number {
        const { startClock, hblankClocks, activeClocks } = this.plan!
        const p1 = hblankClocks - LINE_END_TO_FRAME_END_CLOCKS
        return startClock + p1 + this.row * (activeClocks + hblankClocks)
    }

    private at(clockCount: number, run: () => void): void {
        this.timer = this.clock.at(this.sysClk.toNs(clockCount), run)
    }
}
