// SPDX-License-Identifier: MIT
// What a board did, on one time line: frames of the sensor, DCMI, DMA, interrupts, handlers, I2C transfers. It looks only at
// the models, whoever runs the firmware; what only that one sees is told by the methods from vmTurn() on.

import { callBoth } from "../trace/call-both.ts"
import type { Clock } from "../clock.ts"
import type { Mcu } from "../cortex-m/mcu.ts"
import { exceptionName } from "../foreign/exception-tally.ts"
import type { SensorModel } from "../sensors/sensor-model.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import type { I2cInstance } from "../stm32/gpio/free-pins.ts"
import {
    DMA_STREAM_BASE,
    DMA_STREAM_STRIDE,
    DmaCr,
    DmaStreamRegister,
} from "../stm32/dma/dma-registers.ts"
import { Irq } from "../stm32/nvic/irq.ts"
import { I2cSpans } from "./i2c-spans.ts"
import { TraceFile } from "./trace-file.ts"

const FIRST_INTERRUPT = 16

/** The parts of a board that are watched. */
export interface TracedBoard {
    readonly sensor: Pick<SensorModel, "onFrame">
    readonly chip: Pick<Stm32F4, "dcmi" | "dma2" | "nvic" | "i2c">
    readonly clock: Clock
    /** The block that the sensor is wired to. */
    readonly i2c: I2cInstance
    /** Who executes; undefined: handlers are seen at the NVIC. */
    readonly mcu: Mcu | undefined
}

/** Watches one board from now on. */
export class BoardTrace {
    private readonly file = new TraceFile()
    private readonly tracks
    private readonly dmaOn = new Set<number>()
    /** Exceptions whose handlers run, the innermost last. */
    private readonly running: number[] = []

    constructor(private readonly board: TracedBoard) {
        const { file } = this
        this.tracks = {
            sensor: file.track("sensor: frames on the bus"),
            exposure: file.track("sensor: exposure"),
            capture: file.track("DCMI: capture"),
            handlers: file.track("CPU: handlers"),
            vm: file.track("VM: turns"),
            program: file.track("program: frames lent to it"),
            i2c: file.track(`${board.i2c}: transfers`),
        }
        this.watchCapture()
        this.watchInterrupts()
        this.watchDma()
        const { i2c } = board.chip
        const spans = new I2cSpans(file, this.tracks.i2c)
        const { wires } = i2c[board.i2c]
        i2c[board.i2c].wires = wires ? spans.beside(wires) : spans
    }

    /** The VM has had its turn. */
    vmTurn(startNs: number, endNs: number): void {
        this.file.span(this.tracks.vm, "turn", { startNs, endNs })
    }

    /** A frame was lent to the program. */
    frameLent(index: number, sequence: number): void {
        const name = `frame ${sequence}`
        this.file.begin(this.lentTrack(index), name, this.nowNs, { sequence })
    }

    /** The program gave it back. */
    frameReleased(index: number): void {
        this.file.end(this.lentTrack(index), this.nowNs)
    }

    /** The file's content, as of now. @param name of what ran */
    content(name: string): string {
        return this.file.content(name, this.nowNs)
    }

    private lentTrack(index: number): number {
        return index === 0
            ? this.tracks.program
            : this.file.track(`program: frames lent to it, buffer ${index}`)
    }

    private watchCapture(): void {
        const { file, tracks } = this
        const { sensor, chip } = this.board
        sensor.onFrame = callBoth(sensor.onFrame, sent => {
            const { sequence, columns, rows } = sent
            const { exposureStartNs, exposureEndNs } = sent
            file.span(tracks.sensor, `frame ${sequence}`, sent, {
                ...{ sequence, columns, rows, exposureUs: sent.exposureUs },
            })
            if (exposureStartNs === undefined || exposureEndNs === undefined)
                return
            const exposure = { startNs: exposureStartNs, endNs: exposureEndNs }
            file.span(tracks.exposure, `of frame ${sequence}`, exposure)
        })
        chip.dcmi.onCapture = callBoth(
            chip.dcmi.onCapture,
            ({ kind, timeNs, lastByteNs }) => {
                if (kind === "start") {
                    file.end(tracks.capture, timeNs, { ended: "start" })
                    file.begin(tracks.capture, "frame", timeNs)
                } else
                    file.end(
                        tracks.capture,
                        kind === "frame" ? lastByteNs : timeNs,
                        { ended: kind }
                    )
            }
        )
    }

    private watchInterrupts(): void {
        const { file } = this
        const { nvic } = this.board.chip
        nvic.onLine = callBoth(nvic.onLine, (irq, active) => {
            const track = file.track(`IRQ ${Irq[irq] ?? irq}: line`)
            if (!active) file.end(track, this.nowNs)
            else if (file.depth(track) === 0)
                file.begin(track, "active", this.nowNs)
        })
        if (this.board.mcu) this.watchExceptions(this.board.mcu)
        else
            nvic.onHandler = callBoth(nvic.onHandler, (irq, active) => {
                const { handlers } = this.tracks
                const name = exceptionName(irq + FIRST_INTERRUPT)
                if (active) file.begin(handlers, name, this.nowNs)
                else file.end(handlers, this.nowNs)
            })
    }

    private watchExceptions(mcu: Mcu): void {
        const leave = (depth: number): void => {
            const active = mcu.activeExceptions
            const left = this.running.findIndex(
                (exception, index) =>
                    index >= depth || active[index] !== exception
            )
            if (left < 0) return
            while (this.running.length > left) {
                this.running.pop()
                this.file.end(this.tracks.handlers, mcu.nowNs)
            }
        }
        mcu.onEntry = callBoth(mcu.onEntry, exception => {
            // The one that is entered is active already; one that follows itself has returned before.
            leave(mcu.activeExceptions.length - 1)
            this.running.push(exception)
            const name = exceptionName(exception)
            this.file.begin(this.tracks.handlers, name, mcu.nowNs)
        })
        mcu.onException = callBoth(mcu.onException, () =>
            leave(mcu.activeExceptions.length)
        )
    }

    private watchDma(): void {
        const { dma2 } = this.board.chip
        dma2.onStream = callBoth(dma2.onStream, stream => {
            const base = DMA_STREAM_BASE + stream * DMA_STREAM_STRIDE
            const read = (register: DmaStreamRegister): number =>
                dma2.readUint32(base + register)
            const on = (read(DmaStreamRegister.CR) & DmaCr.EN) !== 0
            if (on === this.dmaOn.has(stream)) return
            const track = this.file.track(`DMA2 stream ${stream}`)
            const items = read(DmaStreamRegister.NDTR)
            if (on) {
                const address = read(DmaStreamRegister.M0AR)
                this.dmaOn.add(stream)
                this.file.begin(track, "enabled", this.nowNs, {
                    M0AR: `0x${address.toString(16)}`,
                    NDTR: items,
                })
            } else {
                this.dmaOn.delete(stream)
                this.file.end(track, this.nowNs, { "NDTR at the end": items })
            }
        })
    }

    private get nowNs(): number {
        const { mcu, clock } = this.board
        return mcu?.nowNs ?? clock.nowNs
    }
}
