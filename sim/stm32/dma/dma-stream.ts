// SPDX-License-Identifier: MIT
// One DMA stream (RM0090 §10.3): registers with their locks, and the words of a peripheral going to memory in bulk.
// Single items in either direction: DmaItems.

import { DmaItems, type DmaItemsBus } from "./dma-items.ts"
import {
    DmaCr,
    DmaDirection,
    DmaFcr,
    DmaFlag,
    DmaStreamRegister,
} from "./dma-registers.ts"
import {
    directionOf,
    FIFO_BYTES,
    memoryBytesOf,
    streamProblem,
} from "./dma-rules.ts"

/** CR bits that can be written while EN = 1 (RM0090 §10.5.5). */
const CR_FREE = DmaCr.EN | DmaCr.DMEIE | DmaCr.TEIE | DmaCr.HTIE | DmaCr.TCIE
/** Bits 31:28 and 20 are reserved. */
const CR_DEFINED = 0x0fefffff
const FCR_RESET = 0x21
const FCR_WRITABLE = DmaFcr.FTH | DmaFcr.DMDIS | DmaFcr.FEIE
const FCR_FS_SHIFT = 3
const NDTR_MASK = 0xffff
const WORD_BYTES = 4
const PSIZE_WORD = 2 << 11

/** What a stream needs of its controller. */
export interface DmaStreamHost extends DmaItemsBus {
    /** DMA2: its peripheral port reaches memories. */
    readonly copiesMemory: boolean
    readonly name: string
    nowNs(): number
    /** EN or CHSEL changed. */
    routed(): void
    /** @param section its source, when it is not the register's description */
    broken(
        register: DmaStreamRegister,
        rule: string,
        value?: number,
        section?: string
    ): void
    doubtful(
        register: DmaStreamRegister,
        rule: string,
        value?: number,
        section?: string
    ): void
    /** Without the reserved bits, which take no effect. */
    reserved(register: DmaStreamRegister, value: number, mask: number): number
}

export class DmaStream {
    flags = 0
    cr = 0
    /** When EN was last set, ns. */
    enabledAtNs = 0
    ndtr = 0
    par = 0
    fcr = FCR_RESET
    /** The next address in memory. */
    address = 0
    /** The stream's FIFO, and the items that go through it one by one. */
    readonly items: DmaItems
    private m0ar = 0
    private m1ar = 0
    /** NDTR at the start of the buffer. */
    private reload = 0

    constructor(private readonly host: DmaStreamHost) {
        this.items = new DmaItems(this, host)
    }

    get enabled(): boolean {
        return (this.cr & DmaCr.EN) !== 0
    }

    get channel(): number {
        return (this.cr >>> 25) & 7
    }

    get direction(): DmaDirection {
        return directionOf(this.cr)
    }

    /** PL, 0 (low) to 3 (very high). */
    get priority(): number {
        return (this.cr & DmaCr.PL) >>> 16
    }

    /** The FIFO's room for words of the peripheral; in direct mode it holds none (RM0090 §10.3.13). */
    get bufferedWords(): number {
        return (this.fcr & DmaFcr.DMDIS) !== 0 ? FIFO_BYTES / WORD_BYTES : 0
    }

    /** The stream's interrupt line. */
    get interrupt(): boolean {
        const { cr, flags } = this
        // Flags TEIF, HTIF, TCIF stand one bit above their enables; DMEIF too.
        const enables =
            (cr & (DmaCr.DMEIE | DmaCr.TEIE | DmaCr.HTIE | DmaCr.TCIE)) << 1
        return (
            (flags & enables) !== 0 ||
            ((this.fcr & DmaFcr.FEIE) !== 0 && (flags & DmaFlag.FEIF) !== 0)
        )
    }

    reset(): void {
        this.flags = this.cr = this.ndtr = this.par = this.m0ar = this.m1ar = 0
        this.fcr = FCR_RESET
        this.items.clear()
    }

    read(register: DmaStreamRegister): number {
        switch (register) {
            case DmaStreamRegister.CR:
                return this.cr
            case DmaStreamRegister.NDTR:
                return this.ndtr
            case DmaStreamRegister.PAR:
                return this.par
            case DmaStreamRegister.M0AR:
                return this.m0ar
            case DmaStreamRegister.M1AR:
                return this.m1ar
            case DmaStreamRegister.FCR:
                return this.fcr | (this.items.status << FCR_FS_SHIFT)
        }
    }

