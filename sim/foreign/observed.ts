// SPDX-License-Identifier: MIT
// What a run showed, as plain facts: the causes of missing or wrong frames are found in it, and in nothing else.

import type { SensorName } from "../../protocol/names.ts"
import type { PixelFormat } from "../sensors/sensor-model.ts"
import { DcmiRegister } from "../stm32/dcmi/dcmi-registers.ts"
import type { I2cInstance } from "../stm32/gpio/free-pins.ts"
import type { BusObservation } from "./bus-watch.ts"
import { clockFacts, type ClockFacts } from "./clock-facts.ts"
import type { CaptureStream } from "./dma-watch.ts"
import type { AddressFacts, OverrunCounts } from "./evidence.ts"
import type { ExceptionCount } from "./exception-tally.ts"
import type { ForeignRun } from "./foreign-run.ts"
import type { WindowRegisters } from "./wanted-bytes.ts"
import type { WrittenRegister } from "./write-watch.ts"

/** Frames as the sensor sends them. */
export interface SentFacts {
    readonly frames: number
    /** Pixels of a line, lines of a frame. */
    readonly columns: number
    readonly rows: number
    /** 0: a JPEG. */
    readonly bytesPerPixel: number
    readonly format: PixelFormat
    /** From the end of a frame to the start of the next one, ns; undefined with one frame. */
    readonly blankingNs: number | undefined
}

export interface Observed {
    readonly sensor: {
        readonly name: SensorName
        readonly i2c: I2cInstance
        /** 7 bits. */
        readonly address: number
    }
    readonly clocks: ClockFacts
    /** Undefined: no pixels came. */
    readonly bus: BusObservation | undefined
    readonly sent: SentFacts | undefined
    readonly capture: {
        /** Frames whose start the DCMI took; that it took whole; byte for byte as they were sent. */
        readonly starts: number
        readonly frames: number
        readonly exact: number
        /** Bytes in memory of the last frame that was taken whole. */
        readonly lastBytes: number | undefined
        /** Frames that the sensor began between the first and the last of these starts, both counted. */
        readonly offered: number
        /** What the sensor sent since the last of these starts. */
        readonly framesSinceStart: number
        /** The frame of that start overran. */
        readonly lastOverran: boolean
        readonly overruns: OverrunCounts
    }
    /** The DCMI's registers at the end; CR, CWSTRT and CWSIZE those of the last frame that began, if one did. */
    readonly dcmi: WindowRegisters & {
        /** CR at the end. */
        readonly crNow: number
        readonly ris: number
        readonly ier: number
    }
    /** The stream of DMA2 that served the DCMI last. */
    readonly stream: CaptureStream | undefined
    readonly handlers: readonly ExceptionCount[]
    /** Blocks that were accessed while RCC had their clock off. */
    readonly clockOff: readonly string[]
    readonly addresses: readonly AddressFacts[]
    /** A target holds SDA low at the end. */
    readonly sdaHeld: boolean
    /** @param register block and register, as "DCMI_CR" */
    written(register: string): WrittenRegister | undefined
}

/** Of a run, so far. */
export function observed(run: ForeignRun): Observed {
    const { chip, watch, board, sensorAddress } = run
    const { dcmi } = chip
    const { name, i2c } = board.sensor
    const crNow = dcmi.readUint32(DcmiRegister.CR)
    return {
        sensor: { name, i2c: i2c.instance, address: sensorAddress },
        clocks: clockFacts(chip),
        bus: run.bus.seen,
        sent: sentFacts(run),
        capture: {
            starts: watch.starts,
            frames: watch.frames,
            exact: watch.exactFrames,
            lastBytes: watch.lastBytes,
            offered: watch.offered,
            framesSinceStart: watch.framesSinceStart,
            lastOverran: watch.lastOverran,
            overruns: run.evidence.overruns,
        },
        dcmi: {
            ...(watch.lastRegisters ?? {
                cr: crNow,
                cwstrt: dcmi.readUint32(DcmiRegister.CWSTRT),
                cwsize: dcmi.readUint32(DcmiRegister.CWSIZE),
            }),
            crNow,
            ris: dcmi.readUint32(DcmiRegister.RIS),
            ier: dcmi.readUint32(DcmiRegister.IER),
        },
        stream: run.evidence.dma.last,
        handlers: run.exceptions.counts(),
        clockOff: [...run.evidence.clockOff],
        addresses: run.evidence.addresses(),
        sdaHeld: chip.i2cBus.sdaHeld,
        written: register => run.evidence.writes.of(register),
    }
}

function sentFacts({ watch }: ForeignRun): SentFacts | undefined {
    const { lastSent, previousSent, sensorFrames } = watch
    if (lastSent === undefined) return undefined
    const { columns, rows, bytesPerPixel = 1, format = "gray8" } = lastSent
    return {
        frames: sensorFrames,
        ...{ columns, rows, bytesPerPixel, format },
        blankingNs: previousSent && lastSent.startNs - previousSent.endNs,
    }
}
