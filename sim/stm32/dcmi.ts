// SPDX-License-Identifier: MIT
// Digital camera interface (RM0090 §15, RM0390 §14): synchronisation by HSYNC and VSYNC, crop, FIFO, DMA request, flags.
// Not modelled: JPEG, embedded synchronisation (ESS, ERR), 10 to 14 bits. The words of a line, and FRAME of a crop window,
// come with the line's last pixel clock, also where the window ends further left.

import type { Clock } from "../clock.ts"
import type { Level, LineData, ParallelSink } from "../parallel-bus.ts"
import type { Rules } from "../rules.ts"
import type { ChipKind } from "./chip-kind.ts"
import {
    DcmiCr,
    DcmiCwsize,
    DcmiCwstrt,
    DcmiFlag,
    DcmiRegister,
    DcmiSr,
} from "./dcmi-registers.ts"
import { DcmiFifo } from "./dcmi-fifo.ts"
import {
    controlProblem,
    edgeProblem,
    pixclkProblem,
    polarityProblem,
    windowProblem,
} from "./dcmi-rules.ts"
import { DcmiWindow, LineResult } from "./dcmi-window.ts"
import type { DmaPort } from "./dma.ts"
import type { IrqLine, Peripheral } from "./peripheral.ts"
import { RegisterRules } from "./register-rules.ts"

const CR_ALL =
    DcmiCr.CAPTURE |
    DcmiCr.CM |
    DcmiCr.CROP |
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
/** FCRC: one of so many frames; 3 is reserved. */
const FRAME_DIVISORS = [1, 2, 4]