    write(register: DmaStreamRegister, value: number): void {
        switch (register) {
            case DmaStreamRegister.CR:
                return this.writeCr(value)
            case DmaStreamRegister.NDTR:
                if (this.unlocked(register, value)) this.writeNdtr(value)
                return
            case DmaStreamRegister.PAR:
                if (this.unlocked(register, value)) this.par = value
                return
            case DmaStreamRegister.M0AR:
                if (this.targetUnlocked(register, value, 0)) this.m0ar = value
                return
            case DmaStreamRegister.M1AR:
                if (this.targetUnlocked(register, value, 1)) this.m1ar = value
                return
            case DmaStreamRegister.FCR:
                return this.writeFcr(value)
        }
    }

    /**
     * The peripheral offers words from its data register.
     * @param dataRegister the address PAR must hold
     * @param start first byte of the words in `source`
     * @returns how many words were taken, 0..words
     */
    takeWords(
        dataRegister: number,
        source: Uint8Array,
        start: number,
        words: number
    ): number {
        if (!this.readsWords(dataRegister)) return 0
        let taken = 0
        while (taken < words && this.enabled) {
            const count = Math.min(words - taken, this.ndtr)
            if (!this.storeWords(source, start + taken * WORD_BYTES, count))
                break
            taken += count
        }
        if (taken > 0) this.host.changed()
        return taken
    }

    private storeWords(
        source: Uint8Array,
        start: number,
        words: number
    ): boolean {
        const bytes = words * WORD_BYTES
        const increments = (this.cr & DmaCr.MINC) !== 0
        const needed = increments ? bytes : WORD_BYTES
        const reachable = this.host.reachableBytes(this.address, "write")
        if (needed > reachable) {
            this.memoryError(this.address + Math.min(reachable, needed))
            return false
        }
        if (increments) {
            this.host.store(this.address, source, start, bytes)
            this.address += bytes
        } else
            this.host.storeAtOne(
                this.address,
                source,
                start,
                bytes,
                memoryBytesOf(this.cr)
            )
        this.countDown(words)
        return true
    }

    /** Fault: a bus error or a FIFO error of the stream, now. */
    injectError(kind: "transfer" | "fifo"): void {
        if (kind === "transfer") return this.fail()
        this.flags |= DmaFlag.FEIF
        this.host.changed()
    }

    /** A bus error at an address in memory. */
    memoryError(at: number): void {
        const inUse = (this.cr & DmaCr.CT) !== 0
        this.transferError(
            inUse ? DmaStreamRegister.M1AR : DmaStreamRegister.M0AR,
            at
        )
    }

    /** A bus error at an address that the stream has from a register. */
    transferError(register: DmaStreamRegister, at: number): void {
        this.host.broken(
            register,
            `transfer error at ${hex(at)}: ${this.host.unreachable(at)}`,
            undefined,
            "RM0090 2.1"
        )
        this.fail()
    }

    /** `items` of PSIZE passed the peripheral's port: NDTR, HTIF, and at the end TCIF and the next buffer. */
    countDown(items: number): void {
        const half = this.reload - (this.reload >>> 1)
        const before = this.ndtr
        this.ndtr -= items
        if (before > half && this.ndtr <= half) this.flags |= DmaFlag.HTIF
        if (this.ndtr > 0) return
        this.flags |= DmaFlag.TCIF
        if ((this.cr & (DmaCr.CIRC | DmaCr.DBM)) === 0) {
            this.cr &= ~DmaCr.EN
            this.host.routed()
            return
        }
        if ((this.cr & DmaCr.DBM) !== 0) this.cr ^= DmaCr.CT
        this.beginBuffer()
    }

    /** NDTR is loaded again and the address starts at the current target. */
    private beginBuffer(): void {
        this.ndtr = this.reload
        this.address = (this.cr & DmaCr.CT) !== 0 ? this.m1ar : this.m0ar
        if (this.enabled) this.items.begin()
    }

    /** True when the stream's direction and PAR are those of the request. */
    suits(dataRegister: number, direction: DmaDirection): boolean {
        if (this.direction !== direction) {
            this.host.broken(
                DmaStreamRegister.CR,
                `DIR is ${this.direction}, the request of this channel needs ${direction}`,
                this.cr,
                "RM0090 10.3.3"
            )
            return false
        }
        if (this.par === dataRegister) return true
        this.host.broken(
            DmaStreamRegister.PAR,
            `the request needs ${hex(dataRegister)} here`,
            this.par,
            "RM0090 10.3.3"
        )
        return false
    }

    private readsWords(dataRegister: number): boolean {
        if (!this.suits(dataRegister, DmaDirection.PERIPHERAL_TO_MEMORY))
            return false
        if (
            (this.cr & DmaCr.PSIZE) !== PSIZE_WORD ||
            (this.cr & DmaCr.PINC) !== 0
        ) {
            this.host.broken(
                DmaStreamRegister.CR,
                "the data register is read as words at one address: PSIZE 2, PINC 0",
                this.cr
            )
            return false
        }
        return true
    }

