// SPDX-License-Identifier: MIT
// Collects from a chip, while a firmware runs, what no register shows at the end.

import type { Clock } from "../clock.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import type { CaptureEvent } from "../stm32/dcmi/dcmi-capture.ts"
import type { BusWatch } from "./bus-watch.ts"
import { DmaWatch } from "./dma-watch.ts"
import type { WriteWatch } from "./write-watch.ts"

/** Why the DCMI's FIFO overran. */
export interface OverrunCounts {
    readonly total: number
    /** No stream of DMA2 was enabled for the DCMI. */
    readonly unserved: number
    /** The stream's transfer had ended, and no handler of the capture was at work to start another. */
    readonly ended: number
    /** A handler of the capture was still to start the next transfer, or started it in the middle of a line. */
    readonly late: number
    /** Others had the memory. */
    readonly stalled: number
}

/** A 7-bit address that a controller sent. */
export interface AddressFacts {
    readonly address: number
    readonly count: number
    /** A target has it. */
    readonly known: boolean
}

export interface EvidenceOptions {
    readonly chip: Stm32F4
    readonly clock: Clock
    readonly bus: BusWatch
    readonly writes: WriteWatch
    /** Called when the DCMI takes the start of a frame. */
    readonly frameStarts: () => void
    /** A handler of the DCMI or of its streams runs. */
    readonly handlerRuns: () => boolean
}

export class Evidence {
    readonly dma: DmaWatch
    readonly writes: WriteWatch
    /** Blocks that were accessed while RCC had their clock off. */
    readonly clockOff = new Set<string>()
    private readonly counts = {
        total: 0,
        unserved: 0,
        ended: 0,
        late: 0,
        stalled: 0,
    }
    private readonly addressed = new Map<
        number,
        { count: number; known: boolean }
    >()

    constructor(private readonly options: EvidenceOptions) {
        const { chip, clock, writes } = options
        const { dcmi, i2cBus, bus } = chip
        this.writes = writes
        this.dma = new DmaWatch(chip.dma2, () => clock.nowNs)
        bus.onClockOff = block => this.clockOff.add(block)
        i2cBus.onAddress = (address, known) => {
            const before = this.addressed.get(address)?.count ?? 0
            this.addressed.set(address, { count: before + 1, known })
        }
        const before = dcmi.onCapture
        dcmi.onCapture = event => {
            before?.(event)
            this.captured(event)
        }
    }

    get overruns(): OverrunCounts {
        return this.counts
    }

    addresses(): AddressFacts[] {
        return [...this.addressed].map(([address, rest]) => ({
            address,
            ...rest,
        }))
    }

    private captured({ kind }: CaptureEvent): void {
        if (kind === "start") this.options.frameStarts()
        if (kind === "overrun") this.overran()
    }

    /** Each overrun has one reason, or none that is seen: then a fault was injected. */
    private overran(): void {
        const { bus, chip } = this.options
        const { counts } = this
        const stream = this.dma.last
        const lineNs = bus.seen?.lineStartNs ?? 0
        counts.total++
        if (stream === undefined) counts.unserved++
        else if (!stream.enabled) {
            if (!stream.completed) counts.unserved++
            else if (this.options.handlerRuns()) counts.late++
            else counts.ended++
        } else if (stream.enabledNs > lineNs) counts.late++
        else if (chip.dma2.stalledSince(lineNs)) counts.stalled++
    }
}
