// SPDX-License-Identifier: MIT
// TIM1 to TIM14 counting up (RM0090 §17 to §20): update and compare flags, interrupts, one-pulse mode, PWM frequency.
// Not modelled, and refused: counting down and centre-aligned, capture, slave modes and encoder, external clocks, DMA
// requests, repetition, break, the outputs edge by edge. Preloads of PSC, ARR and CCRx are taken at the update event.

import type { Clock, Timer as ClockTimer } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import type { IrqLine, Peripheral } from "../peripheral.ts"
import { RegisterRules } from "../register-rules.ts"
import { TimerCounter } from "./timer-counter.ts"
import {
    TimerBdtr,
    TimerCr1,
    TimerRegister,
    TimerSr,
    type TimerKind,
} from "./timer-registers.ts"

const PWM_1 = 6
const PWM_2 = 7
const TOGGLE = 3
/** CCMRx: bits of output compare; CCxS other than 0 is capture. */
const CCMR_OUTPUT = 0xfcfc
const CCMR_OUTPUT_NO_CLEAR = 0x7c7c
const CCMR_SELECT = 0x0303

const COUNTS: readonly number[] = [
    TimerRegister.CNT,
    TimerRegister.ARR,
    TimerRegister.CCR1,
    TimerRegister.CCR2,
    TimerRegister.CCR3,
    TimerRegister.CCR4,
]

export interface TimerWiring {
    readonly kind: TimerKind
    readonly clock: Clock
    readonly rules: Rules
    /** Clock of the prescaler. */
    readonly clockHz: () => number
    readonly updateIrq: IrqLine
    readonly compareIrq: IrqLine
}

export class TimerBlock implements Peripheral {
    readonly name: string
    private cr1 = 0
    private cr2 = 0
    private dier = 0
    private sr = 0
    private readonly ccmr = [0, 0]
    private ccer = 0
    private bdtr = 0
    private psc = 0
    private arr: number
    /** As written, and in use. */
    private readonly ccr = [0, 0, 0, 0]
    private readonly compare = [0, 0, 0, 0]
    private readonly counter: TimerCounter
    private readonly check: RegisterRules
    private alarm: ClockTimer | undefined

    constructor(private readonly wiring: TimerWiring) {
        this.name = wiring.kind.name
        this.check = new RegisterRules(wiring.rules, this, () =>
            sectionOf(wiring.kind)
        )
        this.arr = this.countMask
        this.counter = new TimerCounter(
            wiring.clock,
            wiring.clockHz,
            this.countMask
        )
    }

    /** RCC or system reset. */
    reset(): void {
        this.cr1 = this.cr2 = this.dier = this.sr = this.ccer = this.bdtr = 0
        this.psc = this.counter.psc = 0
        this.arr = this.counter.arr = this.countMask
        this.ccmr.fill(0)
        this.ccr.fill(0)
        this.compare.fill(0)
        this.counter.running = false
        this.counter.restart()
        this.settle()
    }

    /** The timer's clock is about to change: count what has passed at the old one. */
    sync(): void {
        const { counter } = this
        // A pulse ends with an update event (RM0090 §18.4.1): with UDIS there is none.
        const events = counter.advance(
            (this.cr1 & (TimerCr1.OPM | TimerCr1.UDIS)) === TimerCr1.OPM
        )
        if (!counter.running) this.cr1 &= ~TimerCr1.CEN
        for (let channel = 0; channel < this.wiring.kind.channels; channel++)
            if (events.matched(this.compare[channel]!))
                this.sr |= TimerSr.CC1IF << channel
        if (events.updates > 0 && (this.cr1 & TimerCr1.UDIS) === 0) {
            this.takePreloads()
            this.sr |= TimerSr.UIF
        }
    }

    /**
     * Frequency of the output of a channel, Hz: PWM or toggle, with the channel's output enabled; else 0.
     * @param channel 1 to 4
     */
    outputHz(channel: number): number {
        this.sync()
        const { kind } = this.wiring
        const index = channel - 1
        const enabled = ((this.ccer >>> (index * 4)) & 1) !== 0
        const main = !kind.advanced || (this.bdtr & TimerBdtr.MOE) !== 0
        if (!enabled || !main || !this.counter.running) return 0
        const mode = (this.ccmr[index >>> 1]! >>> ((index & 1) * 8 + 4)) & 7
        const updateHz =
            this.wiring.clockHz() /
            (this.counter.psc + 1) /
            (this.counter.arr + 1)
        const compare = this.compare[index]!
        if (mode === TOGGLE)
            return compare <= this.counter.arr ? updateHz / 2 : 0
        if (mode !== PWM_1 && mode !== PWM_2) return 0
        // RM0090 §18.3.9: 0 or more than ARR is a constant level.
        return compare > 0 && compare <= this.counter.arr ? updateHz : 0
    }

