// SPDX-License-Identifier: MIT
// Who wrote a byte of RAM last: an instruction, an exception's entry or a beat of the DMA, when, and of which frame.

import type { Clock } from "../clock.ts"
import type { Mcu, SeenStore } from "../cortex-m/mcu.ts"
import type { SensorModel } from "../sensors/sensor-model.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import {
    DMA_STREAM_BASE,
    DMA_STREAM_STRIDE,
    DmaCr,
    DmaStreamRegister,
} from "../stm32/dma/dma-registers.ts"
import { callBoth } from "../trace/call-both.ts"
import { placeText, type ProgramMap } from "../../toolchain/elf/program-map.ts"

/** One write of the byte. */
export interface ByteWrite {
    readonly by: SeenStore["by"] | "DMA1" | "DMA2"
    /** Virtual time, ns. */
    readonly ns: number
    /** What the byte was then. */
    readonly value: number
    /** In words: function and line, or stream and place in its transfer. */
    readonly detail: string
    /** Of the sensor: the frame that was on the bus, or would come next, by its number since power-up. */
    readonly sensorFrame: number
}

/** The parts that are watched. */
export interface WatchedParts {
    readonly mcu: Mcu
    readonly chip: Pick<Stm32F4, "dma1" | "dma2">
    readonly sensor: Pick<SensorModel, "onFrame">
    readonly clock: Clock
    readonly map: ProgramMap
}

/** Watches one byte from now on. */
export class LastWriter {
    private last: ByteWrite | undefined
    private atFrame: { readonly last: ByteWrite | undefined } | undefined
    private sensorFrame = 0

    constructor(
        private readonly parts: WatchedParts,
        readonly address: number,
        /** The answer is that of the moment at which the program gets this frame; undefined: of the end. */
        readonly frame?: number
    ) {
        const { mcu, chip, sensor } = parts
        sensor.onFrame = callBoth(sensor.onFrame, ({ sequence }) => {
            this.sensorFrame = sequence + 1
        })
        mcu.watchStores(address, 1, store => this.stored(store))
        for (const name of ["DMA1", "DMA2"] as const) {
            const dma = name === "DMA1" ? chip.dma1 : chip.dma2
            dma.onWrite = callBoth(dma.onWrite, (at, bytes, stream) =>
                this.moved(name, at, bytes, stream)
            )
        }
    }

    /** The program gets a frame. */
    frameArrived(sequence: number): void {
        if (sequence === this.frame) this.atFrame ??= { last: this.last }
    }

    /** The frame that was asked for has come. */
    get frameCame(): boolean {
        return this.atFrame !== undefined
    }

    /** Undefined: nobody has written it since power-on. */
    get answer(): ByteWrite | undefined {
        return this.frame === undefined ? this.last : this.atFrame?.last
    }

    private stored({ by, pc, address, bytes, value }: SeenStore): void {
        const { mcu, map } = this.parts
        const offset = this.address - address
        // Of a double word the upper word is not told.
        const byte = offset < 4 ? (value >>> (8 * offset)) & 0xff : NaN
        const of = bytes === 1 ? "1 byte" : `${bytes} bytes`
        this.last = {
            by,
            ns: mcu.nowNs,
            value: byte,
            detail: `${placeText(map.placeOf(pc))} stored ${of} at ${hex(address)}`,
            sensorFrame: this.sensorFrame,
        }
    }

    private moved(
        name: "DMA1" | "DMA2",
        address: number,
        bytes: Uint8Array,
        stream: number
    ): void {
        const offset = this.address - address
        if (offset < 0 || offset >= bytes.length) return
        const { chip, clock } = this.parts
        const dma = name === "DMA1" ? chip.dma1 : chip.dma2
        const read = (register: DmaStreamRegister): number =>
            dma.readUint32(
                DMA_STREAM_BASE + stream * DMA_STREAM_STRIDE + register
            )
        const second = (read(DmaStreamRegister.CR) & DmaCr.CT) !== 0
        const start = read(
            second ? DmaStreamRegister.M1AR : DmaStreamRegister.M0AR
        )
        this.last = {
            by: name,
            ns: clock.nowNs,
            value: bytes[offset]!,
            detail: `stream ${stream}, byte ${this.address - start} from ${second ? "M1AR" : "M0AR"} ${hex(start)}`,
            sensorFrame: this.sensorFrame,
        }
    }
}

/** The answer in one line. */
export function lastWriterText(writer: LastWriter): string {
    const { address, frame, answer } = writer
    const asked = `${hex(address)}${frame === undefined ? "" : ` as of frame ${frame}`}`
    if (frame !== undefined && !writer.frameCame)
        return `${asked}: the program never got that frame`
    if (answer === undefined)
        return `${asked}: nobody has written it since power-on`
    const { by, ns, value, detail, sensorFrame } = answer
    const byte = Number.isNaN(value) ? "" : `, 0x${hexByte(value)}`
    return `${asked}: ${by}: ${detail}${byte}, at ${(ns / 1e9).toFixed(9)} s, frame ${sensorFrame} of the sensor`
}

function hexByte(value: number): string {
    return value.toString(16).padStart(2, "0")
}

function hex(address: number): string {
    return `0x${address.toString(16).padStart(8, "0")}`
}
