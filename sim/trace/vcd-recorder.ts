// SPDX-License-Identifier: MIT
// Writes the waveforms of a board into a VCD while it runs (docs/waveforms.md): sensor, wires, DCMI, DMA, interrupts, VM.
// It looks only at the models, whoever runs the firmware; what only that one sees is told by the methods from notify() on.

import type { BoardFile } from "../../boards/board-file.ts"
import type { BoardPins } from "../board-pins.ts"
import type { Clock } from "../clock.ts"
import type { Level, LineData, ParallelSink } from "../wires/parallel-bus.ts"
import type { SensorFrame, SensorModel } from "../sensors/sensor-model.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import type { CaptureEvent } from "../stm32/dcmi/dcmi-capture.ts"
import { DcmiCr, DcmiFlag } from "../stm32/dcmi/dcmi-registers.ts"
import {
    DMA_STREAM_BASE,
    DMA_STREAM_STRIDE,
    DmaCr,
    DmaStreamRegister,
} from "../stm32/dma/dma-registers.ts"
import type { Irq } from "../stm32/nvic/irq.ts"
import { callBoth } from "./call-both.ts"
import { I2cWires } from "./i2c-wires.ts"
import { SinkTap } from "./sink-tap.ts"
import { VcdWriter, type TextSink, type VcdVariable } from "./vcd.ts"
import { CAMERA_IRQS, declareSignals, type VcdSignals } from "./vcd-signals.ts"

export interface VcdOptions {
    readonly sink: TextSink
    /** Also the pixel clock and the data of each byte on the bus: about 30 characters per byte. */
    readonly pixels?: boolean
    /** Streams of DMA2 to show. Default: 1, which the native code gives to the DCMI. */
    readonly dmaStreams?: readonly number[]
    /** Interrupts to show. Default: CAMERA_IRQS. */
    readonly irqs?: readonly Irq[]
}

/** The parts of a board that are watched. */
export interface VcdParts {
    readonly sensor: Pick<SensorModel, "onFrame">
    readonly chip: Pick<
        Stm32F4,
        "dcmi" | "dma2" | "nvic" | "gpio" | "i2c" | "i2cBus" | "bitBangedI2c"
    >
    readonly clock: Clock
    /** The sensor's bus. */
    readonly i2c: BoardFile["sensor"]["i2c"]
    /** What a program may use besides. */
    readonly pins?: Pick<BoardPins, "shown" | "watch">
}

/** Where frame buffers lie, back to back. */
export interface BufferLayout {
    readonly address: number
    readonly slotBytes: number
    readonly count: number
}

/** With each byte on the bus written, a frame is millions of changes: they wait in up to 250 MB of memory. */
const PIXELS_PENDING_MAX = 1 << 22

/** Shorter than two instructions, so that software's next edge comes later. */
const TARGET_HOLD_NS = 10

export class VcdRecorder implements ParallelSink {
    private readonly writer: VcdWriter
    private readonly signals: VcdSignals
    private readonly wires: I2cWires
    private clock: Clock | undefined
    private dma: Stm32F4["dma2"] | undefined
    private layout: BufferLayout | undefined
    private frameOpen = false
    private lastVsyncNs = 0
    private lentMask = 0

    constructor({
        sink,
        pixels = false,
        dmaStreams = [1],
        irqs = CAMERA_IRQS,
    }: VcdOptions) {
        this.writer = new VcdWriter(
            sink,
            pixels ? PIXELS_PENDING_MAX : undefined
        )
        this.signals = declareSignals(this.writer, {
            pixels,
            dmaStreams,
            irqs,
        })
        const { scl, sda } = this.signals
        this.wires = new I2cWires({
            scl: (timeNs, level) => this.writer.set(scl, timeNs, level),
            sda: (timeNs, level) => this.writer.set(sda, timeNs, level),
        })
    }

    /** @returns what the sensor is to be wired to instead of `sink` */
    tap(sink: ParallelSink, clock: Clock): ParallelSink {
        this.clock = clock
        return new SinkTap(this, sink)
    }

