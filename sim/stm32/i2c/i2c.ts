// SPDX-License-Identifier: MIT
// I2C block version 1 as controller (RM0090 §27, RM0390 §24): registers, rules and interrupts around the bit engine.
// Not modelled: target mode, 10-bit addresses, SMBus, PEC, general call, the noise filters' delay. START and STOP take one
// SCL period each; a byte takes nine, as CCR sets them.

import type { Clock } from "../../clock.ts"
import type { I2cBus } from "../../wires/i2c-bus.ts"
import { I2cPort } from "../../wires/i2c-port.ts"
import type { Rules } from "../../rules.ts"
import type { I2cWireEvents } from "../../trace/i2c-wires.ts"
import { I2cController, type I2cFault } from "./i2c-controller.ts"
import {
    I2cCcr,
    I2cCr1,
    I2cCr2,
    I2cRegister,
    I2cSr1,
    I2cSr2,
    sclLowNs,
    sclPeriodNs,
    triseFor,
} from "./i2c-registers.ts"
import type { DmaItemPort } from "../dma/dma-arbiter.ts"
import type { IrqLine, Peripheral } from "../peripheral.ts"
import { RegisterRules } from "../register-rules.ts"

const CR1_STICKY = I2cCr1.PE | I2cCr1.SWRST
/** Bits of target mode: a block that is never addressed keeps them, and nothing comes of it. */
const CR1_STORED = I2cCr1.ENGC | I2cCr1.NOSTRETCH
const CR1_MODELLED =
    CR1_STICKY |
    CR1_STORED |
    I2cCr1.START |
    I2cCr1.STOP |
    I2cCr1.ACK |
    I2cCr1.POS
const CR2_MODELLED =
    I2cCr2.FREQ |
    I2cCr2.ITERREN |
    I2cCr2.ITEVTEN |
    I2cCr2.ITBUFEN |
    I2cCr2.DMAEN |
    I2cCr2.LAST
const OAR1_KEEP_1 = 1 << 14
const OAR1_DEFINED = 0xc3ff
const CCR_DEFINED = I2cCcr.CCR | I2cCcr.DUTY | I2cCcr.F_S
const TRISE_RESET = 2
const TRISE_DEFINED = 0x3f
const FLTR_DEFINED = 0x1f
const SR1_CLEARABLE = 0xff00
const SR1_EVENTS = I2cSr1.SB | I2cSr1.ADDR | I2cSr1.BTF
const SR1_BUFFER = I2cSr1.TXE | I2cSr1.RXNE
const SR1_ERRORS = I2cSr1.BERR | I2cSr1.ARLO | I2cSr1.AF
const STANDARD_HZ = 100_000
const FAST_HZ = 400_000
/** RM0090 §27.6.2: the block's least input clock. */
const FREQ_LEAST_MHZ = 2
/** RM0090 §27.6.8: the block's least input clock in fast mode. */
const FREQ_LEAST_FAST_MHZ = 4

export interface I2cDmaPorts {
    readonly tx: DmaItemPort
    readonly rx: DmaItemPort
}

/** What the DMA does to the data register. */
export interface I2cDmaSide {
    readonly txPending: () => boolean
    readonly rxPending: () => boolean
    readonly read: () => number
    readonly write: (value: number) => void
    /** An item was read; so many are left of the transfer. */
    readonly wasRead: (left: number) => void
}

export interface I2cWiring {
    readonly name: "I2C1" | "I2C2" | "I2C3"
    readonly clock: Clock
    readonly rules: Rules
    /** Where the wires lead: asked at each START. */
    readonly bus: I2cBus
    readonly pclk1Hz: number
    /** F42x and F446 have FLTR. */
    readonly hasFilter: boolean
    /** What is wrong with the pins, or undefined. Asked at each START. */
    readonly pinProblem: () => string | undefined
    readonly eventIrq: IrqLine
    readonly errorIrq: IrqLine
    readonly connectDma: (side: I2cDmaSide) => I2cDmaPorts
}

