// SPDX-License-Identifier: MIT
// USART and UART in asynchronous mode (RM0090 §30, RM0390 §25): registers, flags with their clearing sequences, interrupts,
// DMA requests; each character takes its time on the wire.
// Not modelled, and refused: synchronous mode, LIN, IrDA, smartcard, half duplex, RTS and CTS, mute mode, break.

import type { Clock } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import type { DmaItemPort } from "../dma/dma-arbiter.ts"
import type { IrqLine, Peripheral } from "../peripheral.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"
import {
    baudOf,
    characterBits,
    usartInterrupt,
    UsartBrr,
    UsartCr1,
    UsartCr2,
    UsartCr3,
    UsartRegister,
    UsartSr,
    type UsartName,
} from "./usart-registers.ts"
import { UsartTransmitter } from "./usart-transmitter.ts"
import {
    UsartReceiver,
    type Arrival,
    type LineError,
} from "./usart-receiver.ts"

/** RM0090 §30.6.1: TXE and TC; bits 23:22 read 1 on the chip too and mean nothing. */
const SR_RESET = UsartSr.TXE | UsartSr.TC
const SR_ERRORS = UsartSr.PE | UsartSr.FE | UsartSr.NF | UsartSr.ORE
/** Cleared by a read of SR and then of DR. */
const SR_CLEARED_BY_READS = SR_ERRORS | UsartSr.IDLE
/** Cleared by writing 0. */
const SR_CLEARABLE = UsartSr.RXNE | UsartSr.TC | UsartSr.LBD | UsartSr.CTS
const CR1_MODELLED =
    UsartCr1.RE |
    UsartCr1.TE |
    UsartCr1.IDLEIE |
    UsartCr1.RXNEIE |
    UsartCr1.TCIE |
    UsartCr1.TXEIE |
    UsartCr1.PEIE |
    UsartCr1.PS |
    UsartCr1.PCE |
    UsartCr1.WAKE |
    UsartCr1.M |
    UsartCr1.UE |
    UsartCr1.OVER8
const CR3_MODELLED =
    UsartCr3.EIE | UsartCr3.DMAR | UsartCr3.DMAT | UsartCr3.ONEBIT
const ERROR_FLAGS: Readonly<Record<LineError, UsartSr>> = {
    framing: UsartSr.FE,
    noise: UsartSr.NF,
    parity: UsartSr.PE,
}

export interface UsartDmaPorts {
    readonly tx: DmaItemPort
    readonly rx: DmaItemPort
}

/** What the DMA does to the data register. */
export interface UsartDmaSide {
    readonly txPending: () => boolean
    readonly rxPending: () => boolean
    readonly read: () => number
    readonly write: (value: number) => void
}

export interface UsartWiring {
    readonly name: UsartName
    readonly clock: Clock
    readonly rules: Rules
    readonly pclkHz: () => number
    readonly irq: IrqLine
    readonly connectDma: (side: UsartDmaSide) => UsartDmaPorts
    /** What is wrong with a pin, or undefined. Asked at each character. */
    readonly pinProblem: (signal: "TX" | "RX") => string | undefined
}

export class Usart implements Peripheral {
    readonly name: UsartName
    /** Called with each character that was sent, at the end of its stop bit. */
    onTransmit: ((value: number, timeNs: number) => void) | undefined
    private sr = SR_RESET
    private brr = 0
    private cr1 = 0
    private cr2 = 0
    private cr3 = 0
    private gtpr = 0
    private received = 0
    /** SR was read: the next access to DR completes a clearing sequence for these flags. */
    private seen = 0
    private readonly dma: UsartDmaPorts
    private readonly check: RegisterRules
    private readonly transmitter: UsartTransmitter
    private readonly receiver: UsartReceiver

