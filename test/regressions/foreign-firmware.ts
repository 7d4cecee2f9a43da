// SPDX-License-Identifier: MIT
// Capture code of other people on our chip: it writes DCMI and DMA2 as they do; an observer judges the frames it hands out.

import { CaptureObserver } from "../../sim/observe/capture-observer.ts"
import type {
    SensorFrame,
    SensorModel,
} from "../../sim/sensors/sensor-model.ts"
import type { CapturedFrame } from "../../sim/observe/capture.ts"
import {
    bootRig,
    COLUMNS,
    FRAME_BYTES,
    frameOf,
    ROWS,
    type Rig,
} from "../support/native/rig.ts"

// RM0090 §10.5 (DMA2 stream 1) and §15.8.
const DMA2_LIFCR = 0x40026408
const DMA2_S1CR = 0x40026428
const DMA2_S1NDTR = 0x4002642c
const DMA2_S1PAR = 0x40026430
const DMA2_S1M0AR = 0x40026434
const DCMI_CR = 0x50050000
const DCMI_RIS = 0x50050008
const DCMI_ICR = 0x50050014
const DCMI_DR = 0x50050028

/** Channel 1, words on both sides, memory counts up, enabled. */
const S1CR_RUN = (1 << 25) | (2 << 13) | (2 << 11) | (1 << 10) | 1
const S1CR_CIRC = 1 << 8
const S1_FLAGS = 0xf40
/** ENABLE, PCKPOL, CAPTURE. */
const CR_RUN = (1 << 14) | (1 << 5) | 1
const WORD_BYTES = 4

export const FRAME = 1 << 0
export const VSYNC = 1 << 3
export const LINE = 1 << 4

/** The fake camera of the native code's tests, and registers under the hands of a test. Nothing of native/ captures. */
export class ForeignFirmware {
    readonly frames: CapturedFrame[] = []
    readonly observer: CaptureObserver
    private readonly buffer: number

    private constructor(readonly rig: Rig) {
        const sensor = new FakeSensor(rig)
        const { frameMemory } = rig.board
        this.observer = new CaptureObserver(sensor.model, frameMemory, frame =>
            this.frames.push(frame)
        )
        rig.chip.dma2.onWrite = (address, bytes) =>
            this.observer.dmaWrote(address, bytes.length, rig.clock.nowNs)
        this.buffer = frameMemory.address
    }

    /** Clocks and pins are ours; nothing runs yet. */
    static async boot(): Promise<ForeignFirmware> {
        return new ForeignFirmware(await bootRig())
    }

    /** Arm the stream for one frame into the only buffer. */
    armDma(options: { circular?: boolean } = {}): void {
        const { bus } = this.rig.chip
        bus.write32(DMA2_S1CR, 0)
        bus.write32(DMA2_LIFCR, S1_FLAGS)
        bus.write32(DMA2_S1PAR, DCMI_DR)
        bus.write32(DMA2_S1M0AR, this.buffer)
        bus.write32(DMA2_S1NDTR, FRAME_BYTES / WORD_BYTES)
        bus.write32(DMA2_S1CR, S1CR_RUN | (options.circular ? S1CR_CIRC : 0))
    }

    startDcmi(): void {
        this.rig.chip.bus.write32(DCMI_CR, CR_RUN)
    }

    /** Words that the stream still waits for. */
    get ndtr(): number {
        return this.rig.chip.bus.read32(DMA2_S1NDTR)
    }

    /** Poll DCMI_RIS until `flag` is set, and clear it. */
    waitFor(flag: number): void {
        const { bus } = this.rig.chip
        for (let steps = 0; steps < 10_000; steps++) {
            if (bus.read32(DCMI_RIS) & flag) {
                bus.write32(DCMI_ICR, flag)
                return
            }
            this.rig.run(100)
        }
        throw new Error(`DCMI_RIS never had 0x${flag.toString(16)}`)
    }

    /** The buffer's bytes now. */
    bytes(): Uint8Array {
        return this.rig.memory.slice(this.buffer, this.buffer + FRAME_BYTES)
    }

    /** Give the buffer to the application as a whole frame that ends now. */
    handOut(sequence: number): void {
        const endUs = Math.floor(this.rig.clock.nowNs / 1000)
        this.observer.delivered(
            {
                index: 0,
                settling: false,
                lastBatch: true,
                format: 1,
                changes: 0,
                sequence,
                startUs: endUs,
                endUs,
                exposureUs: 0,
                gainX16: 16,
                droppedBefore: 0,
                window: { x: 0, y: 0, width: COLUMNS, height: ROWS },
                sizeBytes: FRAME_BYTES,
                lineBytes: COLUMNS,
                lines: ROWS,
                firstRow: 0,
                triggerUs: 0,
            },
            this.buffer,
            this.bytes(),
            { ns: this.rig.clock.nowNs, deviceUs: endUs }
        )
    }
}

/** The fake camera as the observer wants it: which frame was sent when, and what was in it. */
class FakeSensor {
    readonly model: SensorModel

    constructor(rig: Rig) {
        let startNs = 0
        const { dcmi } = rig.chip
        const vsync = dcmi.vsync.bind(dcmi)
        dcmi.vsync = level => {
            if (level === 1) startNs = rig.clock.nowNs
            vsync(level)
        }
        const model: Pick<SensorModel, "onFrame" | "expected"> = {
            onFrame: undefined,
            expected: frame => frameOf(frame.sequence),
        }
        rig.camera.onEnd = sequence => {
            const { columns, rows } = rig.camera.shape(sequence)
            const frame: SensorFrame = {
                sequence,
                startNs,
                endNs: rig.clock.nowNs,
                window: { x: 0, y: 0, width: columns, height: rows },
                columns,
                rows,
                exposureUs: 0,
                gain: 1,
                unusable: false,
            }
            model.onFrame?.(frame)
        }
        // The observer uses no more of it.
        this.model = model as SensorModel
    }
}