/** What happened to a captured frame, for traces and tests. */
export interface CaptureEvent {
    readonly kind: "start" | "frame" | "overrun" | "end"
    readonly timeNs: number
    /** When the last captured byte was on the bus, ns; may be earlier than "frame", which comes at the end of a line. */
    readonly lastByteNs: number
}

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
    private cr = 0
    private ris = 0
    private ier = 0
    private escr = 0
    private esur = 0
    private cwstrt = 0
    private cwsize = 0
    private vsyncLevel: Level = 0
    private hsyncLevel: Level = 0
    /** A frame whose start was captured has not ended yet. */
    private running = false
    /** Its lines are still taken: there was no overrun. */
    private active = false
    private stopRequested = false
    private frameRaised = false
    private frameCount = 0
    private readonly fifo: DcmiFifo
    private readonly window: DcmiWindow
    private readonly check: RegisterRules

    constructor(private readonly wiring: DcmiWiring) {
        this.check = new RegisterRules(wiring.rules, this)
        this.fifo = new DcmiFifo(wiring.connectDma(() => this.fifo.drain()))
        this.window = new DcmiWindow(this.fifo)
    }

    /** RCC reset. */
    reset(): void {
        this.cr =
            this.ris =
            this.ier =
            this.escr =
            this.esur =
            this.cwstrt =
            this.cwsize =
                0
        this.abort()
        this.updateIrq()
    }

    registerName(offset: number): string | undefined {
        return DcmiRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case DcmiRegister.CR:
                return this.cr
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
                return this.cwstrt
            case DcmiRegister.CWSIZE:
                return this.cwsize
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
                this.ier = this.check.defined(offset, value, FLAGS)
                return this.updateIrq()
            case DcmiRegister.ICR:
                this.ris &= ~this.check.defined(offset, value, FLAGS)
                return this.updateIrq()
            case DcmiRegister.ESCR:
                this.escr = value
                return
            case DcmiRegister.ESUR:
                this.esur = value
                return
            case DcmiRegister.CWSTRT:
                this.cwstrt = this.windowWrite(offset, value, CWSTRT_DEFINED)
                return
            case DcmiRegister.CWSIZE:
                this.cwsize = this.windowWrite(offset, value, CWSIZE_DEFINED)
                return
        }
        const known = this.registerName(offset) !== undefined
        this.check.refusedWrite(
            offset,
            value,
            known ? "is read only" : undefined
        )
    }

    vsync(level: Level): void {
        if (level === this.vsyncLevel) return
        this.vsyncLevel = level
        if ((this.cr & DcmiCr.ENABLE) === 0) return
        if (this.frameValid) this.startFrame()
        else this.endFrame()
    }

    hsync(level: Level): void {
        if (level === this.hsyncLevel) return
        this.hsyncLevel = level
        // Each line, also one that is not captured (RM0090 §15.8.3).
        if ((this.cr & DcmiCr.ENABLE) !== 0 && this.lineValid)
            this.raise(DcmiFlag.LINE)
    }

    line(data: LineData): void {
        if ((this.cr & CR_ON) !== CR_ON) return
        if (!this.lineValid)
            return this.brokenControl(
                polarityProblem("HSYNC", "HSPOL", this.hsyncLevel)
            )
        if (!this.frameValid)
            return this.brokenControl(
                polarityProblem("VSYNC", "VSPOL", this.vsyncLevel)
            )
        if (!this.active) return
        this.checkClock(data)
        const result = this.window.line(data)
        if (result === LineResult.OVERRUN) this.overrun()
        else if (result === LineResult.WINDOW_DONE) this.raiseFrame()
    }

    private get frameValid(): boolean {
        return this.vsyncLevel !== ((this.cr & DcmiCr.VSPOL) !== 0 ? 1 : 0)
    }

    private get lineValid(): boolean {
        return this.hsyncLevel !== ((this.cr & DcmiCr.HSPOL) !== 0 ? 1 : 0)
    }

    private readSr(): number {
        let sr = 0
        if (!this.lineValid) sr |= DcmiSr.HSYNC
        if (!this.frameValid) sr |= DcmiSr.VSYNC
        if (this.fifo.notEmpty) sr |= DcmiSr.FNE
        return sr
    }

    private writeCr(value: number): void {
        const was = this.cr
        const defined =
            this.wiring.chip === "stm32f446" ? CR_ALL | CR_F446 : CR_ALL
        const bits = this.check.defined(DcmiRegister.CR, value, defined)
        this.checkCr(bits, was)
        this.cr = bits
        if ((bits & DcmiCr.ENABLE) === 0) return this.abort()
        if ((bits & DcmiCr.CAPTURE) !== 0) {
            if ((was & DcmiCr.CAPTURE) === 0) this.armCapture()
            this.stopRequested = false
        } else if (this.running) {
            // A running frame is finished first; CAPTURE reads 1 until then (RM0090 §15.5).
            this.stopRequested = true
            this.cr |= DcmiCr.CAPTURE
        }
    }

    private checkCr(bits: number, was: number): void {
        const problem = controlProblem(bits)
        if (problem !== undefined)
            this.check.broken(DcmiRegister.CR, problem, bits)
        const changed = (bits ^ was) & ~(CR_ON | DcmiCr.CM)
        if (this.running && (bits & DcmiCr.ENABLE) !== 0 && changed !== 0)
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

    private armCapture(): void {
        this.frameCount = 0
        this.checkWindow()
    }

    private checkWindow(): void {
        if ((this.cr & DcmiCr.CROP) === 0) return
        const problem = windowProblem(this.cwsize)
        if (problem !== undefined)
            this.check.broken(DcmiRegister.CWSIZE, problem, this.cwsize)
    }

    private checkClock(data: LineData): void {
        const edge = edgeProblem(this.cr, data)
        if (edge !== undefined) this.brokenControl(edge)
        const clock = pixclkProblem(data.periodNs, this.wiring.hclkHz)
        if (clock !== undefined) this.wiring.rules.violated(this.name, clock)
    }

    private brokenControl(rule: string): void {
        this.check.broken(DcmiRegister.CR, rule, this.cr)
    }

    private windowWrite(offset: number, value: number, mask: number): number {
        if (this.running && (this.cr & DcmiCr.CROP) !== 0)
            this.check.broken(
                offset,
                "is written while a cropped frame is captured",
                value
            )
        return this.check.defined(offset, value, mask)
    }

    private startFrame(): void {
        if ((this.cr & DcmiCr.CAPTURE) === 0) return
        const snapshot = (this.cr & DcmiCr.CM) !== 0
        const divisor = snapshot
            ? 1
            : (FRAME_DIVISORS[(this.cr & DcmiCr.FCRC) >>> 8] ?? 1)
        if (this.frameCount++ % divisor !== 0) return
        this.checkWindow()
        this.running = this.active = true
        this.frameRaised = false
        this.window.begin(
            this.cr,
            this.cwstrt,
            this.cwsize,
            this.wiring.clock.nowNs
        )
        this.report("start")
    }

    /** The FIFO is reset and the next start of frame is awaited; a snapshot is over (RM0090 §15.5, AN5020). */
    private overrun(): void {
        this.active = false
        this.fifo.clear()
        if ((this.cr & DcmiCr.CM) !== 0) this.cr &= ~DcmiCr.CAPTURE
        this.report("overrun")
        this.raise(DcmiFlag.OVR)
    }

    private endFrame(): void {
        if (this.running) this.finishFrame()
        this.raise(DcmiFlag.VSYNC)
    }

    private finishFrame(): void {
        const { partialBytes } = this.fifo
        if (partialBytes > 0)
            this.wiring.rules.violated(
                this.name,
                `the frame ends ${partialBytes} bytes into a word: the bytes of a frame must be a multiple of 4`
            )
        this.fifo.dropPartial()
        if (this.active && !this.frameRaised) this.raiseFrame()
        this.running = this.active = false
        if ((this.cr & DcmiCr.CM) !== 0 || this.stopRequested)
            this.cr &= ~DcmiCr.CAPTURE
        this.stopRequested = false
        this.report("end")
    }

    private raiseFrame(): void {
        this.frameRaised = true
        this.report("frame")
        this.raise(DcmiFlag.FRAME)
    }

    /** ENABLE is 0: nothing more of the frame is taken. */
    private abort(): void {
        this.running = this.active = this.stopRequested = false
        this.fifo.clear()
    }

    private report(kind: CaptureEvent["kind"]): void {
        this.onCapture?.({
            kind,
            timeNs: this.wiring.clock.nowNs,
            lastByteNs: this.window.lastByteNs,
        })
    }

    private raise(flag: DcmiFlag): void {
        this.ris |= flag
        this.updateIrq()
    }

    private updateIrq(): void {
        this.wiring.irq((this.ris & this.ier) !== 0)
    }
}
