// SPDX-License-Identifier: MIT
// Compares every frame that the program got with what the sensor sent: which frame, whole or torn, pixel by pixel.

import type {
    PixelFormat,
    SensorFrame,
    SensorModel,
} from "../sensors/sensor-model.ts"
import { type CapturedFrame } from "./capture.ts"
import {
    compareDisplay,
    displayWriters,
    type DisplayContent,
    type DisplayLayout,
} from "./display-frame.ts"
import { placeInSent } from "./place-in-sent.ts"
import type { Rectangle } from "../../protocol/capture.ts"
import { formatOf, type CaptureFormat } from "../../protocol/names.ts"
import type { FrameDescriptor } from "../../protocol/descriptor.ts"

/** Frames of the sensor that are remembered for frames handed over late. */
const REMEMBERED_FRAMES = 16
/** From a frame's end to the time stamp of its interrupt, ns, at most, where nothing keeps the CPU from it. */
const LATENCY_NS = 20_000
/** A time stamp is in whole microseconds of a clock that starts at any of the simulation's ns. */
const STAMP_NS = 2000

const BYTES_PER_PIXEL: Readonly<Record<CaptureFormat, number>> = {
    gray8: 1,
    rgb565: 2,
    yuv422: 2,
    jpeg: 1,
}

/** What a program should call the bytes that the sensor sent. The order of the bytes is its own affair. */
const CAPTURED_AS: Readonly<Record<PixelFormat, CaptureFormat>> = {
    gray8: "gray8",
    yuyv: "yuv422",
    yvyu: "yuv422",
    uyvy: "yuv422",
    vyuy: "yuv422",
    rgb565be: "rgb565",
    rgb565le: "rgb565",
    jpeg: "jpeg",
}

/** The different values of many words; most are like the one before. */
function valuesOf(words: Int32Array): Set<number> {
    const values = new Set<number>()
    let newest: number | undefined
    for (let index = 0; index < words.length; index++) {
        const value = words[index]!
        if (value === newest) continue
        newest = value
        values.add(value)
    }
    return values
}

/** A moment by virtual time and by the firmware's clock, which wraps, and starts when the firmware starts it. */
export interface DeviceMoment {
    readonly ns: number
    readonly deviceUs: number
}

interface Pending {
    readonly descriptor: FrameDescriptor
    readonly pixels: Uint8Array
    /** When its last pixel arrived, by the descriptor, ns. */
    readonly endNs: number
    /** The sensor's frames that DMA wrote its words in; undefined when the CPU copied it. */
    readonly writers: ReadonlySet<number>
    /** The frame is a display's memory: rows of the next frame may be in it. */
    readonly display: DisplayContent | undefined
}

/** Of one row of the frame: where it is in what was captured and in what was sent. */
interface Comparison {
    readonly pixelErrors: number
    readonly wrongRows: number
}

/**
 * Watches DMA writes into frame memory and frames handed to the program.
 * A frame cropped by the DCMI may reach the program before the sensor has finished it: it is then judged later.
 */
export class CaptureObserver {
    pixelErrors = 0
    torn = 0
    busBytes = 0
    deliveredBytes = 0
    sentFrames = 0
    /** Since when the grabber streams, ns; undefined: it does not. Frames that began before do not count. */
    streamingSinceNs: number | undefined
    /** Set when a capture starts: it goes there. */
    display: DisplayLayout | undefined

    /** For each word of frame memory, the sensor's frame in which DMA wrote it last; -1: never. */
    private readonly writtenIn: Int32Array
    private readonly sent: SensorFrame[] = []
    private readonly pending: Pending[] = []
    private framesEnded = 0
    /** The sensor's frame in which DMA wrote last. */
    private dmaFrame = -1
    /** When DMA first wrote in each of the remembered frames, ns. */
    private readonly firstWriteNs = new Map<number, number>()
    private lastTruth: { frame: SensorFrame; bytes: Uint8Array } | undefined

    constructor(
        private readonly sensor: SensorModel,
        private readonly frameMemory: {
            readonly address: number
            readonly bytes: number
        },
        private readonly onFrame: (frame: CapturedFrame) => void
    ) {
        this.writtenIn = new Int32Array(Math.ceil(frameMemory.bytes / 4)).fill(
            -1
        )
        // Whoever watches the sensor already is told first.
        const told = sensor.onFrame
        sensor.onFrame = frame => {
            told?.(frame)
            this.frameSent(frame)
        }
    }

    /** The sensor's newest frame. */
    get lastSent(): SensorFrame | undefined {
        return this.sent.at(-1)
    }