    registerName(offset: number): string | undefined {
        const { channels, advanced, slave } = this.wiring.kind
        switch (offset) {
            case TimerRegister.CR2:
                return channels === 1 ? undefined : "CR2"
            case TimerRegister.SMCR:
                return slave ? "SMCR" : undefined
            case TimerRegister.CCMR1:
            case TimerRegister.CCER:
                return channels > 0 ? TimerRegister[offset] : undefined
            case TimerRegister.CCMR2:
                return channels > 2 ? "CCMR2" : undefined
            case TimerRegister.RCR:
            case TimerRegister.BDTR:
                return advanced ? TimerRegister[offset] : undefined
            case TimerRegister.CCR1:
            case TimerRegister.CCR2:
            case TimerRegister.CCR3:
            case TimerRegister.CCR4:
                return channelOf(offset) < channels
                    ? TimerRegister[offset]
                    : undefined
            case TimerRegister.DCR:
            case TimerRegister.DMAR:
                return channels > 2 ? TimerRegister[offset] : undefined
            case TimerRegister.OR:
                return ["TIM2", "TIM5", "TIM11"].includes(this.name)
                    ? "OR"
                    : undefined
        }
        return TimerRegister[offset]
    }

    readUint32(offset: number): number {
        if (this.registerName(offset) === undefined)
            return this.readAbsent(offset)
        this.sync()
        switch (offset) {
            case TimerRegister.CR1:
                return this.cr1
            case TimerRegister.CR2:
                return this.cr2
            case TimerRegister.DIER:
                return this.dier
            case TimerRegister.SR:
                return this.sr
            case TimerRegister.CCMR1:
            case TimerRegister.CCMR2:
                return this.ccmr[(offset - TimerRegister.CCMR1) >>> 2]!
            case TimerRegister.CCER:
                return this.ccer
            case TimerRegister.CNT:
                return this.counter.value
            case TimerRegister.PSC:
                return this.psc
            case TimerRegister.ARR:
                return this.arr
            case TimerRegister.CCR1:
            case TimerRegister.CCR2:
            case TimerRegister.CCR3:
            case TimerRegister.CCR4:
                return this.ccr[channelOf(offset)]!
            case TimerRegister.BDTR:
                return this.bdtr
        }
        // SMCR, EGR, RCR, DCR, DMAR and OR hold nothing but 0.
        return 0
    }

    writeUint32(offset: number, value: number): void {
        if (this.registerName(offset) === undefined)
            return this.check.refusedWrite(offset, value)
        this.sync()
        this.store(offset, value)
        this.settle()
    }

    /** A register that only other timers have reads 0: libraries look at SMCR and CCER of every timer. */
    private readAbsent(offset: number): number {
        const name = TimerRegister[offset]
        if (name === undefined) return this.check.unknownRead(offset)
        this.check.doubtful(offset, `is read: ${this.name} has no ${name}`)
        return 0
    }

    private store(offset: number, written: number): void {
        const { check } = this
        const { advanced, channels } = this.wiring.kind
        const value = check.ignoreReserved(
            offset,
            written,
            COUNTS.includes(offset) ? this.countMask : 0xffff
        )
        switch (offset) {
            case TimerRegister.CR1:
                return this.writeCr1(value)
            case TimerRegister.CR2:
                this.cr2 = check.defined(
                    offset,
                    value,
                    0x70, // MMS: nobody listens
                    advanced ? 0x7ffd : 0xf8
                )
                return
            case TimerRegister.DIER:
                this.dier = check.defined(
                    offset,
                    value,
                    this.flagMask,
                    this.documentedFlags | (channels === 4 ? 0x5f00 : 0x100)
                )
                return
            case TimerRegister.SR:
                this.sr &= value
                return
            case TimerRegister.EGR:
                return this.writeEgr(
                    check.defined(
                        offset,
                        value,
                        this.flagMask,
                        this.documentedFlags
                    )
                )
            case TimerRegister.CCMR1:
            case TimerRegister.CCMR2:
                return this.writeCcmr(offset, value)
            case TimerRegister.CCER:
                this.ccer = value
                return
            case TimerRegister.CNT:
                return this.counter.load(value)
            case TimerRegister.PSC:
                this.psc = value
                return
            case TimerRegister.ARR:
                this.arr = value
                if ((this.cr1 & TimerCr1.ARPE) === 0)
                    this.counter.arr = this.arr
                return
            case TimerRegister.CCR1:
            case TimerRegister.CCR2:
            case TimerRegister.CCR3:
            case TimerRegister.CCR4:
                return this.writeCcr(channelOf(offset), value)
            case TimerRegister.BDTR:
                this.bdtr = check.defined(
                    offset,
                    value,
                    0xffff & ~TimerBdtr.BKE
                )
                return
        }
        // SMCR, RCR, DCR, DMAR, OR: only what changes nothing.
        check.defined(offset, value, 0)
    }

