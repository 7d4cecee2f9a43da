// SPDX-License-Identifier: MIT
// The arbiter of a DMA controller (RM0090 §10.3.4): one item at a time; where requests meet, PL and then the lower number
// of the stream decide.

import type { Clock } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import { DmaCr, DmaDirection, type DmaRoutes } from "./dma-registers.ts"
import { peripheralBytesOf } from "./dma-rules.ts"
import type { DmaStream } from "./dma-stream.ts"

/**
 * HCLK cycles of one item from port to port: arbitration, an access to SRAM, and one to a peripheral across an AHB to APB
 * bridge (AN4031 §2.1 adds these up; the figure is its order of size).
 */
const ITEM_CYCLES = 10
/** HCLK cycles of an item from memory to memory: a read and a write on the AHB with arbitration. */
const COPY_CYCLES = 5

/** The request line of a peripheral that moves single items. */
export interface DmaItemRequest {
    /** Name for messages: "USART2_TX". */
    readonly name: string
    /** Address of the data register, which PAR must hold. */
    readonly dataRegister: number
    readonly direction:
        DmaDirection.PERIPHERAL_TO_MEMORY | DmaDirection.MEMORY_TO_PERIPHERAL
    readonly routes: DmaRoutes
    /** Greatest PSIZE that the data register takes, bytes. */
    readonly largestItemBytes: number
    /** Level of the request line. */
    readonly pending: () => boolean
    /** The DMA reads the data register. */
    readonly read?: () => number
    /** The DMA writes the data register. */
    readonly write?: (value: number) => void
    /** The DMA moved an item, and so many are left of the transfer: 1 is EOT_1, 0 is EOT (RM0090 §27.3.7). */
    readonly moved?: (left: number) => void
}

/** The peripheral's end of its request line. */
export interface DmaItemPort {
    /** The level of the line may have changed. */
    changed(): void
}

export interface DmaArbiterWiring {
    readonly name: string
    readonly clock: Clock
    readonly rules: Rules
    readonly streams: readonly DmaStream[]
    readonly hclkHz: (() => number) | undefined
}

interface Line extends DmaItemRequest {
    stream: DmaStream | undefined
}

export class DmaArbiter {
    private readonly lines: Line[] = []
    private working = false

    constructor(private readonly wiring: DmaArbiterWiring) {}

    connect(request: DmaItemRequest): DmaItemPort {
        this.lines.push({ ...request, stream: undefined })
        return { changed: () => this.wake() }
    }

    /** Streams were enabled or disabled: find the one that serves each line. */
    route(): void {
        for (const line of this.lines) {
            const serving = line.routes.filter(([stream, channel]) =>
                this.serves(stream, channel)
            )
            if (serving.length > 1)
                this.wiring.rules.violated(
                    this.wiring.name,
                    `streams ${serving.map(([stream]) => stream).join(" and ")} serve the request ${line.name}`,
                    undefined,
                    undefined,
                    "RM0090 10.3.3"
                )
            line.stream =
                serving.length > 0
                    ? this.wiring.streams[serving[0]![0]]
                    : undefined
        }
        this.wake()
    }

    private serves(stream: number, channel: number): boolean {
        const candidate = this.wiring.streams[stream]!
        return (
            candidate.enabled &&
            candidate.channel === channel &&
            candidate.direction !== DmaDirection.MEMORY_TO_MEMORY
        )
    }

    /** Serve the most urgent request after the time that its item takes. */
    private wake(): void {
        if (this.working) return
        const next = this.mostUrgent()
        if (next === undefined) return
        this.working = true
        this.wiring.clock.after(this.itemNs(next), () => {
            const stream = this.mostUrgent()
            if (stream !== undefined) this.serve(stream)
            this.working = false
            this.wake()
        })
    }

    private itemNs(stream: DmaStream): number {
        const hclkHz = this.wiring.hclkHz?.() ?? Infinity
        if (stream.direction !== DmaDirection.MEMORY_TO_MEMORY)
            return (ITEM_CYCLES * 1e9) / hclkHz
        const items = Math.min(stream.ndtr, 16 / peripheralBytesOf(stream.cr))
        return (items * COPY_CYCLES * 1e9) / hclkHz
    }

    private mostUrgent(): DmaStream | undefined {
        let best: DmaStream | undefined
        for (const stream of this.wiring.streams) {
            if (!stream.enabled || !this.requests(stream)) continue
            if (best === undefined || stream.priority > best.priority)
                best = stream
        }
        return best
    }

    private requests(stream: DmaStream): boolean {
        if (stream.direction === DmaDirection.MEMORY_TO_MEMORY) return true
        return this.lineOf(stream) !== undefined
    }

    /** The line that asks the stream for an item now. */
    private lineOf(stream: DmaStream): Line | undefined {
        for (const line of this.lines)
            if (line.stream === stream && line.pending()) return line
        return undefined
    }

    private serve(stream: DmaStream): void {
        if (stream.direction === DmaDirection.MEMORY_TO_MEMORY) {
            stream.items.copy()
            return
        }
        const line = this.lineOf(stream)!
        if (!this.suits(stream, line)) {
            line.stream = undefined
            return
        }
        const left = stream.ndtr - 1
        if (line.direction === DmaDirection.PERIPHERAL_TO_MEMORY)
            stream.items.take(line.read!())
        else {
            const value = stream.items.give()
            if (value === undefined) return
            line.write!(value)
        }
        line.moved?.(left)
    }

    private suits(stream: DmaStream, line: Line): boolean {
        if (!stream.suits(line.dataRegister, line.direction)) return false
        const bytes = peripheralBytesOf(stream.cr)
        if (bytes <= line.largestItemBytes && (stream.cr & DmaCr.PINC) === 0)
            return true
        this.wiring.rules.violated(
            this.wiring.name,
            `${line.name} moves items of at most ${line.largestItemBytes} bytes at one address: PSIZE is ${bytes} bytes, PINC ${(stream.cr & DmaCr.PINC) === 0 ? 0 : 1}`,
            undefined,
            undefined,
            "RM0090 10.3.3"
        )
        return false
    }
}
