// SPDX-License-Identifier: MIT
// A bad cable between sensor and DCMI: rows, pixel clocks and ends of frames lost or added in chosen frames.

import type { Clock } from "../clock.ts"
import type { Level, LineData, ParallelSink } from "./parallel-bus.ts"

/** What goes wrong in one frame. Frames count as SensorFrame.sequence does, rows from 0. */
export type ParallelFault =
    /** The row does not come: line valid stays invalid. */
    | {
          readonly kind: "drop-row"
          readonly frame: number
          readonly row: number
      }
    /** The row comes twice, and what follows a row time later. At most 3 in a frame: its blanking holds no more. */
    | {
          readonly kind: "add-row"
          readonly frame: number
          readonly row: number
      }
    /** The frame ends after `rows` rows. */
    | {
          readonly kind: "cut-frame"
          readonly frame: number
          readonly rows: number
      }
    /** So many clocks of the row are missed, or counted twice, from byte `column` on (left out: 0). */
    | {
          readonly kind: "lose-clocks" | "add-clocks"
          readonly frame: number
          readonly row: number
          readonly clocks: number
          readonly column?: number
      }
    /** Frame valid stays valid from the end of this frame into the next: the two look like one. */
    | { readonly kind: "missing-vsync"; readonly frame: number }

export interface ParallelFaultsOptions {
    readonly clock: Clock
    /** The receiver. */
    readonly sink: ParallelSink
    readonly faults: readonly ParallelFault[]
    /** Pin levels of a valid frame and line; default 1, as after a reset of either sensor. */
    readonly frameValid?: Level
    readonly lineValid?: Level
}

/** What the receiver is told, and when it was, ns after the start of its row. */
interface Repeat {
    readonly offsetNs: number
    readonly tell: (laterNs: number) => void
}

/** The fewest rows of vertical blanking of either sensor are 4. */
const ADDED_ROWS_MAX = 3

/** Passes on everything as it comes, but for the faults. */
export class ParallelFaults implements ParallelSink {
    /** Faults that have happened so far. */
    injected = 0

    private readonly clock: Clock
    private readonly sink: ParallelSink
    private readonly frameValid: Level
    private readonly lineValid: Level
    private readonly byFrame = new Map<number, readonly ParallelFault[]>()

    private frame = -1
    private row = -1
    private rowStartNs = 0
    private rowPeriodNs = 0
    private burst = 0
    /** The row, the rest of the frame, the end of the frame before are kept from the receiver. */
    private dropped = false
    private cut = false
    private joined = false
    /** By how much later the receiver hears of everything, ns: the added rows of this frame. */
    private delayNs = 0
    /** The present row, to be sent once more. */
    private repeats: Repeat[] | undefined

    /** @throws RangeError for a fault that no frame can have */
    constructor(options: ParallelFaultsOptions) {
        this.clock = options.clock
        this.sink = options.sink
        this.frameValid = options.frameValid ?? 1
        this.lineValid = options.lineValid ?? 1
        for (const fault of options.faults) {
            const others = this.byFrame.get(fault.frame) ?? []
            this.byFrame.set(fault.frame, [...others, fault])
        }
        for (const faults of this.byFrame.values()) checkFaults(faults)
    }

    vsync(level: Level): void {
        if (level === this.frameValid) this.beginFrame(level)
        else this.endFrame(level)
    }

    hsync(level: Level): void {
        if (level === this.lineValid) this.beginRow()
        this.tell(() => this.sink.hsync(level))
    }

    line(data: LineData): void {
        const sent = this.burst++ === 0 ? this.faulty(data) : data
        if (sent.bytes.length === 0) return
        // Later the bytes will be others: they belong to the sensor.
        const later = this.delayNs > 0 || this.repeats !== undefined
        const bytes = later ? sent.bytes.slice() : sent.bytes
        this.tell(laterNs =>
            this.sink.line({ ...sent, bytes, startNs: sent.startNs + laterNs })
        )
    }

    private beginFrame(level: Level): void {
        this.frame++
        this.row = -1
        this.dropped = this.cut = false
        this.delayNs = 0
        const wasJoined = this.joined
        this.joined = false
        if (!wasJoined) this.tell(() => this.sink.vsync(level))
    }

    private endFrame(level: Level): void {
        this.dropped = false
        // The frame's only row has no period: it is repeated at once.
        this.sendRepeats(Math.max(this.rowAgeNs, this.rowPeriodNs))
        this.joined = this.happens(fault => fault.kind === "missing-vsync")
        if (!this.joined) this.tell(() => this.sink.vsync(level))
    }

    private beginRow(): void {
        this.sendRepeats(this.rowAgeNs)
        if (this.row >= 0) this.rowPeriodNs = this.rowAgeNs
        this.rowStartNs = this.clock.nowNs
        this.burst = 0
        const row = ++this.row
        if (this.happens(f => f.kind === "cut-frame" && f.rows === row)) {
            const level: Level = this.frameValid === 1 ? 0 : 1
            this.tell(() => this.sink.vsync(level))
            this.cut = true
        }
        this.dropped = this.happens(f => f.kind === "drop-row" && f.row === row)
        if (this.happens(f => f.kind === "add-row" && f.row === row))
            this.repeats = []
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
        if (this.dropped || this.cut) return
        this.repeats?.push({ offsetNs: this.rowAgeNs, tell })
        const { delayNs } = this
        if (delayNs === 0) tell(0)
        else this.clock.after(delayNs, () => tell(delayNs))
    }

    /** The line with its clocks lost or added; it takes the same time. */
    private faulty(data: LineData): LineData {
        let { bytes } = data
        for (const fault of this.byFrame.get(this.frame) ?? []) {
            if (fault.kind !== "lose-clocks" && fault.kind !== "add-clocks")
                continue
            if (fault.row !== this.row) continue
            this.injected++
            const { column = 0, clocks } = fault
            bytes =
                fault.kind === "lose-clocks"
                    ? without(bytes, column, clocks)
                    : stretched(bytes, column, clocks)
        }
        if (bytes.length === 0 || bytes === data.bytes)
            return { ...data, bytes }
        const periodNs = (data.periodNs * data.bytes.length) / bytes.length
        return { ...data, bytes, periodNs }
    }

    private happens(matches: (fault: ParallelFault) => boolean): boolean {
        const found = this.byFrame.get(this.frame)?.some(matches) ?? false
        if (found) this.injected++
        return found
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

function checkFaults(faults: readonly ParallelFault[]): void {
    for (const fault of faults)
        for (const [name, value] of Object.entries(fault))
            if (
                name !== "kind" &&
                !(Number.isInteger(value) && Number(value) >= 0)
            )
                throw new RangeError(
                    `fault ${fault.kind}: ${name} is ${value}, not a whole number from 0 on`
                )
    const added = faults.filter(fault => fault.kind === "add-row").length
    if (added > ADDED_ROWS_MAX)
        throw new RangeError(
            `fault add-row: ${added} rows in frame ${faults[0]!.frame}, its blanking holds ${ADDED_ROWS_MAX}`
        )
}
