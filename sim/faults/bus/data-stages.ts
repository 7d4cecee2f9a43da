// SPDX-License-Identifier: MIT
// Faults of PIXCLK and of the data lines: bytes that are others, too few or too many.

import type { LineData } from "../../wires/parallel-bus.ts"
import { BusStage } from "./bus-stage.ts"
import { LastingStage } from "./level-stages.ts"
import type { Acted } from "./row-stages.ts"

/** Each byte is another, by its value. */
export class BytesChanged extends LastingStage {
    private bytes = new Uint8Array(0)

    /** @param table what each of 256 values becomes */
    constructor(private readonly table: Uint8Array) {
        super()
    }

    protected override burstComes(data: LineData): void {
        if (this.done) return super.burstComes(data)
        const { length } = data.bytes
        if (this.bytes.length < length) this.bytes = new Uint8Array(length)
        const bytes = this.bytes.subarray(0, length)
        for (let i = 0; i < length; i++) bytes[i] = this.table[data.bytes[i]!]!
        this.next.line({ ...data, bytes })
    }
}

/** PIXCLK is inverted: the data is stable at its other edge. */
export class ClockInverted extends LastingStage {
    protected override burstComes(data: LineData): void {
        if (this.done) return super.burstComes(data)
        const stableEdge = data.stableEdge === "rising" ? "falling" : "rising"
        this.next.line({ ...data, stableEdge })
    }
}

/** PIXCLK does not move for a while: bytes of that time are lost. */
export class ClockStopped extends LastingStage {
    private fromNs = 0
    private untilNs = Infinity

    begin(): void {
        this.fromNs = this.clock.nowNs
    }

    override end(): void {
        this.untilNs = this.clock.nowNs
        super.end()
    }

    protected override burstComes(data: LineData): void {
        const before = this.clocksUntil(data, this.fromNs)
        const after = this.clocksUntil(data, this.untilNs)
        if (before === after) return super.burstComes(data)
        const bytes = without(data.bytes, before, after - before)
        if (bytes.length > 0) this.next.line({ ...data, bytes })
    }

    /** Bytes of the burst that were on the bus by then. */
    private clocksUntil({ bytes, startNs, periodNs }: LineData, ns: number) {
        const clocks = Math.ceil((ns - startNs) / periodNs)
        return Math.min(Math.max(clocks, 0), bytes.length)
    }
}

/** Clocks of a row are missed, or counted twice; the row takes the same time. */
export class ClocksMiscounted extends BusStage {
    constructor(
        private readonly acted: Acted,
        row: number,
        private readonly column: number,
        private readonly count: number,
        private readonly kind: "lost" | "added"
    ) {
        super(row)
    }

    protected override frameEnds(level: 0 | 1): void {
        super.frameEnds(level)
        this.done = true
    }

    protected override burstComes(data: LineData): void {
        const { column, count } = this
        const hit = !this.done && this.row === this.atRow && this.burst === 0
        if (!hit || column >= data.bytes.length) return super.burstComes(data)
        this.acted.happened()
        const bytes =
            this.kind === "lost"
                ? without(data.bytes, column, count)
                : stretched(data.bytes, column, count)
        if (bytes.length === 0) return
        const periodNs = (data.periodNs * data.bytes.length) / bytes.length
        this.next.line({ ...data, bytes, periodNs })
    }
}

function without(bytes: Uint8Array, column: number, count: number): Uint8Array {
    const before = bytes.subarray(0, column)
    const after = bytes.subarray(column + count)
    const rest = new Uint8Array(before.length + after.length)
    rest.set(before)
    rest.set(after, before.length)
    return rest
}

/** Each of `count` clocks that are too many finds the byte at `column` again. */
function stretched(
    bytes: Uint8Array,
    column: number,
    count: number
): Uint8Array {
    const longer = new Uint8Array(bytes.length + count)
    longer.set(bytes.subarray(0, column))
    longer.fill(bytes[column] ?? 0, column, column + count)
    longer.set(bytes.subarray(column), column + count)
    return longer
}