export class I2c implements Peripheral {
    readonly name: string
    /** What was said to whom. */
    readonly port: I2cPort
    private cr1 = 0 // PE, SWRST and what is stored; the engine has the other bits
    private cr2 = 0
    private oar1 = 0
    private ccr = 0
    private trise = TRISE_RESET
    private fltr = 0
    private readonly check: RegisterRules
    private readonly engine: I2cController
    private readonly dma: I2cDmaPorts

    constructor(private readonly wiring: I2cWiring) {
        this.name = wiring.name
        this.check = new RegisterRules(wiring.rules, this)
        this.port = new I2cPort(wiring.bus)
        this.engine = new I2cController({
            clock: wiring.clock,
            port: this.port,
            changed: () => this.updateIrq(),
            broken: (register, rule) =>
                this.check.broken(I2cRegister[register], rule),
            doubtful: (register, rule) =>
                this.check.doubtful(I2cRegister[register], rule),
        })
        const { engine } = this
        this.dma = wiring.connectDma({
            txPending: () => engine.sending && this.requests(I2cSr1.TXE),
            rxPending: () => this.requests(I2cSr1.RXNE),
            read: () => engine.readData(),
            write: value => engine.writeData(value & 0xff, true),
            wasRead: left => this.dmaRead(left),
        })
    }

    /** Put a fault on the wires of the next transfer that reaches its byte (0 = address); once. */
    inject(fault: I2cFault): void {
        this.engine.faults.push(fault)
    }

    /** Told of what the block does with its wires, for traces. */
    set wires(wires: I2cWireEvents | undefined) {
        this.engine.wires = wires
    }

    /** RCC reset. */
    reset(): void {
        this.cr1 = 0
        this.resetRegisters()
    }

    registerName(offset: number): string | undefined {
        return offset === I2cRegister.FLTR && !this.wiring.hasFilter
            ? undefined
            : I2cRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case I2cRegister.CR1:
                return this.readCr1()
            case I2cRegister.CR2:
                return this.cr2
            case I2cRegister.OAR1:
                return this.oar1
            case I2cRegister.OAR2:
                return 0
            case I2cRegister.DR:
                return this.engine.readData()
            case I2cRegister.SR1:
                this.engine.statusRead()
                return this.engine.flags
            case I2cRegister.SR2:
                return this.readSr2()
            case I2cRegister.CCR:
                return this.ccr
            case I2cRegister.TRISE:
                return this.trise
            case I2cRegister.FLTR:
                if (this.wiring.hasFilter) return this.fltr
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        if (offset !== I2cRegister.CR1 && (this.cr1 & I2cCr1.SWRST) !== 0)
            return this.check.refusedWrite(
                offset,
                value,
                "is written while CR1_SWRST holds the block in reset"
            )
        switch (offset) {
            case I2cRegister.CR1:
                return this.writeCr1(value)
            case I2cRegister.CR2:
                this.cr2 = this.check.defined(offset, value, CR2_MODELLED)
                this.checkBufferInterrupt()
                return this.updateIrq()
            case I2cRegister.OAR1:
                if ((value & OAR1_KEEP_1) === 0)
                    this.check.doubtful(
                        offset,
                        "bit 14 must be kept at 1 by software",
                        value
                    )
                this.oar1 = this.check.defined(offset, value, OAR1_DEFINED)
                return
            case I2cRegister.OAR2:
                this.check.defined(offset, value, 0)
                return
            case I2cRegister.DR:
                if (!this.enabled)
                    return this.check.broken(
                        offset,
                        "is written while CR1_PE is 0",
                        value
                    )
                return this.engine.writeData(value & 0xff)
            case I2cRegister.SR1:
                // Writing 0 clears an error flag; the other flags are read only.
                this.engine.flags &= value | ~SR1_CLEARABLE
                return this.updateIrq()
            case I2cRegister.CCR:
                this.ccr = this.timingWrite(offset, value, CCR_DEFINED)
                return
            case I2cRegister.TRISE:
                this.trise = this.timingWrite(offset, value, TRISE_DEFINED)
                return
            case I2cRegister.FLTR:
                if (!this.wiring.hasFilter) break
                this.fltr = this.timingWrite(offset, value, FLTR_DEFINED)
                return
        }
        this.check.refusedWrite(
            offset,
            value,
            offset === I2cRegister.SR2 ? "is read only" : undefined
        )
    }

