// SPDX-License-Identifier: MIT
// DMA1 and DMA2 (RM0090 §10, RM0390 §9): eight streams each, their flags and interrupts, and the peripherals that request.
// Words in bulk (DCMI) are served at once and go to memory when they come; single items and copies go through the arbiter.
// Not modelled: DMEIF and FEIF, the bus time of words in bulk, peripherals as flow controllers.

import type { MemoryRegion } from "../../../boards/ram-layout.ts"
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
import type { ExternalMemory } from "../external-memory.ts"
import type { Peripheral } from "../peripheral.ts"
import { FSMC_BANKS_END } from "../fsmc/fsmc-registers.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

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
    /** Behind FSMC or FMC. */
    readonly external?: ExternalMemory
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

/** RM0090 §10.5: four registers of flags, then those of a stream. */
function sectionOf(offset: number): string {
    const status = sectionsInOrder("RM0090 10.5", DmaRegister)
    if (offset < DMA_STREAM_BASE) return status(offset)
    const { register } = decode(offset)
    return `RM0090 10.5.${5 + register / 4}`
}

export class Dma implements Peripheral {
    readonly name: string
    /** Called after a stream has written bytes to memory; the array is only valid during the call. */
    onWrite:
        | ((address: number, bytes: Uint8Array, stream: number) => void)
        | undefined
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
        this.check = new RegisterRules(wiring.rules, this, sectionOf)
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
                return this.check.readOnlyWrite(offset, value)
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
            broken: (register, rule, value, section) =>
                this.check.broken(offset(register), rule, value, section),
            doubtful: (register, rule, value, section) =>
                this.check.doubtful(offset(register), rule, value, section),
            reserved: (register, value, mask) =>
                this.check.ignoreReserved(offset(register), value, mask),
            reachableBytes: (address, access) =>
                this.reachableBytes(address, access),
            load: (address, bytes) => this.load(address, bytes),
            store: (address, source, start, bytes) =>
                this.store(address, source, start, bytes, index),
            storeAtOne: (address, source, start, bytes, itemBytes) =>
                this.storeAtOne(
                    address,
                    source,
                    start,
                    bytes,
                    itemBytes,
                    index
                ),
            unreachable: address => this.unreachable(address),
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
                    `streams ${serving.map(([stream]) => stream).join(" and ")} serve one request`,
                    undefined,
                    undefined,
                    "RM0090 10.3.3"
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
        const { external } = this.wiring
        return external?.has(address) &&
            external.problem(address, access) === undefined
            ? FSMC_BANKS_END - address
            : 0
    }

    /** Why an address gave a bus error. */
    private unreachable(address: number): string {
        const { external } = this.wiring
        if (external?.has(address)) {
            const problem =
                external.problem(address, "read") ??
                external.problem(address, "write")
            if (problem !== undefined) return problem
        }
        return `the bus matrix does not connect ${this.name} to this address`
    }

    private load(address: number, bytes: number): number {
        const { external } = this.wiring
        if (external?.has(address)) return external.read(address, bytes) ?? 0
        let value = 0
        for (let i = 0; i < bytes; i++)
            value |= this.wiring.memory[address + i]! << (8 * i)
        return value >>> 0
    }

    private store(
        address: number,
        source: Uint8Array,
        start: number,
        bytes: number,
        stream: number
    ): void {
        this.look(source, start, bytes)
        if (this.wiring.external?.has(address))
            this.storeOutside(address, bytes, bytes < 4 ? bytes : 4, true)
        else this.wiring.memory.set(this.view, address)
        this.onWrite?.(address, this.view, stream)
    }

    private look(source: Uint8Array, start: number, bytes: number): void {
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
    }

    /** Items one after the other to one address: of memory the last stays, a device outside takes each. */
    private storeAtOne(
        address: number,
        source: Uint8Array,
        start: number,
        bytes: number,
        itemBytes: number,
        stream: number
    ): void {
        if (!this.wiring.external?.has(address))
            return this.store(
                address,
                source,
                start + bytes - itemBytes,
                itemBytes,
                stream
            )
        this.look(source, start, bytes)
        this.storeOutside(address, bytes, itemBytes, false)
        this.onWrite?.(address, this.view, stream)
    }

    /** Write the bytes of the view in items. */
    private storeOutside(
        address: number,
        bytes: number,
        itemBytes: number,
        increments: boolean
    ): void {
        const { view } = this
        for (let at = 0; at < bytes; at += itemBytes) {
            let value = 0
            for (let i = 0; i < itemBytes; i++)
                value |= view[at + i]! << (8 * i)
            const to = increments ? address + at : address
            this.wiring.external!.write(to, itemBytes, value >>> 0)
        }
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
