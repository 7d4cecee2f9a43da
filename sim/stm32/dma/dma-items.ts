// SPDX-License-Identifier: MIT
// The items of a DMA stream one by one (RM0090 §10.3.5 to §10.3.12): peripheral to memory, memory to peripheral and memory
// to memory, in direct mode or through the FIFO with packing.
// Not modelled: bursts as such (their bytes are the same), FEIF and DMEIF (a request is always served in time).

import { DmaFifo, FIFO_EMPTY } from "./dma-fifo.ts"
import {
    DmaCr,
    DmaDirection,
    DmaFcr,
    DmaStreamRegister,
} from "./dma-registers.ts"
import {
    FIFO_BYTES,
    memoryBytesOf,
    peripheralBytesOf,
    thresholdBytesOf,
} from "./dma-rules.ts"

/** What the items need of the bus. */
export interface DmaItemsBus {
    /** Bytes from `address` to the end of its memory; 0 when the bus matrix does not connect it. */
    reachableBytes(address: number, access: "read" | "write"): number
    /** Read an item of 1, 2 or 4 bytes from memory. */
    load(address: number, bytes: number): number
    /** Copy bytes to memory. */
    store(
        address: number,
        source: Uint8Array,
        start: number,
        bytes: number
    ): void
    /** Write items one after the other to one address. */
    storeAtOne(
        address: number,
        source: Uint8Array,
        start: number,
        bytes: number,
        itemBytes: number
    ): void
    /** Why an address gave a bus error, in words. */
    unreachable(address: number): string
    /** Flags or enables changed. */
    changed(): void
}

/** The stream that the items belong to: its registers, and what happens to them. */
export interface DmaItemsStream {
    readonly cr: number
    readonly ndtr: number
    readonly par: number
    readonly fcr: number
    readonly enabled: boolean
    readonly direction: DmaDirection
    /** The next address in memory. */
    address: number
    countDown(items: number): void
    transferError(register: DmaStreamRegister, address: number): void
    memoryError(address: number): void
}

/** Moves items between the ports of one stream. */
export class DmaItems {
    private readonly fifo = new DmaFifo()
    private readonly scratch = new Uint8Array(4)
    /** Bytes of this buffer that memory to peripheral has not read yet. */
    private unreadBytes = 0
    /** The next address on the peripheral's port. */
    private peripheralAddress = 0

    constructor(
        private readonly stream: DmaItemsStream,
        private readonly host: DmaItemsBus
    ) {}

    /** FCR_FS. */
    get status(): number {
        return this.direct ? FIFO_EMPTY : this.fifo.status
    }

    clear(): void {
        this.fifo.clear()
        this.unreadBytes = 0
    }

    /** A buffer begins: memory to peripheral reads ahead as soon as the stream runs (RM0090 §10.3.6). */
    begin(): void {
        const { stream } = this
        this.fifo.clear()
        this.peripheralAddress = stream.par
        this.unreadBytes = 0
        if (stream.direction !== DmaDirection.MEMORY_TO_PERIPHERAL) return
        this.unreadBytes = stream.ndtr * peripheralBytesOf(stream.cr)
        this.readAhead()
    }

    /** Software clears EN: what came from a peripheral goes to memory, what was read ahead is lost. */
    flush(): void {
        if (this.stream.direction !== DmaDirection.MEMORY_TO_PERIPHERAL)
            this.drain(1)
        this.fifo.clear()
    }

    /** An item from a peripheral's data register. */
    take(value: number): void {
        const { stream } = this
        const bytes = peripheralBytesOf(stream.cr)
        this.fifo.push(value, bytes)
        this.advancePeripheral(bytes)
        const last = stream.ndtr === 1
        const threshold = this.direct ? bytes : thresholdBytesOf(stream.fcr)
        if (last || this.fifo.level >= threshold)
            if (!this.drain(memoryBytesOf(stream.cr))) return
        stream.countDown(1)
        this.host.changed()
    }

    /** The next item for a peripheral's data register; undefined after a bus error. */
    give(): number | undefined {
        const { stream } = this
        const bytes = peripheralBytesOf(stream.cr)
        if (this.fifo.level < bytes) this.readAhead()
        if (!stream.enabled) return undefined
        const value = this.fifo.pop(bytes)
        this.advancePeripheral(bytes)
        // RM0090 §10.3.6: the FIFO is filled again when its level is at or below the threshold.
        if (this.direct || this.fifo.level <= thresholdBytesOf(stream.fcr))
            this.readAhead()
        if (!stream.enabled) return value
        stream.countDown(1)
        this.host.changed()
        return value
    }

    /**
     * Memory to memory: fill the FIFO once and empty it.
     * @returns the items moved
     */
    copy(): number {
        const { stream, host } = this
        const bytes = peripheralBytesOf(stream.cr)
        const items = Math.min(stream.ndtr, FIFO_BYTES / bytes)
        for (let i = 0; i < items; i++) {
            const at = this.peripheralAddress
            if (host.reachableBytes(at, "read") < bytes) {
                stream.transferError(DmaStreamRegister.PAR, at)
                return i
            }
            this.fifo.push(host.load(at, bytes), bytes)
            this.advancePeripheral(bytes)
        }
        if (!this.drain(memoryBytesOf(stream.cr))) return items
        stream.countDown(items)
        host.changed()
        return items
    }

    private get direct(): boolean {
        return (this.stream.fcr & DmaFcr.DMDIS) === 0
    }

    private advancePeripheral(bytes: number): void {
        if ((this.stream.cr & DmaCr.PINC) !== 0) this.peripheralAddress += bytes
    }

    private advanceMemory(bytes: number): void {
        if ((this.stream.cr & DmaCr.MINC) !== 0) this.stream.address += bytes
    }

    /** Write the FIFO to memory in items of `bytes`. @returns false after a bus error */
    private drain(bytes: number): boolean {
        const { stream, host, fifo, scratch } = this
        while (fifo.level >= bytes) {
            if (host.reachableBytes(stream.address, "write") < bytes) {
                stream.memoryError(stream.address)
                return false
            }
            const value = fifo.pop(bytes)
            for (let i = 0; i < bytes; i++) scratch[i] = value >>> (8 * i)
            host.store(stream.address, scratch, 0, bytes)
            this.advanceMemory(bytes)
        }
        return true
    }

    /** Read from memory: one item in direct mode, else until the FIFO is full. */
    private readAhead(): void {
        const { stream, host, fifo } = this
        const bytes = memoryBytesOf(stream.cr)
        const mostBytes = this.direct ? bytes : FIFO_BYTES
        while (this.unreadBytes > 0 && fifo.level + bytes <= mostBytes) {
            if (host.reachableBytes(stream.address, "read") < bytes)
                return stream.memoryError(stream.address)
            fifo.push(host.load(stream.address, bytes), bytes)
            this.unreadBytes -= bytes
            this.advanceMemory(bytes)
        }
    }
}