    private get enabled(): boolean {
        return (this.cr1 & I2cCr1.PE) !== 0
    }

    private readCr1(): number {
        const { engine } = this
        let value = this.cr1
        if (engine.startRequested) value |= I2cCr1.START
        if (engine.stopRequested) value |= I2cCr1.STOP
        if (engine.ack) value |= I2cCr1.ACK
        if (engine.pos) value |= I2cCr1.POS
        return value
    }

    private readSr2(): number {
        const { engine } = this
        let value = 0
        if (engine.controller) value |= I2cSr2.MSL
        if (this.enabled && engine.busy) value |= I2cSr2.BUSY
        if (engine.transmitter) value |= I2cSr2.TRA
        engine.status2Read()
        return value
    }

    private writeCr1(value: number): void {
        const bits = this.check.defined(I2cRegister.CR1, value, CR1_MODELLED)
        if ((bits & I2cCr1.SWRST) !== 0) {
            this.resetRegisters()
            this.cr1 = I2cCr1.SWRST
            return
        }
        if ((bits & I2cCr1.PE) === 0) return this.disable(value)
        const { engine } = this
        this.checkPending(bits)
        if (!this.enabled) engine.switchOn()
        this.cr1 = bits & (I2cCr1.PE | CR1_STORED)
        engine.ack = (bits & I2cCr1.ACK) !== 0
        engine.pos = (bits & I2cCr1.POS) !== 0
        if ((bits & I2cCr1.STOP) !== 0 && !engine.stopRequested)
            engine.requestStop()
        if ((bits & I2cCr1.START) !== 0 && !engine.startRequested)
            this.start(value)
        this.updateIrq()
    }

    /**
     * RM0090 §27.6.1: CR1 must not be written while START or STOP is pending, or the request may be made twice. Shipped
     * firmware sets START so, and ACK, and reads CR1 before: both conditions come, in this order. What a STOP does to a
     * START that has not come yet, no source says.
     */
    private checkPending(bits: number): void {
        const { startRequested, stopRequested } = this.engine
        const { CR1 } = I2cRegister
        if (startRequested && !stopRequested && (bits & I2cCr1.STOP) !== 0)
            this.check.broken(CR1, "STOP is set while START is pending", bits)
        else if (startRequested || stopRequested)
            this.check.doubtful(
                CR1,
                `is written while ${stopRequested ? "STOP" : "START"} is pending: wait until it reads 0`,
                bits
            )
    }

    private start(value: number): void {
        const { wiring, engine } = this
        const problem = wiring.pinProblem()
        if (problem !== undefined)
            this.check.broken(I2cRegister.CR1, `START: ${problem}`, value)
        this.checkFrequency()
        this.checkTiming()
        engine.timing = {
            periodNs: sclPeriodNs(this.ccr, wiring.pclk1Hz),
            lowNs: sclLowNs(this.ccr, wiring.pclk1Hz),
        }
        this.port.bus = wiring.bus
        engine.requestStart()
    }

    private disable(value: number): void {
        const { engine } = this
        const requested =
            (engine.startRequested ? I2cCr1.START : 0) |
            (engine.stopRequested ? I2cCr1.STOP : 0)
        if ((value & ~requested & (I2cCr1.START | I2cCr1.STOP)) !== 0)
            this.check.broken(
                I2cRegister.CR1,
                "START or STOP is written while PE is 0",
                value
            )
        if (engine.stopRequested)
            this.check.doubtful(
                I2cRegister.CR1,
                "PE is cleared while STOP is pending: the block is off when STOP is over",
                value
            )
        else if (engine.controller)
            this.check.broken(
                I2cRegister.CR1,
                "PE is cleared before the end of a transfer",
                value
            )
        this.cr1 = value & CR1_STORED
        engine.switchOff()
        this.updateIrq()
    }