    /** Bus error: TEIF, and the hardware clears EN (RM0090 §10.3, error management). */
    private fail(): void {
        this.flags |= DmaFlag.TEIF
        this.cr &= ~DmaCr.EN
        this.host.changed()
        this.host.routed()
    }

    private writeCr(value: number): void {
        const was = this.cr
        let bits = this.host.reserved(DmaStreamRegister.CR, value, CR_DEFINED)
        if (this.enabled) {
            const locked = (bits ^ was) & ~CR_FREE
            if (locked !== 0)
                this.host.broken(
                    DmaStreamRegister.CR,
                    `bits ${hex(locked)} are locked while EN is 1`,
                    value
                )
            bits = (was & ~CR_FREE) | (bits & CR_FREE)
        }
        const enables = (bits & ~was & DmaCr.EN) !== 0
        if (enables) this.checkSettings(bits)
        this.cr = bits
        if (enables) this.enable()
        if ((was & ~bits & DmaCr.EN) !== 0) {
            this.items.flush() // RM0090 §10.3.12, FIFO flush
            this.flags |= DmaFlag.TCIF
        }
        this.host.changed()
        if (((bits ^ was) & (DmaCr.EN | DmaCr.CHSEL)) !== 0) this.host.routed()
    }

    private checkSettings(cr: number): void {
        const { ndtr, par, m0ar, m1ar, fcr, flags } = this
        const { copiesMemory } = this.host
        const problem = streamProblem({
            cr,
            ndtr,
            par,
            m0ar,
            m1ar,
            fcr,
            copiesMemory,
        })
        if (flags !== 0)
            this.host.doubtful(
                DmaStreamRegister.CR,
                "EN is set while flags of the stream are: they are to be cleared in LIFCR or HIFCR first",
                cr
            )
        if (problem === undefined) return
        const { register, rule } = problem
        const isCr = register === DmaStreamRegister.CR
        this.host.broken(register, rule, isCr ? cr : this.read(register))
    }

    private enable(): void {
        // With DBM the hardware runs in circular mode (RM0090 §10.5.5, CIRC).
        if ((this.cr & DmaCr.DBM) !== 0) this.cr |= DmaCr.CIRC
        this.reload = this.ndtr
        this.enabledAtNs = this.host.nowNs()
        this.beginBuffer()
        if (this.ndtr === 0) this.cr &= ~DmaCr.EN
    }

    /** No warning as for other reserved bits: fewer items than were meant. */
    private writeNdtr(value: number): void {
        this.ndtr = value & NDTR_MASK
        if (value > NDTR_MASK)
            this.host.broken(
                DmaStreamRegister.NDTR,
                `has 16 bits: ${this.ndtr} of ${value} items are moved`,
                value
            )
    }

    private writeFcr(value: number): void {
        const bits =
            this.host.reserved(
                DmaStreamRegister.FCR,
                value,
                FCR_WRITABLE | DmaFcr.FS
            ) & FCR_WRITABLE
        const locked = (bits ^ this.fcr) & (DmaFcr.FTH | DmaFcr.DMDIS)
        if (this.enabled && locked !== 0) {
            this.host.broken(
                DmaStreamRegister.FCR,
                "FTH and DMDIS are locked while EN is 1",
                value
            )
            this.fcr = (this.fcr & ~DmaFcr.FEIE) | (bits & DmaFcr.FEIE)
        } else this.fcr = bits
        this.host.changed()
    }

    private unlocked(register: DmaStreamRegister, value: number): boolean {
        if (this.enabled)
            this.host.broken(register, "is locked while EN is 1", value)
        return !this.enabled
    }

    /**
     * In double buffer mode the address that is not in use may be written (RM0090 §10.5.8, §10.5.9). The lock of M1AR looks
     * at CT alone, also where the address is not used at all: ST's HAL writes it after each frame.
     */
    private targetUnlocked(
        register: DmaStreamRegister,
        value: number,
        target: 0 | 1
    ): boolean {
        if (!this.enabled) return true
        const current = (this.cr & DmaCr.CT) !== 0 ? 1 : 0
        if ((this.cr & DmaCr.DBM) !== 0) {
            if (current !== target) return true
            this.host.broken(
                register,
                `is in use (CT = ${current}): only the other address may be written`,
                value
            )
            this.fail()
            return false
        }
        if (target !== 1 || current !== 0) return this.unlocked(register, value)
        this.host.doubtful(
            register,
            "is written while EN is 1, and is used in double buffer mode only",
            value
        )
        return true
    }
}

function hex(value: number): string {
    return `0x${(value >>> 0).toString(16).padStart(8, "0")}`
}