    constructor(private readonly wiring: UsartWiring) {
        this.name = wiring.name
        this.check = new RegisterRules(
            wiring.rules,
            this,
            sectionsInOrder("RM0090 30.6", UsartRegister)
        )
        this.transmitter = new UsartTransmitter({
            clock: wiring.clock,
            characterNs: () => this.characterNs,
            began: () => this.began(),
            sent: value => this.onTransmit?.(value, wiring.clock.nowNs),
            complete: () => this.complete(),
        })
        this.receiver = new UsartReceiver({
            clock: wiring.clock,
            baud: () => this.baud,
            characterBits: () => characterBits(this.cr1, this.cr2),
            arrived: arrival => this.arrived(arrival),
            idle: () => this.idle(),
        })
        this.dma = wiring.connectDma({
            txPending: () => this.requests(UsartCr3.DMAT, UsartSr.TXE),
            rxPending: () => this.requests(UsartCr3.DMAR, UsartSr.RXNE),
            read: () => this.readData(),
            write: value => this.writeData(value),
        })
    }

    /** Bits per second by BRR and PCLK; 0 when BRR is below its least value. */
    get baud(): number {
        const over8 = (this.cr1 & UsartCr1.OVER8) !== 0
        return baudOf(this.brr, over8, this.wiring.pclkHz())
    }

    /** Bits per second of the other end; undefined: as this end. Beyond 4 % every character is a framing error. */
    set peerBaud(baud: number | undefined) {
        this.receiver.peerBaud = baud
    }

    /** Characters that the other end has queued and this end has not received yet. */
    get incoming(): number {
        return this.receiver.waiting
    }

    /**
     * The other end sends characters, one after the other; those that come while UE or RE is 0 are lost.
     * @param error an error that each of them arrives with
     */
    receive(values: Iterable<number>, error?: LineError): void {
        this.receiver.send(values, error)
    }

    /** RCC reset. A character on the TX wire is cut off; what the other end sends goes on. */
    reset(): void {
        this.sr = SR_RESET
        this.brr = this.cr1 = this.cr2 = this.cr3 = this.gtpr = 0
        this.received = this.seen = 0
        this.transmitter.abort()
        this.receiver.stopIdle()
        this.update()
    }

