// SPDX-License-Identifier: MIT
// DMA1 and DMA2 (RM0090 §10, RM0390 §9): eight streams each, their flags and interrupts, and the peripherals that request.
// Words in bulk (DCMI) are served at once and go to memory when they come; single items and copies go through the arbiter.
// Not modelled: DMEIF and FEIF, the bus time of words in bulk, peripherals as flow controllers.

import type { MemoryRegion } from "../../../boards/board-file.ts"
import type { Clock } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import {
    DmaArbiter,
    type DmaItemPort,
    type DmaItemRequest,
} from "./dma-arbiter.ts"
import {
    DMA_FLAGS_MASK,
    DMA_FLAG_SHIFTS,
    DMA_STREAMS,
    DMA_STREAM_BASE,
    DMA_STREAM_STRIDE,
    DmaDirection,
    DmaRegister,
    DmaStreamRegister,
    type DmaRoutes,
} from "./dma-registers.ts"
import { DmaStream, type DmaStreamHost } from "./dma-stream.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules } from "../register-rules.ts"

const STREAMS_PER_STATUS = 4

export interface DmaWiring {
    readonly name: "DMA1" | "DMA2"
    readonly clock: Clock
    readonly rules: Rules
    /** Indexed by address. */
    readonly memory: Uint8Array
    /** Memories of the board; those with `dma` are reachable. */
    readonly regions: readonly MemoryRegion[]
    /** Memories that can be read only: flash. */
    readonly readOnly?: readonly { address: number; bytes: number }[]
    /** For the time that an item takes; left out: none. */
    readonly hclkHz?: () => number
    /** The interrupt line of a stream. */
    readonly irq: (stream: number, active: boolean) => void
}

/** A peripheral's request line. */
export interface DmaRequest {
    /** Address of the data register that the stream must read. */
    readonly dataRegister: number
    /** [stream, channel] pairs at which the line is heard. */
    readonly routes: DmaRoutes
    /** A stream began to serve the line. */
    readonly served: () => void
}

/** The peripheral's end of its request line. */
export interface DmaPort {
    /** Since when a stream serves the line, ns; Infinity when none does. */
    servedSinceNs(): number
    /** Since when others have the bus, so that nothing is taken, ns; Infinity: they have it not. */
    stalledSinceNs(): number
    /** Words that the stream's own FIFO takes while others have the memory: none in direct mode. */
    bufferedWords(): number
    /** For how long after `fromNs` others had the bus when they last had it, ns. */
    stalledNs(fromNs: number): number
    /** Offer words. @returns how many were taken */
    takeWords(source: Uint8Array, start: number, words: number): number
}

interface Line extends DmaRequest {
    stream: DmaStream | undefined
}

interface DmaError {
    readonly kind: "transfer" | "fifo"
    readonly taken: () => void
}

export class Dma implements Peripheral {
    readonly name: string
    /** Called after bytes were written to memory; the array is only valid during the call. */
    onWrite: ((address: number, bytes: Uint8Array) => void) | undefined
    /** Called after words were moved or CR was written, for traces: what a read of the registers gives may be new. */
    onStream: ((stream: number) => void) | undefined
    private readonly streams: readonly DmaStream[]
    private readonly lines: Line[] = []
    private readonly arbiter: DmaArbiter
    private readonly check: RegisterRules
    /** Faults to come, at the next words of a request line. */
    private readonly errors: DmaError[] = []
    private stalls = 0
    private stalledSinceNs = Infinity
    /** When others had the bus last, ns. */
    private lastStall = { fromNs: 0, untilNs: 0 }
    private viewSource: Uint8Array | undefined
    private viewStart = 0
    private view: Uint8Array = new Uint8Array(0)

    constructor(private readonly wiring: DmaWiring) {
        this.name = wiring.name
        this.check = new RegisterRules(wiring.rules, this)
        this.streams = Array.from(
            { length: DMA_STREAMS },
            (_, index) => new DmaStream(this.hostOf(index))
        )
        this.arbiter = new DmaArbiter({
            name: wiring.name,
            clock: wiring.clock,
            rules: wiring.rules,
            streams: this.streams,
            hclkHz: wiring.hclkHz,
        })
    }

