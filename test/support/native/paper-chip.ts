// SPDX-License-Identifier: MIT
// DCMI, DMA2 stream 1 and an NVIC on paper: just enough registers to serve frames in every way silicon can, also those
// that the exact models never show (words that reach memory after FRAME, transfer errors). Every other register is memory.

import type { Clock } from "../../../sim/clock.ts"
import type { Interrupts, WordBus } from "../../../sim/native-code.ts"

/** What happens to a frame that is captured. */
export type Outcome =
    | "whole"
    | "drain" // its last words reach memory after FRAME
    | "short" // half of its words come
    | "one word short"
    | "overrun"
    | "transfer error"

const DCMI_CR = 0x50050000
const DCMI_SR = 0x50050004
const DCMI_RIS = 0x50050008
const DCMI_IER = 0x5005000c
const DCMI_MIS = 0x50050010
const DCMI_ICR = 0x50050014
const LISR = 0x40026400
const LIFCR = 0x40026408
const S1CR = 0x40026428
const S1NDTR = 0x4002642c
const S1M0AR = 0x40026434

const CAPTURE = 1 << 0
const ENABLE = 1 << 14
const FRAME = 1 << 0
const OVR = 1 << 1
const VSYNC = 1 << 3
/** Between frames. */
const SR_VSYNC = 1 << 1
/** The DCMI's FIFO has a word. */
const SR_FNE = 1 << 2
const EN = 1 << 0
const TEIF = 1 << 9
const TCIF = 1 << 11

/** Nanoseconds after the start of a frame; its row data come at once at `DATA`. */
export const TIMES = { data: 4_000, window: 6_000, end: 8_000, period: 10_000 }
const DRAIN_NS = 300

export class PaperChip implements WordBus, Interrupts {
    masked = false
    /** Frames that the grabber must have counted: FRAME or an error was raised, or they ended before its eyes. */
    readonly concluded = new Set<number>()
    /** Frames whose words are all in memory, in time. */
    readonly whole = new Set<number>()
    /** FRAME comes at the end of the window, VSYNC at the end of the frame. */
    crop = false
    private readonly registers = new Map<number, number>()
    private readonly active: number[] = []
    private capturing = false
    private running = false
    /** Words of the frame are in the FIFO. */
    private waiting = false
    private stopRequested = false
    private wasEnabledAtStart = false
    private frame = -1

    /** @param scale times are so many times TIMES */
    constructor(
        private readonly clock: Clock,
        private readonly memory: DataView,
        private readonly scale = 1
    ) {}

    /** Schedule frame `number`, from its start to its end. */
    schedule(number: number, outcome: Outcome): void {
        const { clock, scale } = this
        const start = clock.nowNs + 1
        clock.at(start, () => this.startFrame(number))
        clock.at(start + scale * TIMES.data, () => this.moveData(outcome))
        if (this.crop)
            clock.at(start + scale * TIMES.window, () =>
                this.raiseFrame(outcome)
            )
        clock.at(start + scale * TIMES.end, () => {
            if (!this.crop) this.raiseFrame(outcome)
            this.endFrame()
        })
    }

    read32(address: number): number {
        if (address === DCMI_MIS) return this.get(DCMI_RIS) & this.get(DCMI_IER)
        if (address === DCMI_SR)
            return (this.running ? 0 : SR_VSYNC) | (this.waiting ? SR_FNE : 0)
        return this.get(address)
    }

    write32(address: number, value: number): void {
        if (address === DCMI_ICR) this.clear(DCMI_RIS, value)
        else if (address === LIFCR) this.clear(LISR, value)
        else if (address === DCMI_CR) this.writeControl(value)
        else if (address === S1CR) this.writeStream(value)
        else if (
            (address === S1M0AR || address === S1NDTR) &&
            this.get(S1CR) & EN
        )
            throw new Error(`0x${address.toString(16)} is written while EN = 1`)
        else {
            this.registers.set(address, value)
            // A frame during which the capture stopped belongs to no session.
            if (address === DCMI_IER && value === 0)
                this.wasEnabledAtStart = false
        }
    }