    /** Programs may set PE before the clocks and FREQ are what they are to be: it matters when the wires are used. */
    private checkFrequency(): void {
        const mhz = this.wiring.pclk1Hz / 1e6
        const freq = this.cr2 & I2cCr2.FREQ
        const least =
            (this.ccr & I2cCcr.F_S) !== 0 ? FREQ_LEAST_FAST_MHZ : FREQ_LEAST_MHZ
        if (freq < least)
            this.check.broken(
                I2cRegister.CR2,
                `FREQ is ${freq}, at START it must be at least ${least}; PCLK1 is ${mhz} MHz`,
                this.cr2
            )
        else if (freq !== mhz)
            this.check.doubtful(
                I2cRegister.CR2,
                `FREQ is ${freq}, PCLK1 is ${mhz} MHz: set-up and hold times are not those of the I2C specification`,
                this.cr2
            )
    }

    /** RM0090 §27.6.8. A count that was rounded down once is what the standard peripheral library computes. */
    private checkTiming(): void {
        const { pclk1Hz } = this.wiring
        const fast = (this.ccr & I2cCcr.F_S) !== 0
        const count = this.ccr & I2cCcr.CCR
        const least = fast ? 1 : 4
        const limitHz = fast ? FAST_HZ : STANDARD_HZ
        const hzAt = (ccr: number): number => 1e9 / sclPeriodNs(ccr, pclk1Hz)
        const tooFast = (ccr: number): boolean => hzAt(ccr) > limitHz * 1.000001
        const speed = `SCL runs at ${Math.round(hzAt(this.ccr))} Hz, over ${limitHz} Hz`
        const { CCR } = I2cRegister
        if (count < least)
            this.check.broken(
                CCR,
                `CCR is ${count}, the least count is ${least}`,
                this.ccr
            )
        else if (tooFast(this.ccr + 1)) this.check.broken(CCR, speed, this.ccr)
        else if (tooFast(this.ccr))
            this.check.doubtful(CCR, `${speed}: it was rounded down`, this.ccr)
        const trise = triseFor(this.ccr, pclk1Hz)
        if (this.trise !== trise)
            this.check.doubtful(
                I2cRegister.TRISE,
                `is ${this.trise}, this speed needs ${trise}`,
                this.trise
            )
    }

    /** RM0090 §27.3.7. */
    private checkBufferInterrupt(): void {
        const both = I2cCr2.DMAEN | I2cCr2.ITBUFEN
        if ((this.cr2 & both) === both)
            this.check.doubtful(
                I2cRegister.CR2,
                "ITBUFEN and DMAEN are both set: DMA and interrupt both serve DR",
                this.cr2
            )
    }

    /** The DMA is to move a byte. */
    private requests(flag: I2cSr1.TXE | I2cSr1.RXNE): boolean {
        return (
            (this.cr2 & I2cCr2.DMAEN) !== 0 && (this.engine.flags & flag) !== 0
        )
    }

    /** EOT_1 (RM0090 §27.3.7): the last byte but one of the transfer was read. */
    private dmaRead(left: number): void {
        if (left === 1 && (this.cr2 & I2cCr2.LAST) !== 0)
            this.engine.lastByteComes()
    }

    private timingWrite(offset: number, value: number, mask: number): number {
        if (this.enabled)
            this.check.broken(
                offset,
                "can be written only while CR1_PE is 0",
                value
            )
        return this.check.defined(offset, value, mask)
    }

    private resetRegisters(): void {
        this.cr2 = this.oar1 = this.ccr = this.fltr = 0
        this.trise = TRISE_RESET
        this.engine.reset()
        this.updateIrq()
    }

    private updateIrq(): void {
        const { flags } = this.engine
        const events =
            (this.cr2 & I2cCr2.ITBUFEN) !== 0
                ? SR1_EVENTS | SR1_BUFFER
                : SR1_EVENTS
        this.wiring.eventIrq(
            (this.cr2 & I2cCr2.ITEVTEN) !== 0 && (flags & events) !== 0
        )
        this.wiring.errorIrq(
            (this.cr2 & I2cCr2.ITERREN) !== 0 && (flags & SR1_ERRORS) !== 0
        )
        if ((this.cr2 & I2cCr2.DMAEN) === 0) return
        this.dma.tx.changed()
        this.dma.rx.changed()
    }
}