    /** Watch the other parts too; whoever watches them already goes on to be told. */
    watch({ sensor, chip, clock, i2c, pins }: VcdParts): void {
        this.clock = clock
        this.dma = chip.dma2
        const { dcmi, dma2, nvic } = chip
        sensor.onFrame = callBoth(sensor.onFrame, sent => this.frameSent(sent))
        dcmi.onCapture = callBoth(dcmi.onCapture, event => this.captured(event))
        dcmi.onRegisters = callBoth(dcmi.onRegisters, (cr, ris) =>
            this.dcmiRegisters(cr, ris)
        )
        dma2.onStream = callBoth(dma2.onStream, stream => this.dmaMoved(stream))
        nvic.onLine = callBoth(nvic.onLine, (irq, active) =>
            this.now(this.signals.irqs.get(irq), active)
        )
        nvic.onHandler = callBoth(nvic.onHandler, (irq, active) =>
            this.now(this.signals.handlers.get(irq), active)
        )
        this.watchI2c(chip, i2c)
        for (const name of pins?.shown ?? []) this.watchPin(pins!, name)
    }

    private watchPin(pins: NonNullable<VcdParts["pins"]>, name: string): void {
        const level = pins.watch(name, level => this.now(signal, level))
        const signal = this.writer.declare({
            scope: "pins",
            name,
            type: "wire",
            initial: level,
        })
    }

    /** The end: everything that is known is in the sink afterwards; of a board that was never wired, nothing. */
    finish(): void {
        if (this.clock) this.writer.close(this.clock.nowNs)
    }

    /** An event for the program was given to the VM. */
    notify(): void {
        this.now(this.signals.notify, true)
    }

    /** Frames go into these buffers from now on; undefined: not known. */
    buffersAt(layout: BufferLayout | undefined): void {
        this.layout = layout
        this.now(this.signals.filling, undefined)
        for (const stream of this.signals.dma.keys()) this.dmaMoved(stream)
    }

    /** A frame was lent to the program. */
    frameLent(index: number, sequence: number): void {
        this.now(this.signals.notify, false)
        this.now(this.signals.sequence, sequence)
        this.lentAre(this.lentMask | (1 << index))
    }

    /** The program gave it back. */
    frameReleased(index: number): void {
        this.lentAre(this.lentMask & ~(1 << index))
    }

    /** The CPU or the DMA goes on in frame memory at `address`. */
    storesAt(address: number): void {
        if (!this.layout) return
        const { address: first, slotBytes, count } = this.layout
        const index = Math.floor((address - first) / slotBytes)
        if (index >= 0 && index < count) this.now(this.signals.filling, index)
    }

    vsync(level: Level): void {
        this.now(this.signals.vsync, level)
        this.lastVsyncNs = this.clock!.nowNs
        if (this.frameOpen) this.now(this.signals.frameValid, false)
        this.frameOpen = false
    }

    hsync(level: Level): void {
        this.now(this.signals.hsync, level)
    }

    line(data: LineData): void {
        const { writer, signals } = this
        const { startNs, periodNs, bytes } = data
        if (!this.frameOpen)
            // Which level of the pin means valid shows only now.
            writer.set(signals.frameValid, this.lastVsyncNs, 1)
        this.frameOpen = true
        writer.set(signals.pixclkHz, startNs, Math.round(1e9 / periodNs))
        writer.set(signals.lineValid, startNs, 1)
        writer.set(signals.lineValid, startNs + bytes.length * periodNs, 0)
        this.pixels(data)
    }

    private pixels({ bytes, startNs, periodNs, stableEdge }: LineData): void {
        const { pixclk, data } = this.signals
        if (!pixclk) return
        const stable = stableEdge === "rising" ? 1 : 0
        bytes.forEach((byte, index) => {
            const byteNs = startNs + index * periodNs
            data.forEach((pin, bit) =>
                this.writer.set(pin, byteNs, (byte >>> bit) & 1)
            )
            this.writer.set(pixclk, byteNs, 1 - stable)
            this.writer.set(pixclk, byteNs + periodNs / 2, stable)
        })
        const endNs = startNs + bytes.length * periodNs
        this.writer.set(pixclk, endNs, 1 - stable)
    }