    registerName(offset: number): string | undefined {
        return offset === UsartRegister.GTPR && this.name.startsWith("UART")
            ? undefined
            : UsartRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case UsartRegister.SR:
                this.seen = this.sr
                return this.sr
            case UsartRegister.DR:
                return this.readData()
            case UsartRegister.BRR:
                return this.brr
            case UsartRegister.CR1:
                return this.cr1
            case UsartRegister.CR2:
                return this.cr2
            case UsartRegister.CR3:
                return this.cr3
            case UsartRegister.GTPR:
                if (this.registerName(offset) !== undefined) return this.gtpr
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case UsartRegister.SR:
                this.sr &= value | ~SR_CLEARABLE
                return this.update()
            case UsartRegister.DR:
                return this.writeData(value)
            case UsartRegister.BRR:
                return this.writeBrr(value)
            case UsartRegister.CR1:
                return this.writeCr1(value)
            case UsartRegister.CR2:
                this.cr2 = this.check.defined(
                    offset,
                    value,
                    UsartCr2.STOP,
                    0x7f6f
                )
                return
            case UsartRegister.CR3:
                this.cr3 = this.check.defined(
                    offset,
                    value,
                    CR3_MODELLED,
                    0xfff
                )
                return this.update()
            case UsartRegister.GTPR:
                if (this.registerName(offset) === undefined) break
                this.gtpr = this.check.ignoreReserved(offset, value, 0xffff)
                return
        }
        this.check.refusedWrite(offset, value)
    }

    private on(bit: UsartCr1.TE | UsartCr1.RE): boolean {
        const bits = UsartCr1.UE | bit
        return (this.cr1 & bits) === bits
    }

    private requests(enable: UsartCr3, flag: UsartSr): boolean {
        return (this.cr3 & enable) !== 0 && (this.sr & flag) !== 0
    }

    private get characterNs(): number {
        return (characterBits(this.cr1, this.cr2) * 1e9) / this.baud
    }

    /** Bits of the character that software sees; the parity bit is the hardware's. */
    private get dataMask(): number {
        const bits = (this.cr1 & UsartCr1.M) !== 0 ? 9 : 8
        const parity = (this.cr1 & UsartCr1.PCE) !== 0 ? 1 : 0
        return (1 << (bits - parity)) - 1
    }

    private readData(): number {
        const value = this.received
        this.sr &= ~(UsartSr.RXNE | (this.seen & SR_CLEARED_BY_READS))
        this.seen &= UsartSr.TC
        this.update()
        return value
    }

    private writeData(value: number): void {
        const { check } = this
        if (!this.on(UsartCr1.TE))
            return check.broken(
                UsartRegister.DR,
                "is written while CR1_UE or CR1_TE is 0: the character is not sent",
                value
            )
        const bits = check.ignoreReserved(UsartRegister.DR, value, 0x1ff)
        if (this.transmitter.full)
            check.broken(
                UsartRegister.DR,
                "is written while SR_TXE is 0: the character that waits is lost",
                value
            )
        this.sr &= ~(UsartSr.TXE | (this.seen & UsartSr.TC))
        this.seen &= ~UsartSr.TC
        this.transmitter.write(bits & this.dataMask)
        this.update()
    }

    private began(): void {
        const problem = this.wiring.pinProblem("TX")
        if (problem !== undefined) this.check.broken(UsartRegister.DR, problem)
        this.sr |= UsartSr.TXE
        this.update()
    }

    private complete(): void {
        this.sr |= UsartSr.TC
        this.update()
    }

    private arrived({ value, error }: Arrival): void {
        if (!this.on(UsartCr1.RE) || this.baud === 0) return
        const problem = this.wiring.pinProblem("RX")
        if (problem !== undefined) this.check.broken(UsartRegister.CR1, problem)
        if (error !== undefined) this.sr |= ERROR_FLAGS[error]
        // RM0090 §30.3.3: on an overrun DR keeps its character and the new one is lost.
        if ((this.sr & UsartSr.RXNE) !== 0) this.sr |= UsartSr.ORE
        else {
            this.received = value & this.dataMask
            this.sr |= UsartSr.RXNE
        }
        this.update()
    }

    private idle(): void {
        if (!this.on(UsartCr1.RE)) return
        this.sr |= UsartSr.IDLE
        this.update()
    }

    private writeBrr(value: number): void {
        const all = UsartBrr.DIV_Mantissa | UsartBrr.DIV_Fraction
        this.brr = this.check.ignoreReserved(UsartRegister.BRR, value, all)
        if (this.transmitter.busy)
            this.check.broken(
                UsartRegister.BRR,
                "is written while a character is sent",
                value
            )
        if ((this.cr1 & UsartCr1.UE) !== 0) this.checkBaud()
    }

    private writeCr1(value: number): void {
        const was = this.cr1
        const bits = this.check.defined(
            UsartRegister.CR1,
            value,
            CR1_MODELLED,
            0xbfff
        )
        this.cr1 = bits
        const rising = bits & ~was
        const directions = UsartCr1.TE | UsartCr1.RE
        const begins = (rising & (UsartCr1.UE | directions)) !== 0
        if (begins && (this.on(UsartCr1.TE) || this.on(UsartCr1.RE)))
            this.checkBaud()
        const te = UsartCr1.UE | UsartCr1.TE
        if (this.on(UsartCr1.TE) && (rising & te) !== 0 && this.baud > 0)
            this.transmitter.sendIdle()
        // RM0090 §30.6.4: the character on the wire ends, what waits in the data register is not sent.
        if (!this.on(UsartCr1.TE)) {
            this.transmitter.drop()
            this.sr |= UsartSr.TXE
        }
        if (!this.on(UsartCr1.RE)) this.receiver.stopIdle()
        this.update()
    }

    private checkBaud(): void {
        const over8 = (this.cr1 & UsartCr1.OVER8) !== 0
        if (this.baud === 0)
            this.check.broken(
                UsartRegister.BRR,
                `the divider is below 1: BRR must be at least ${over8 ? "8 eighths" : "16 sixteenths"}`,
                this.brr
            )
        if (over8 && (this.brr & 8) !== 0)
            this.check.broken(
                UsartRegister.BRR,
                "bit 3 must be 0 while CR1_OVER8 is 1",
                this.brr
            )
    }

    private update(): void {
        this.wiring.irq(usartInterrupt(this.sr, this.cr1, this.cr3))
        this.dma.tx.changed()
        this.dma.rx.changed()
    }
}