    /** DMA wrote `bytes` bytes at `address`. */
    dmaWrote(address: number, bytes: number, nowNs: number): void {
        if (this.dmaFrame !== this.framesEnded) {
            this.dmaFrame = this.framesEnded
            this.firstWriteNs.set(this.dmaFrame, nowNs)
        }
        this.written(address, bytes)
    }

    /** The CPU copied as many bytes of a row there; of a frame's last row that may be after the frame's end. */
    rowStored(address: number, bytes: number): void {
        this.written(address, bytes)
    }

    private written(address: number, bytes: number): void {
        const first = (address - this.frameMemory.address) >> 2
        if (first < 0) return
        this.writtenIn.fill(this.dmaFrame, first, first + ((bytes + 3) >> 2))
    }

    /**
     * A frame at `address` was lent to the program.
     * @param now tells what the descriptor's time stamps mean
     */
    delivered(
        descriptor: FrameDescriptor,
        address: number,
        pixels: Uint8Array,
        now: DeviceMoment
    ): void {
        const first = (address - this.frameMemory.address) >> 2
        const words = (descriptor.sizeBytes + 3) >> 2
        const writtenIn = this.writtenIn.subarray(first, first + words)
        const copy = pixels.slice()
        const display = this.display && {
            layout: this.display,
            bytes: copy,
            writtenIn: writtenIn.slice(),
        }
        const agoUs = (now.deviceUs - descriptor.endUs) >>> 0
        this.pending.push({
            descriptor,
            pixels: copy,
            endNs: (Math.floor(now.ns / 1000) - agoUs) * 1000,
            writers: display ? displayWriters(display) : valuesOf(writtenIn),
            display,
        })
        this.judgePending()
    }

    private frameSent(frame: SensorFrame): void {
        this.framesEnded = frame.sequence + 1
        this.sent.push(frame)
        if (this.sent.length > REMEMBERED_FRAMES)
            this.firstWriteNs.delete(this.sent.shift()!.sequence)
        if (frame.startNs >= (this.streamingSinceNs ?? Infinity)) {
            this.sentFrames++
            this.busBytes +=
                frame.bytes?.length ??
                frame.columns * frame.rows * (frame.bytesPerPixel ?? 1)
        }
        this.judgePending()
    }

    /**
     * Time stamps are whole microseconds, rounded down: a frame may seem to end 1 us before it did; or later than it did,
     * by the interrupt's latency.
     */
    private judgePending(): void {
        while (this.pending.length > 0) {
            const { endNs, display, writers } = this.pending[0]!
            const last = this.sent.at(-1)
            if (!last || last.endNs + LATENCY_NS < endNs) return
            if (display && Math.max(...writers) > last.sequence) return
            const byTime =
                this.sent.findLast(frame => frame.startNs <= endNs + 1000) ??
                last
            const pending = this.pending.shift()!
            this.judge(pending, this.lateFrame(pending, byTime) ?? byTime)
        }
    }

    /**
     * An interrupt that comes after the blanking has its time stamp in the next frame. DMA waits for that interrupt, so
     * that it has written nothing of that next frame by then; had it done so, the words in memory would be stale.
     * @returns the frame before `byTime`, if the stamp is about that one
     */
    private lateFrame(
        { writers, endNs }: Pending,
        byTime: SensorFrame
    ): SensorFrame | undefined {
        const before = byTime.sequence - 1
        const ofThatOnly = writers.size === 1 && writers.has(before)
        const firstNs = this.firstWriteNs.get(byTime.sequence) ?? Infinity
        if (!ofThatOnly || endNs > byTime.endNs || firstNs < endNs - STAMP_NS)
            return undefined
        return this.sent.find(({ sequence }) => sequence === before)
    }

    private judge(pending: Pending, sent: SensorFrame): void {
        const { descriptor, pixels, writers } = pending
        const format = formatOf(descriptor.format)
        const { pixelErrors, wrongRows } = this.compare(pending, format, sent)
        // By who wrote it; rows that the CPU copied show only by their content.
        const torn = writers.has(sent.sequence)
            ? writers.size > 1
            : wrongRows > 0 && wrongRows < descriptor.lines
        this.pixelErrors += pixelErrors
        this.deliveredBytes += pixels.length
        if (torn) this.torn++
        this.onFrame({
            sequence: descriptor.sequence,
            startUs: descriptor.startUs,
            endUs: descriptor.endUs,
            exposureUs: descriptor.exposureUs,
            gain: descriptor.gainX16 / 16,
            droppedBefore: descriptor.droppedBefore,
            window: descriptor.window,
            format,
            width:
                format === "jpeg"
                    ? sent.columns
                    : descriptor.lineBytes / BYTES_PER_PIXEL[format],
            height: format === "jpeg" ? sent.rows : descriptor.lines,
            firstRow: descriptor.firstRow,
            pixels,
            sent,
            pixelErrors,
            torn,
        })
    }

