// SPDX-License-Identifier: MIT
// What an oscilloscope at the camera's wires would see: bus, exposure, capture and interrupts, recorded while a simulation runs.

import type { Clock } from "../clock.ts"
import type { Level, LineData, ParallelSink } from "../wires/parallel-bus.ts"
import type { SensorFrame, SensorModel } from "../sensors/sensor-model.ts"
import type { CaptureEvent } from "../stm32/dcmi/dcmi-capture.ts"
import type { Dma } from "../stm32/dma/dma.ts"
import {
    DMA_STREAM_BASE,
    DMA_STREAM_STRIDE,
    DmaCr,
    DmaStreamRegister,
} from "../stm32/dma/dma-registers.ts"
import { Irq } from "../stm32/nvic/irq.ts"
import { SignalRecorder, type SignalTrace } from "./signal-trace.ts"
import { SinkTap } from "./sink-tap.ts"

/**
 * Names of the recorded signals. Besides them: interrupt lines as in the manual's vector table with "IRQ " before, and for
 * each stream of DMA2 that was used whether it is enabled, "DMA2_S1 EN".
 */
export const TRACE_SIGNALS = {
    /** Pins of the DCMI, as their levels are. */
    vsync: "VSYNC",
    hsync: "HSYNC",
    /** 1 from the first clock of a frame to its last, of a line (a burst) to its last, whatever the pins' polarity. */
    frameValid: "frame valid",
    lineValid: "line valid",
    /** The first row collects light; known at the end of the frame. */
    exposure: "exposure",
    /** From the start of a frame that the DCMI captures to the last byte that it takes of it. */
    capture: "capture active",
} as const

/** One line on the bus, or one burst of a line. */
export interface BusLine {
    /** When its first byte was on the bus, ns. */
    readonly startNs: number
    readonly periodNs: number
    readonly bytes: number
}

/** A frame that has ended, as it was on the bus. */
export interface BusFrame {
    readonly sent: SensorFrame
    readonly lines: readonly BusLine[]
}

/** The parts of a simulation that are watched. */
export interface TracedParts {
    readonly sensor: Pick<SensorModel, "onFrame">
    readonly dcmi: { onCapture: ((event: CaptureEvent) => void) | undefined }
    readonly dma2: Pick<Dma, "onStream" | "readUint32">
    readonly nvic: {
        onLine: ((irq: number, active: boolean) => void) | undefined
    }
}

/** Recorded from the first moment on, in memory: about 200 bytes for each line on the bus. */
export class CaptureTrace implements SignalTrace, ParallelSink {
    readonly frames: BusFrame[] = []
    private readonly recorder = new SignalRecorder()
    private clock: Clock | undefined
    private lines: BusLine[] = []

    get signals(): SignalTrace["signals"] {
        return this.recorder.signals
    }

    /** Changes of one of the TRACE_SIGNALS. */
    changesOf(
        signal: keyof typeof TRACE_SIGNALS
    ): ReturnType<SignalRecorder["changesOf"]> {
        return this.recorder.changesOf(TRACE_SIGNALS[signal])
    }

    /** Forget what happened before a time, ns: a live view runs for hours. */
    forget(beforeNs: number): void {
        const kept = this.frames.findIndex(({ sent }) => sent.endNs >= beforeNs)
        this.frames.splice(0, kept < 0 ? this.frames.length : kept)
        this.recorder.forget(beforeNs)
    }

    /** @returns what the sensor is to be wired to instead of `sink` */
    tap(sink: ParallelSink, clock: Clock): ParallelSink {
        this.clock = clock
        return new SinkTap(this, sink)
    }

    /** Watch the other parts too; whoever watches the sensor already goes on to be told. */
    watch({ sensor, dcmi, dma2, nvic }: TracedParts): void {
        const told = sensor.onFrame
        sensor.onFrame = frame => {
            this.frameSent(frame)
            told?.(frame)
        }
        dcmi.onCapture = event => this.captured(event)
        dma2.onStream = stream => this.dmaMoved(dma2, stream)
        nvic.onLine = (irq, active) =>
            this.recorder.set(
                `IRQ ${Irq[irq] ?? irq}`,
                this.nowNs,
                active ? 1 : 0
            )
    }

    vsync(level: Level): void {
        this.recorder.set(TRACE_SIGNALS.vsync, this.nowNs, level)
    }

    hsync(level: Level): void {
        this.recorder.set(TRACE_SIGNALS.hsync, this.nowNs, level)
    }

    line({ startNs, periodNs, bytes }: LineData): void {
        this.lines.push({ startNs, periodNs, bytes: bytes.length })
        const endNs = startNs + bytes.length * periodNs
        this.recorder.set(TRACE_SIGNALS.lineValid, startNs, 1)
        this.recorder.set(TRACE_SIGNALS.lineValid, endNs, 0)
    }

    private frameSent(sent: SensorFrame): void {
        // A frame that a reset broke off was never reported: its lines are nobody's.
        const lines = this.lines.filter(line => line.startNs >= sent.startNs)
        this.lines = []
        this.frames.push({ sent, lines })
        this.recorder.set(TRACE_SIGNALS.frameValid, sent.startNs, 1)
        this.recorder.set(TRACE_SIGNALS.frameValid, sent.endNs, 0)
        const { exposureStartNs, exposureEndNs } = sent
        if (exposureStartNs === undefined || exposureEndNs === undefined) return
        this.recorder.set(TRACE_SIGNALS.exposure, exposureStartNs, 1)
        this.recorder.set(TRACE_SIGNALS.exposure, exposureEndNs, 0)
    }

    private captured({ kind, timeNs, lastByteNs }: CaptureEvent): void {
        const level = kind === "start" ? 1 : 0
        const changeNs = kind === "frame" ? lastByteNs : timeNs
        this.recorder.set(TRACE_SIGNALS.capture, changeNs, level)
    }

    private dmaMoved(dma2: TracedParts["dma2"], stream: number): void {
        const offset = DMA_STREAM_BASE + stream * DMA_STREAM_STRIDE
        const cr = dma2.readUint32(offset + DmaStreamRegister.CR)
        const level = (cr & DmaCr.EN) === 0 ? 0 : 1
        this.recorder.set(`DMA2_S${stream} EN`, this.nowNs, level)
    }

    private get nowNs(): number {
        return this.clock!.nowNs
    }
}