    /** Connect the request line of a peripheral that moves single items. */
    connectItems(request: DmaItemRequest): DmaItemPort {
        return this.arbiter.connect(request)
    }

    /** Connect a peripheral's request line. */
    connect(request: DmaRequest): DmaPort {
        const line: Line = { ...request, stream: undefined }
        this.lines.push(line)
        return {
            servedSinceNs: () => line.stream?.enabledAtNs ?? Infinity,
            stalledSinceNs: () => this.stalledSinceNs,
            bufferedWords: () => line.stream?.bufferedWords ?? 0,
            stalledNs: from =>
                this.lastStall.untilNs - Math.max(this.lastStall.fromNs, from),
            takeWords: (source, start, words) =>
                this.takeWords(line, source, start, words),
        }
    }

    /** Fault: an error of the stream that serves the next words. @param taken called when it happens */
    injectError(kind: DmaError["kind"], taken: () => void): void {
        this.errors.push({ kind, taken })
    }

    /** Fault: others have the bus; each stall needs its end. Single items and copies go on. */
    stall(): void {
        if (this.stalls++ === 0) this.stalledSinceNs = this.wiring.clock.nowNs
    }

    /** They give it back: what waits is moved. */
    endStall(): void {
        if (--this.stalls > 0) return
        const fromNs = this.stalledSinceNs
        this.stalledSinceNs = Infinity
        this.lastStall = { fromNs, untilNs: this.wiring.clock.nowNs }
        for (const line of this.lines)
            if (line.stream !== undefined) line.served()
    }

    /** Others had the bus at some time since `fromNs`. */
    stalledSince(fromNs: number): boolean {
        return (
            this.stalledSinceNs !== Infinity ||
            this.lastStall.untilNs > Math.max(fromNs, this.lastStall.fromNs)
        )
    }

    /** RCC reset. */
    reset(): void {
        this.streams.forEach((stream, index) => {
            stream.reset()
            this.wiring.irq(index, false)
        })
        this.route()
    }

    registerName(offset: number): string | undefined {
        if (offset < DMA_STREAM_BASE) return DmaRegister[offset]
        const { stream, register } = decode(offset)
        return stream < DMA_STREAMS
            ? `S${stream}${DmaStreamRegister[register]}`
            : undefined
    }