    /** Bits 7:0 of DIER and EGR: updates, compares, COM, trigger and break. */
    private get documentedFlags(): number {
        const { advanced, slave } = this.wiring.kind
        return this.flagMask | (advanced ? 0xe0 : slave ? 0x40 : 0)
    }

    private get countMask(): number {
        return this.wiring.kind.bits === 32 ? 0xffffffff : 0xffff
    }

    /** UIF and the compare flags of the channels. */
    private get flagMask(): number {
        return (2 << this.wiring.kind.channels) - 1
    }

    private writeCr1(value: number): void {
        const basic =
            TimerCr1.CEN |
            TimerCr1.UDIS |
            TimerCr1.URS |
            TimerCr1.OPM |
            TimerCr1.ARPE
        const { channels } = this.wiring.kind
        const divides = channels > 0 ? TimerCr1.CKD : 0
        const counts = channels === 4 ? TimerCr1.DIR | TimerCr1.CMS : 0
        this.cr1 = this.check.defined(
            TimerRegister.CR1,
            value,
            basic | divides,
            basic | divides | counts
        )
        if ((this.cr1 & TimerCr1.ARPE) === 0) this.counter.arr = this.arr
        if ((this.cr1 & TimerCr1.CEN) !== 0) this.counter.start()
        else this.counter.running = false
    }

    /** UG: an update by software; URS keeps UIF from it. */
    private writeEgr(events: number): void {
        this.sr |= events & ~TimerSr.UIF
        if ((events & TimerSr.UIF) === 0) return
        this.counter.restart()
        if ((this.cr1 & TimerCr1.UDIS) !== 0) return
        this.takePreloads()
        if ((this.cr1 & TimerCr1.URS) === 0) this.sr |= TimerSr.UIF
    }

    private writeCcmr(offset: number, value: number): void {
        if ((value & CCMR_SELECT) !== 0)
            this.check.broken(
                offset,
                "CCxS selects capture, which is not modelled",
                value
            )
        const mask =
            this.wiring.kind.channels > 2 ? CCMR_OUTPUT : CCMR_OUTPUT_NO_CLEAR
        this.ccmr[(offset - TimerRegister.CCMR1) >>> 2] = this.check.defined(
            offset,
            value & ~CCMR_SELECT,
            mask
        )
    }

    private writeCcr(channel: number, value: number): void {
        this.ccr[channel] = value
        const preload =
            (this.ccmr[channel >>> 1]! >>> ((channel & 1) * 8 + 3)) & 1
        if (preload === 0) this.compare[channel] = this.ccr[channel]!
    }

    private takePreloads(): void {
        this.counter.psc = this.psc
        this.counter.arr = this.arr
        this.ccr.forEach((value, channel) => (this.compare[channel] = value))
    }

    /** The timer's clock has changed. */
    rearm(): void {
        this.settle()
    }

    /** Interrupt lines, and an event at the next flag that interrupts or changes what is in use. */
    private settle(): void {
        const { clock, kind } = this.wiring
        const active = this.sr & this.dier
        const compares = active & ~TimerSr.UIF
        const shared = kind.updateIrq === kind.compareIrq
        this.wiring.updateIrq(
            shared ? active !== 0 : (active & TimerSr.UIF) !== 0
        )
        if (!shared) this.wiring.compareIrq(compares !== 0)
        if (this.alarm !== undefined) clock.cancel(this.alarm)
        this.alarm = undefined
        const atNs = this.nextNs()
        if (atNs === Infinity) return
        this.alarm = clock.at(atNs, () => {
            this.alarm = undefined
            this.sync()
            this.settle()
        })
    }

    private nextNs(): number {
        const { counter } = this
        let atNs = Infinity
        const preloads =
            counter.psc !== this.psc ||
            counter.arr !== this.arr ||
            this.ccr.some((value, channel) => this.compare[channel] !== value)
        // An update that changes nothing and interrupts nobody is found when somebody looks.
        const wanted = preloads || (this.dier & ~this.sr & TimerSr.UIF) !== 0
        if (wanted && (this.cr1 & TimerCr1.UDIS) === 0) atNs = counter.whenNs(0)
        for (let channel = 0; channel < this.wiring.kind.channels; channel++)
            if ((this.dier & ~this.sr & (TimerSr.CC1IF << channel)) !== 0)
                atNs = Math.min(atNs, counter.whenNs(this.compare[channel]!))
        return atNs
    }
}

/** The chapter of a timer's registers. */
function sectionOf({ advanced, channels, slave }: TimerKind): string {
    if (advanced) return "RM0090 17.4"
    if (channels === 4) return "RM0090 18.4"
    if (channels === 0) return "RM0090 20.4"
    return slave ? "RM0090 19.4" : "RM0090 19.5"
}

function channelOf(offset: number): number {
    return (offset - TimerRegister.CCR1) >>> 2
}