    take(): number | undefined {
        if (this.active.length > 0) return undefined
        const cr = this.get(S1CR)
        // TEIE and TCIE stand at bits 2 and 4.
        const flags = this.get(LISR)
        const dma =
            (flags & TEIF && cr & (1 << 2)) || (flags & TCIF && cr & (1 << 4))
        const irq = dma
            ? 57
            : this.get(DCMI_RIS) & this.get(DCMI_IER)
              ? 78
              : undefined
        if (irq !== undefined) this.active.push(irq)
        return irq
    }

    complete(): void {
        this.active.pop()
    }

    private startFrame(number: number): void {
        this.frame = number
        this.running = true
        this.wasEnabledAtStart = this.watched
        this.capturing = (this.get(DCMI_CR) & CAPTURE) !== 0 && this.watched
    }

    private moveData(outcome: Outcome): void {
        if (this.capturing) {
            if ((this.get(S1CR) & EN) === 0 || outcome === "overrun")
                this.lose(DCMI_RIS, OVR)
            else if (outcome === "transfer error") {
                this.registers.set(S1CR, this.get(S1CR) & ~EN)
                this.lose(LISR, TEIF)
            } else this.store(outcome)
        }
    }

    private lose(register: number, flag: number): void {
        this.capturing = false
        this.concluded.add(this.frame)
        this.set(register, flag)
    }

    private store(outcome: Outcome): void {
        this.memory.setUint32(this.get(S1M0AR), this.frame, true)
        const words = this.get(S1NDTR)
        if (outcome === "whole") this.completeTransfer()
        else this.registers.set(S1NDTR, outcome === "short" ? words >> 1 : 1)
        this.waiting = outcome === "drain"
    }

    private completeTransfer(): void {
        this.whole.add(this.frame)
        this.waiting = false
        this.registers.set(S1NDTR, 0)
        this.registers.set(S1CR, this.get(S1CR) & ~EN)
        this.set(LISR, TCIF)
    }

    private raiseFrame(outcome: Outcome): void {
        if (!this.capturing) return
        this.concluded.add(this.frame)
        this.capturing = false
        this.set(DCMI_RIS, FRAME)
        if (outcome === "drain")
            this.clock.after(DRAIN_NS, () => {
                if (this.get(S1CR) & EN) this.completeTransfer()
            })
    }

    private endFrame(): void {
        this.running = false
        if (this.stopRequested) this.clear(DCMI_CR, CAPTURE)
        this.stopRequested = false
        if (this.watched) {
            this.set(DCMI_RIS, VSYNC)
            if (this.wasEnabledAtStart) this.concluded.add(this.frame)
        }
    }

    /** The grabber is streaming. */
    private get watched(): boolean {
        return (
            (this.get(DCMI_CR) & ENABLE) !== 0 &&
            (this.get(DCMI_IER) & VSYNC) !== 0
        )
    }

    private writeControl(value: number): void {
        this.registers.set(DCMI_CR, value)
        if ((value & ENABLE) === 0) {
            this.capturing = this.stopRequested = this.waiting = false
        } else if (value & CAPTURE) this.stopRequested = false
        else if (this.capturing || (this.running && this.cropped)) {
            this.stopRequested = true
            this.set(DCMI_CR, CAPTURE)
        }
    }

    /** The window of the running frame is over, the frame is not. */
    private get cropped(): boolean {
        return this.crop && this.concluded.has(this.frame)
    }

    private writeStream(value: number): void {
        const was = this.get(S1CR)
        if (value & ~was & EN && this.get(LISR) !== 0)
            throw new Error("EN is set while flags of the stream are")
        this.registers.set(S1CR, value)
        if (was & ~value & EN) this.set(LISR, TCIF) // the FIFO is flushed
    }

    private get(address: number): number {
        return this.registers.get(address) ?? 0
    }

    private set(address: number, bits: number): void {
        this.registers.set(address, this.get(address) | bits)
    }

    private clear(address: number, bits: number): void {
        this.registers.set(address, this.get(address) & ~bits)
    }
}