    readUint32(offset: number): number {
        switch (offset) {
            case DmaRegister.LISR:
                return this.flags(0)
            case DmaRegister.HISR:
                return this.flags(STREAMS_PER_STATUS)
            case DmaRegister.LIFCR:
            case DmaRegister.HIFCR:
                return 0
        }
        const { stream, register } = decode(offset)
        return (
            this.streams[stream]?.read(register) ??
            this.check.unknownRead(offset)
        )
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case DmaRegister.LISR:
            case DmaRegister.HISR:
                return this.check.refusedWrite(offset, value, "is read only")
            case DmaRegister.LIFCR:
                return this.clearFlags(offset, value, 0)
            case DmaRegister.HIFCR:
                return this.clearFlags(offset, value, STREAMS_PER_STATUS)
        }
        const { stream, register } = decode(offset)
        if (stream >= DMA_STREAMS) return this.check.refusedWrite(offset, value)
        this.streams[stream]!.write(register, value)
    }

    private takeWords(
        { stream, dataRegister }: Line,
        source: Uint8Array,
        start: number,
        words: number
    ): number {
        if (stream === undefined) return 0
        const error = this.errors.shift()
        if (error !== undefined) {
            error.taken()
            stream.injectError(error.kind)
        }
        // A stream that has failed takes nothing.
        return stream.enabled
            ? stream.takeWords(dataRegister, source, start, words)
            : 0
    }

    private flags(first: number): number {
        return DMA_FLAG_SHIFTS.reduce(
            (all, shift, i) => all | (this.streams[first + i]!.flags << shift),
            0
        )
    }

    private clearFlags(offset: number, value: number, first: number): void {
        const mask = DMA_FLAG_SHIFTS.reduce(
            (all, shift) => all | (DMA_FLAGS_MASK << shift),
            0
        )
        // ST's HAL clears the flags of stream n with 0x3f shifted, a reserved bit among them.
        const bits = this.check.ignoreReserved(offset, value, mask)
        DMA_FLAG_SHIFTS.forEach((shift, i) => {
            this.streams[first + i]!.flags &= ~(bits >>> shift)
            this.updateIrq(first + i)
        })
    }

    private hostOf(index: number): DmaStreamHost {
        const offset = (register: DmaStreamRegister): number =>
            DMA_STREAM_BASE + index * DMA_STREAM_STRIDE + register
        return {
            name: this.name,
            copiesMemory: this.wiring.name === "DMA2",
            nowNs: () => this.wiring.clock.nowNs,
            changed: () => {
                this.updateIrq(index)
                this.onStream?.(index)
            },
            routed: () => this.route(),
            broken: (register, rule, value) =>
                this.check.broken(offset(register), rule, value),
            doubtful: (register, rule, value) =>
                this.check.doubtful(offset(register), rule, value),
            reserved: (register, value, mask) =>
                this.check.defined(offset(register), value, mask),
            reachableBytes: (address, access) =>
                this.reachableBytes(address, access),
            load: (address, bytes) => this.load(address, bytes),
            store: (address, source, start, bytes) =>
                this.store(address, source, start, bytes),
        }
    }

    /** Find the stream that serves each request line now. */
    private route(): void {
        for (const line of this.lines) {
            const was = line.stream
            const serving = line.routes.filter(([stream, channel]) =>
                this.serves(stream, channel)
            )
            if (serving.length > 1)
                this.wiring.rules.violated(
                    this.name,
                    `streams ${serving.map(([stream]) => stream).join(" and ")} serve one request`
                )
            line.stream =
                serving.length > 0 ? this.streams[serving[0]![0]] : undefined
            if (line.stream !== undefined && line.stream !== was) line.served()
        }
        this.arbiter.route()
    }

    private serves(stream: number, channel: number): boolean {
        const candidate = this.streams[stream]!
        return (
            candidate.enabled &&
            candidate.channel === channel &&
            candidate.direction !== DmaDirection.MEMORY_TO_MEMORY
        )
    }

    private reachableBytes(address: number, access: "read" | "write"): number {
        for (const region of this.wiring.regions) {
            const end = region.address + region.bytes
            if (region.dma && address >= region.address && address < end)
                return end - address
        }
        if (access === "read")
            for (const region of this.wiring.readOnly ?? []) {
                const end = region.address + region.bytes
                if (address >= region.address && address < end)
                    return end - address
            }
        return 0
    }

    private load(address: number, bytes: number): number {
        let value = 0
        for (let i = 0; i < bytes; i++)
            value |= this.wiring.memory[address + i]! << (8 * i)
        return value >>> 0
    }

    private store(
        address: number,
        source: Uint8Array,
        start: number,
        bytes: number
    ): void {
        // Sensors send every line from one array: the view of its window is made once, not per line.
        if (
            source !== this.viewSource ||
            start !== this.viewStart ||
            bytes !== this.view.length
        ) {
            this.viewSource = source
            this.viewStart = start
            this.view = source.subarray(start, start + bytes)
        }
        this.wiring.memory.set(this.view, address)
        this.onWrite?.(address, this.view)
    }

    private updateIrq(stream: number): void {
        this.wiring.irq(stream, this.streams[stream]!.interrupt)
    }
}

function decode(offset: number): {
    stream: number
    register: DmaStreamRegister
} {
    const index = offset - DMA_STREAM_BASE
    return {
        stream: Math.floor(index / DMA_STREAM_STRIDE),
        register: index % DMA_STREAM_STRIDE,
    }
}
