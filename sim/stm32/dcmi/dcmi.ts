// SPDX-License-Identifier: MIT
// Digital camera interface (RM0090 §15, RM0390 §14): synchronisation by HSYNC and VSYNC, crop, FIFO, DMA request, flags.
// In JPEG mode HSYNC is a data enable without lines: no LINE, no crop, the last word is filled up with zeros (RM0090 §15.4).
// Not modelled: embedded synchronisation (ESS, ERR), 10 to 14 bits. The words of a line, and FRAME of a crop window,
// come with the line's last pixel clock, also where the window ends further left.

import type { Clock } from "../../clock.ts"
import type { Level, LineData, ParallelSink } from "../../wires/parallel-bus.ts"
import type { Rules } from "../../rules.ts"
import type { ChipKind } from "../chip-kind.ts"
import {
    DcmiCapture,
    type CaptureEvent,
    type CaptureRegisters,
} from "./dcmi-capture.ts"
import {
    DcmiCr,
    DcmiCwsize,
    DcmiCwstrt,
    DcmiFlag,
    DcmiRegister,
    DcmiSr,
} from "./dcmi-registers.ts"
import { DcmiFifo } from "./dcmi-fifo.ts"
import { controlProblem, polarityProblem } from "./dcmi-rules.ts"
import type { DmaPort } from "../dma/dma.ts"
import type { IrqLine, Peripheral } from "../peripheral.ts"
import { RegisterRules, sectionsInOrder } from "../register-rules.ts"

const CR_ALL =
    DcmiCr.CAPTURE |
    DcmiCr.CM |
    DcmiCr.CROP |
    DcmiCr.JPEG |
    DcmiCr.PCKPOL |
    DcmiCr.HSPOL |
    DcmiCr.VSPOL |
    DcmiCr.FCRC |
    DcmiCr.ENABLE
const CR_F446 = DcmiCr.BSM | DcmiCr.OEBS | DcmiCr.LSM | DcmiCr.OELS
const CR_ON = DcmiCr.ENABLE | DcmiCr.CAPTURE
const FLAGS =
    DcmiFlag.FRAME |
    DcmiFlag.OVR |
    DcmiFlag.ERR |
    DcmiFlag.VSYNC |
    DcmiFlag.LINE
const CWSTRT_DEFINED = DcmiCwstrt.HOFFCNT | DcmiCwstrt.VST
const CWSIZE_DEFINED = DcmiCwsize.CAPCNT | DcmiCwsize.VLINE

export interface DcmiWiring {
    readonly chip: ChipKind
    readonly clock: Clock
    readonly rules: Rules
    readonly hclkHz: number
    readonly irq: IrqLine
    /** Connects the request line; `served` is called when a stream begins to serve it. */
    readonly connectDma: (served: () => void) => DmaPort
    /** What is wrong with the pins, or undefined. Asked when ENABLE is set. */
    readonly pinProblem: () => string | undefined
}

/** The camera interface: a block on the bus, and the receiver of the parallel bus. */
export class Dcmi implements Peripheral, ParallelSink {
    readonly name = "DCMI"
    onCapture: ((event: CaptureEvent) => void) | undefined
    /** Called when CR or RIS may have changed, for traces. */
    onRegisters: ((cr: number, ris: number) => void) | undefined
    private readonly registers: CaptureRegisters = {
        cr: 0,
        cwstrt: 0,
        cwsize: 0,
    }
    private ris = 0
    private ier = 0
    private escr = 0
    private esur = 0
    private vsyncLevel: Level = 0
    private hsyncLevel: Level = 0
    private readonly fifo: DcmiFifo
    private readonly capture: DcmiCapture
    private readonly check: RegisterRules

    constructor(private readonly wiring: DcmiWiring) {
        this.check = new RegisterRules(
            wiring.rules,
            this,
            sectionsInOrder("RM0090 15.8", DcmiRegister)
        )
        this.fifo = new DcmiFifo(wiring.connectDma(() => this.fifo.drain()))
        this.capture = new DcmiCapture(this.registers, this.fifo, {
            get hclkHz() {
                return wiring.hclkHz
            },
            nowNs: () => wiring.clock.nowNs,
            raise: flag => this.raise(flag),
            report: event => {
                this.onCapture?.(event)
                this.tellRegisters()
            },
            broken: (register, rule, section) =>
                this.check.broken(
                    register,
                    rule,
                    this.readUint32(register),
                    section
                ),
            doubtful: (register, rule, section) =>
                this.check.doubtful(
                    register,
                    rule,
                    this.readUint32(register),
                    section
                ),
            violated: (rule, section) =>
                wiring.rules.violated(
                    this.name,
                    rule,
                    undefined,
                    undefined,
                    section
                ),
        })
    }

    /** RCC reset. */
    reset(): void {
        this.registers.cr = this.registers.cwstrt = this.registers.cwsize = 0
        this.ris = this.ier = this.escr = this.esur = 0
        this.capture.abort()
        this.updateIrq()
    }

