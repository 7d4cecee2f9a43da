// SPDX-License-Identifier: MIT
// Compares every frame that the program got with what the sensor sent: which frame, whole or torn, pixel by pixel.

import type { FrameDescriptor } from "./native/grabber-map.ts"
import type {
    FieldWindow,
    SensorFrame,
    SensorModel,
} from "./sensors/sensor-model.ts"
import type { CapturedFrame } from "./simulation.ts"

/** Frames of the sensor that are remembered for frames handed over late. */
const REMEMBERED_FRAMES = 16

interface Pending {
    readonly descriptor: FrameDescriptor
    readonly pixels: Uint8Array
    readonly sentSequence: number
    readonly torn: boolean
}

/**
 * Watches DMA writes into frame memory and frames handed to the program.
 * A frame cropped by the DCMI may reach the program before the sensor has finished it: it is then judged later.
 */
export class CaptureObserver {
    pixelErrors = 0
    torn = 0
    busBytes = 0
    sensorFrames = 0
    /** Count only while the grabber streams. */
    counting = false

    /** For each word of frame memory, the sensor's frame that wrote it last. */
    private readonly writtenBy: Int32Array
    private readonly sent: SensorFrame[] = []
    private readonly pending: Pending[] = []
    private framesEnded = 0
    private lastTruth: { frame: SensorFrame; pixels: Uint8Array } | undefined

    constructor(
        private readonly sensor: SensorModel,
        private readonly frameMemory: {
            readonly address: number
            readonly bytes: number
        },
        private readonly onFrame: (frame: CapturedFrame) => void
    ) {
        this.writtenBy = new Int32Array(Math.ceil(frameMemory.bytes / 4)).fill(
            -1
        )
        sensor.onFrame = frame => this.frameSent(frame)
    }

    /** DMA wrote `bytes` bytes at `address`. */
    dmaWrote(address: number, bytes: number): void {
        const first = (address - this.frameMemory.address) >> 2
        this.writtenBy.fill(this.framesEnded, first, first + ((bytes + 3) >> 2))
    }

    /** A frame at `address` was lent to the program. */
    delivered(
        descriptor: FrameDescriptor,
        address: number,
        pixels: Uint8Array
    ): void {
        const first = (address - this.frameMemory.address) >> 2
        const owners = this.writtenBy.subarray(
            first,
            first + (descriptor.sizeBytes >> 2)
        )
        const sentSequence = owners[0] ?? -1
        const torn = owners.some(owner => owner !== sentSequence)
        this.pending.push({
            descriptor,
            pixels: pixels.slice(),
            sentSequence,
            torn,
        })
        this.judgePending()
    }

    private frameSent(frame: SensorFrame): void {
        this.framesEnded = frame.sequence + 1
        this.sent.push(frame)
        if (this.sent.length > REMEMBERED_FRAMES) this.sent.shift()
        if (this.counting) {
            this.sensorFrames++
            this.busBytes += frame.columns * frame.rows
        }
        this.judgePending()
    }

    private judgePending(): void {
        while (this.pending.length > 0) {
            const sent = this.sent.find(
                frame => frame.sequence === this.pending[0]!.sentSequence
            )
            if (sent === undefined) return
            this.judge(this.pending.shift()!, sent)
        }
    }

    private judge(pending: Pending, sent: SensorFrame): void {
        const { descriptor, pixels, torn } = pending
        const window = descriptor.window
        const width = descriptor.lineBytes
        const height = descriptor.lines
        const errors = this.countPixelErrors(
            pixels,
            width,
            height,
            window,
            sent
        )
        this.pixelErrors += errors
        if (torn) this.torn++
        this.onFrame({
            sequence: descriptor.sequence,
            startUs: descriptor.startUs,
            endUs: descriptor.endUs,
            exposureUs: descriptor.exposureUs,
            gain: descriptor.gainX16 / 16,
            droppedBefore: descriptor.droppedBefore,
            window,
            width,
            height,
            pixels,
            sent,
            pixelErrors: errors,
            torn,
        })
    }

    /** Compare with the part of the sent frame that the program says it has. */
    private countPixelErrors(
        pixels: Uint8Array,
        width: number,
        height: number,
        window: FieldWindow,
        sent: SensorFrame
    ): number {
        const truth = this.truthOf(sent)
        const x = Math.round(
            ((window.x - sent.window.x) * sent.columns) / sent.window.width
        )
        const y = Math.round(
            ((window.y - sent.window.y) * sent.rows) / sent.window.height
        )
        if (
            x < 0 ||
            y < 0 ||
            x + width > sent.columns ||
            y + height > sent.rows
        )
            return width * height
        let errors = 0
        for (let row = 0; row < height; row++) {
            const at = (y + row) * sent.columns + x
            const got = row * width
            if (sameBytes(pixels, got, truth, at, width)) continue
            for (let column = 0; column < width; column++)
                if (pixels[got + column] !== truth[at + column]) errors++
        }
        return errors
    }

    private truthOf(sent: SensorFrame): Uint8Array {
        if (this.lastTruth?.frame !== sent)
            this.lastTruth = { frame: sent, pixels: this.sensor.expected(sent) }
        return this.lastTruth.pixels
    }
}

function sameBytes(
    a: Uint8Array,
    aStart: number,
    b: Uint8Array,
    bStart: number,
    length: number
): boolean {
    return (
        Buffer.compare(
            a.subarray(aStart, aStart + length),
            b.subarray(bStart, bStart + length)
        ) === 0
    )
}