    private compare(
        pending: Pending,
        format: CaptureFormat,
        sent: SensorFrame
    ): Comparison {
        const { descriptor, pixels, display } = pending
        if (format === "jpeg") return this.compareStream(pixels, sent)
        if (!display)
            return this.compareRows(pending, BYTES_PER_PIXEL[format], sent)
        return compareDisplay(display, (frame, row) =>
            this.sentRow(
                frame ?? sent.sequence,
                row,
                descriptor.window,
                display.layout
            )
        )
    }

    /** A row of a display's image in what the sensor sent; undefined when it cannot be a part of that. */
    private sentRow(
        sequence: number,
        row: number,
        window: Rectangle,
        layout: DisplayLayout
    ): Uint8Array | undefined {
        const sent = this.sent.findLast(frame => frame.sequence === sequence)
        const sentAs = layout.fromGray ? "gray8" : "rgb565"
        if (!sent || CAPTURED_AS[sent.format ?? "gray8"] !== sentAs)
            return undefined
        const { x, y } = placeIn(sent, window)
        const bytesPerPixel = BYTES_PER_PIXEL[sentAs]
        const first = ((y + row) * sent.columns + x) * bytesPerPixel
        return this.truthOf(sent).subarray(first, first + layout.lineBytes)
    }

    /** Compare with the part of the sent frame that the program says it has. */
    private compareRows(
        { descriptor, pixels }: Pending,
        bytesPerPixel: number,
        sent: SensorFrame
    ): Comparison {
        const { window, lineBytes, lines, firstRow } = descriptor
        const truth = this.truthOf(sent)
        const pitch = sent.columns * bytesPerPixel
        const place = placeIn(sent, window)
        const x = place.x
        const y = place.y + firstRow
        const inside =
            x >= 0 &&
            y >= 0 &&
            x * bytesPerPixel + lineBytes <= pitch &&
            y + lines <= sent.rows
        const sentAs = CAPTURED_AS[sent.format ?? "gray8"]
        if (!inside || formatOf(descriptor.format) !== sentAs)
            return {
                pixelErrors: (lineBytes * lines) / bytesPerPixel,
                wrongRows: lines,
            }
        let pixelErrors = 0
        let wrongRows = 0
        for (let row = 0; row < lines; row++) {
            const from = (y + row) * pitch + x * bytesPerPixel
            const errors = wrongPixels(
                pixels.subarray(row * lineBytes, (row + 1) * lineBytes),
                truth.subarray(from, from + lineBytes),
                bytesPerPixel
            )
            pixelErrors += errors
            if (errors > 0) wrongRows++
        }
        return { pixelErrors, wrongRows }
    }

    /** A JPEG must be what was sent, without the filler after its end marker. */
    private compareStream(pixels: Uint8Array, sent: SensorFrame): Comparison {
        const truth = sent.bytes ?? this.truthOf(sent)
        const same =
            Buffer.compare(pixels, truth.subarray(0, pixels.length)) === 0
        const rest = truth.subarray(pixels.length)
        const whole = same && rest.every(byte => byte === 0)
        return {
            pixelErrors: whole ? 0 : sent.columns * sent.rows,
            wrongRows: whole ? 0 : 1,
        }
    }

    private truthOf(sent: SensorFrame): Uint8Array {
        if (this.lastTruth?.frame !== sent)
            this.lastTruth = { frame: sent, bytes: this.sensor.expected(sent) }
        return this.lastTruth.bytes
    }
}

/** Where a window starts in the frame that was sent, pixels of that. */
function placeIn(
    sent: SensorFrame,
    window: Rectangle
): { readonly x: number; readonly y: number } {
    const { x, y } = placeInSent(sent, window)
    return {
        x: Math.round((x * sent.columns) / sent.window.width),
        y: Math.round((y * sent.rows) / sent.window.height),
    }
}

function wrongPixels(
    got: Uint8Array,
    wanted: Uint8Array,
    bytesPerPixel: number
): number {
    if (Buffer.compare(got, wanted) === 0) return 0
    let errors = 0
    for (let at = 0; at < got.length; at += bytesPerPixel)
        for (let byte = at; byte < at + bytesPerPixel; byte++)
            if (got[byte] !== wanted[byte]) {
                errors++
                break
            }
    return errors
}