    registerName(offset: number): string | undefined {
        return DcmiRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case DcmiRegister.CR:
                return this.registers.cr
            case DcmiRegister.SR:
                return this.readSr()
            case DcmiRegister.RIS:
                return this.ris
            case DcmiRegister.IER:
                return this.ier
            case DcmiRegister.MIS:
                return this.ris & this.ier
            case DcmiRegister.ICR:
                return 0
            case DcmiRegister.ESCR:
                return this.escr
            case DcmiRegister.ESUR:
                return this.esur
            case DcmiRegister.CWSTRT:
                return this.registers.cwstrt
            case DcmiRegister.CWSIZE:
                return this.registers.cwsize
            case DcmiRegister.DR:
                return this.fifo.readWord()
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case DcmiRegister.CR:
                return this.writeCr(value)
            case DcmiRegister.IER:
                this.ier = this.check.ignoreReserved(offset, value, FLAGS)
                return this.updateIrq()
            case DcmiRegister.ICR:
                this.ris &= ~this.check.ignoreReserved(offset, value, FLAGS)
                return this.updateIrq()
            case DcmiRegister.ESCR:
                this.escr = value
                return
            case DcmiRegister.ESUR:
                this.esur = value
                return
            case DcmiRegister.CWSTRT:
                this.registers.cwstrt = this.windowWrite(
                    offset,
                    value,
                    CWSTRT_DEFINED
                )
                return
            case DcmiRegister.CWSIZE:
                this.registers.cwsize = this.windowWrite(
                    offset,
                    value,
                    CWSIZE_DEFINED
                )
                return
        }
        if (this.registerName(offset) === undefined)
            return this.check.refusedWrite(offset, value)
        this.check.readOnlyWrite(offset, value)
    }

    /** Fault: the FIFO overruns in the next line that is captured. @param taken called when it happens */
    injectOverrun(taken: () => void): void {
        this.capture.overruns.push(taken)
    }

    vsync(level: Level): void {
        if (level === this.vsyncLevel) return
        this.vsyncLevel = level
        if ((this.registers.cr & DcmiCr.ENABLE) === 0) return
        if (this.frameValid) this.capture.startFrame()
        else {
            this.capture.endFrame()
            this.raise(DcmiFlag.VSYNC)
        }
    }

    hsync(level: Level): void {
        if (level === this.hsyncLevel) return
        this.hsyncLevel = level
        // Each line, also one that is not captured (RM0090 §15.8.3).
        const control = this.registers.cr & (DcmiCr.ENABLE | DcmiCr.JPEG)
        if (control === DcmiCr.ENABLE && this.lineValid)
            this.raise(DcmiFlag.LINE)
    }

    line(data: LineData): void {
        if ((this.registers.cr & CR_ON) !== CR_ON) return
        if (!this.lineValid)
            this.brokenControl(
                polarityProblem("HSYNC", "HSPOL", this.hsyncLevel)
            )
        else if (!this.frameValid)
            this.brokenControl(
                polarityProblem("VSYNC", "VSPOL", this.vsyncLevel)
            )
        else this.capture.line(data)
    }

    private get frameValid(): boolean {
        return (
            this.vsyncLevel !==
            ((this.registers.cr & DcmiCr.VSPOL) !== 0 ? 1 : 0)
        )
    }

    private get lineValid(): boolean {
        return (
            this.hsyncLevel !==
            ((this.registers.cr & DcmiCr.HSPOL) !== 0 ? 1 : 0)
        )
    }

    private readSr(): number {
        let sr = 0
        if (!this.lineValid) sr |= DcmiSr.HSYNC
        if (!this.frameValid) sr |= DcmiSr.VSYNC
        if (this.fifo.notEmpty) sr |= DcmiSr.FNE
        return sr
    }

    private writeCr(value: number): void {
        const was = this.registers.cr
        const defined =
            this.wiring.chip === "stm32f446" ? CR_ALL | CR_F446 : CR_ALL
        const bits = this.check.defined(
            DcmiRegister.CR,
            value,
            defined,
            defined | DcmiCr.ESS | DcmiCr.EDM
        )
        this.checkCr(bits, was)
        this.registers.cr = bits
        this.capture.control(was)
        this.tellRegisters()
    }

    private checkCr(bits: number, was: number): void {
        const problem = controlProblem(bits)
        if (problem !== undefined)
            this.check.broken(DcmiRegister.CR, problem, bits)
        const changed = (bits ^ was) & ~(CR_ON | DcmiCr.CM)
        if (
            this.capture.running &&
            (bits & DcmiCr.ENABLE) !== 0 &&
            changed !== 0
        )
            this.check.broken(
                DcmiRegister.CR,
                `bits 0x${changed.toString(16)} change while a frame is captured`,
                bits
            )
        if ((bits & ~was & DcmiCr.ENABLE) === 0) return
        const pins = this.wiring.pinProblem()
        if (pins !== undefined)
            this.check.broken(DcmiRegister.CR, `ENABLE: ${pins}`, bits)
    }

    private brokenControl(rule: string): void {
        this.check.broken(DcmiRegister.CR, rule, this.registers.cr)
    }

    private windowWrite(offset: number, value: number, mask: number): number {
        if (this.capture.running && (this.registers.cr & DcmiCr.CROP) !== 0)
            this.check.broken(
                offset,
                "is written while a cropped frame is captured",
                value
            )
        return this.check.ignoreReserved(offset, value, mask)
    }

    private raise(flag: DcmiFlag): void {
        this.ris |= flag
        this.updateIrq()
    }

    private updateIrq(): void {
        this.wiring.irq((this.ris & this.ier) !== 0)
        this.tellRegisters()
    }

    private tellRegisters(): void {
        this.onRegisters?.(this.registers.cr, this.ris)
    }
}
