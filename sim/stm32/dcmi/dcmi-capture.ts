// SPDX-License-Identifier: MIT
// Which frames the DCMI captures (RM0090 §15.5): CAPTURE, snapshot and continuous mode, frame rate control, overrun.

import type { LineData } from "../../wires/parallel-bus.ts"
import type { DcmiFifo } from "./dcmi-fifo.ts"
import { DcmiCr, DcmiFlag, DcmiRegister } from "./dcmi-registers.ts"
import {
    edgeProblem,
    pixclkProblem,
    windowProblem,
    type EdgeProblem,
} from "./dcmi-rules.ts"
import { DcmiWindow, LineResult } from "./dcmi-window.ts"
import { EdgeSampler } from "./edge-sampler.ts"

/** FCRC: one of so many frames; 3 is reserved. */
const FRAME_DIVISORS = [1, 2, 4]

const DCMI_TIMING = "DS8626, DCMI characteristics"

/** What happened to a captured frame, for traces and tests. */
export interface CaptureEvent {
    readonly kind: "start" | "frame" | "overrun" | "end"
    readonly timeNs: number
    /** When the last captured byte was on the bus, ns; may be earlier than "frame", which comes at the end of a line. */
    readonly lastByteNs: number
}

/** The registers that decide about a frame. */
export interface CaptureRegisters {
    cr: number
    cwstrt: number
    cwsize: number
}

/** What the capture needs of its block. */
export interface CaptureHost {
    readonly hclkHz: number
    nowNs(): number
    raise(flag: DcmiFlag): void
    report(event: CaptureEvent): void
    /** A rule about a register. @param section its source, when it is not the register's description */
    broken(register: DcmiRegister, rule: string, section?: string): void
    doubtful(register: DcmiRegister, rule: string, section?: string): void
    /** A rule about the wires. */
    violated(rule: string, section: string): void
}

export class DcmiCapture {
    /** A frame whose start was captured has not ended yet. */
    running = false
    /** Faults to come: each makes a line overrun the FIFO, and is told when it does. */
    readonly overruns: (() => void)[] = []
    /** Its lines are still taken: there was no overrun. */
    private active = false
    private stopRequested = false
    private frameRaised = false
    private edgeTold = false
    private frameCount = 0
    private readonly window: DcmiWindow
    private readonly edgeSampler = new EdgeSampler()

    constructor(
        private readonly registers: CaptureRegisters,
        private readonly fifo: DcmiFifo,
        private readonly host: CaptureHost
    ) {
        this.window = new DcmiWindow(fifo)
    }

    /** CR was written; before, it was `was`. */
    control(was: number): void {
        const { registers } = this
        if ((registers.cr & DcmiCr.ENABLE) === 0) return this.abort()
        if ((registers.cr & DcmiCr.CAPTURE) !== 0) {
            if ((was & DcmiCr.CAPTURE) === 0) this.arm()
            this.stopRequested = false
        } else if (this.running) {
            // A running frame is finished first; CAPTURE reads 1 until then.
            this.stopRequested = true
            registers.cr |= DcmiCr.CAPTURE
        }
    }

    startFrame(): void {
        const { cr, cwstrt, cwsize } = this.registers
        if ((cr & DcmiCr.CAPTURE) === 0) return
        const snapshot = (cr & DcmiCr.CM) !== 0
        const divisor = snapshot
            ? 1
            : (FRAME_DIVISORS[(cr & DcmiCr.FCRC) >>> 8] ?? 1)
        if (this.frameCount++ % divisor !== 0) return
        this.checkWindow()
        this.running = this.active = true
        this.frameRaised = this.edgeTold = false
        this.window.begin(cr, cwstrt, cwsize, this.host.nowNs())
        this.report("start")
    }

    line(data: LineData): void {
        if (!this.active) return
        const fault = this.overruns.shift()
        if (fault !== undefined) {
            fault()
            return this.overrun()
        }
        const edge = edgeProblem(this.registers.cr, data)
        if (edge !== undefined) this.tellEdge(edge)
        const clock = pixclkProblem(data.periodNs, this.host.hclkHz)
        if (clock !== undefined) this.host.violated(clock, "RM0090 15.4")
        // Where set-up and hold time are not kept: what the silicon does.
        const sampled =
            edge?.wrong === true ? this.edgeSampler.sampled(data) : data
        const result = this.window.line(sampled)
        if (result === LineResult.OVERRUN) this.overrun()
        else if (result === LineResult.WINDOW_DONE) this.raiseFrame()
    }

    endFrame(): void {
        if (!this.running) return
        this.endLastWord()
        if (this.active && !this.frameRaised) this.raiseFrame()
        this.running = this.active = false
        if ((this.registers.cr & DcmiCr.CM) !== 0 || this.stopRequested)
            this.registers.cr &= ~DcmiCr.CAPTURE
        this.stopRequested = false
        this.report("end")
    }

    /** ENABLE is 0: nothing more of the frame is taken. */
    abort(): void {
        this.running = this.active = this.stopRequested = false
        this.fifo.clear()
    }

    /** A frame must have whole words; a JPEG stream of any length gets them (RM0090 §15.4). */
    private endLastWord(): void {
        const { partialBytes } = this.fifo
        if (partialBytes === 0) return
        if ((this.registers.cr & DcmiCr.JPEG) !== 0) {
            const now = this.host.nowNs()
            if (this.active && !this.fifo.padPartial(now)) this.overrun()
            return
        }
        this.host.violated(
            `the frame ends ${partialBytes} bytes into a word: the bytes of a frame must be a multiple of 4`,
            "RM0090 15.5"
        )
        this.fifo.dropPartial()
    }

    private arm(): void {
        this.frameCount = 0
        this.checkWindow()
    }

    /** The FIFO is reset and the next start of frame is awaited; a snapshot is over (RM0090 §15.5, AN5020). */
    private overrun(): void {
        this.active = false
        this.fifo.clear()
        if ((this.registers.cr & DcmiCr.CM) !== 0)
            this.registers.cr &= ~DcmiCr.CAPTURE
        this.report("overrun")
        this.host.raise(DcmiFlag.OVR)
    }

    private raiseFrame(): void {
        this.frameRaised = true
        this.report("frame")
        this.host.raise(DcmiFlag.FRAME)
    }

    private checkWindow(): void {
        const { cr, cwsize } = this.registers
        const problem =
            (cr & DcmiCr.CROP) !== 0 ? windowProblem(cwsize) : undefined
        if (problem !== undefined)
            this.host.broken(DcmiRegister.CWSIZE, problem)
    }

    /** What is doubtful is told once per frame. */
    private tellEdge({ rule, wrong }: EdgeProblem): void {
        if (wrong) return this.host.broken(DcmiRegister.CR, rule, DCMI_TIMING)
        if (this.edgeTold) return
        this.edgeTold = true
        this.host.doubtful(DcmiRegister.CR, rule, DCMI_TIMING)
    }

    private report(kind: CaptureEvent["kind"]): void {
        this.host.report({
            kind,
            timeNs: this.host.nowNs(),
            lastByteNs: this.window.lastByteNs,
        })
    }
}