    /** Told at the frame's end; the next one's exposure begins after this one's. */
    private frameSent({ startNs, ...sent }: SensorFrame): void {
        const { exposureStartNs, exposureEndNs } = sent
        if (exposureStartNs !== undefined && exposureEndNs !== undefined) {
            this.writer.set(this.signals.exposure, exposureStartNs, 1)
            this.writer.set(this.signals.exposure, exposureEndNs, 0)
        }
        const openNs = this.wires.openSinceNs ?? Infinity
        this.writer.flush(Math.min(exposureEndNs ?? startNs, openNs))
    }

    private captured({ kind, timeNs, lastByteNs }: CaptureEvent): void {
        this.writer.set(
            this.signals.capturing,
            kind === "frame" ? lastByteNs : timeNs,
            kind === "start" ? 1 : 0
        )
    }

    private dcmiRegisters(cr: number, ris: number): void {
        const { signals } = this
        this.now(signals.enable, (cr & DcmiCr.ENABLE) !== 0)
        this.now(signals.captureBit, (cr & DcmiCr.CAPTURE) !== 0)
        this.now(signals.frame, (ris & DcmiFlag.FRAME) !== 0)
        this.now(signals.overrun, (ris & DcmiFlag.OVR) !== 0)
        this.now(signals.vsyncFlag, (ris & DcmiFlag.VSYNC) !== 0)
        this.now(signals.line, (ris & DcmiFlag.LINE) !== 0)
    }

    private dmaMoved(stream: number): void {
        const signals = this.signals.dma.get(stream)
        if (!signals) return
        const read = (register: DmaStreamRegister) =>
            this.dma!.readUint32(
                DMA_STREAM_BASE + stream * DMA_STREAM_STRIDE + register
            )
        const cr = read(DmaStreamRegister.CR)
        const second = (cr & DmaCr.CT) !== 0
        const address = read(
            second ? DmaStreamRegister.M1AR : DmaStreamRegister.M0AR
        )
        const enabled = (cr & DmaCr.EN) !== 0
        this.now(signals.en, enabled)
        this.now(signals.ndtr, read(DmaStreamRegister.NDTR))
        this.now(signals.ct, second)
        this.now(signals.address, address)
        if (enabled) this.storesAt(address)
    }

    private watchI2c(chip: VcdParts["chip"], i2c: VcdParts["i2c"]): void {
        const { wires } = this
        const nowNs = () => this.clock!.nowNs
        chip.i2c[i2c.instance].wires = wires
        chip.i2cBus.onSdaHeld = held => {
            wires.held(nowNs(), held)
            // SCL, whose pulse let it go, may be of another port.
            chip.gpio.inputChanged(i2c.sda.pin)
        }
        if (chip.bitBangedI2c) {
            let sclWas: Level = 1
            chip.bitBangedI2c.onWires = (scl, sda) => {
                // A target lets SDA be for a while when SCL falls (UM10204 table 10, data hold time).
                const holdNs = scl === sclWas ? 0 : TARGET_HOLD_NS
                wires.gpio("scl", nowNs(), scl)
                wires.gpio("sda", nowNs() + holdNs, sda)
                sclWas = scl
            }
            return
        }
        for (const wire of ["scl", "sda"] as const)
            chip.gpio.onOutput(i2c[wire].pin, level =>
                wires.gpio(wire, nowNs(), level)
            )
    }

    private lentAre(mask: number): void {
        this.lentMask = mask
        this.signals.lent.forEach((lent, index) =>
            this.now(lent, (mask & (1 << index)) !== 0)
        )
        this.now(this.signals.callback, mask !== 0)
    }

    private now(
        variable: VcdVariable | undefined,
        value: number | boolean | undefined
    ): void {
        if (!variable) return
        const { nowNs } = this.clock!
        const level = value === undefined ? undefined : Number(value)
        this.writer.set(variable, nowNs, level)
    }
}
