// SPDX-License-Identifier: MIT
// What a run knows of its capture: every frame judged, the counters, the frame rate, and whether frames still come.

import type { Board } from "../board.ts"
import type { BoardFile } from "../../boards/board-file.ts"
import type { AppliedMode, CapturedFrame, Counters } from "./capture.ts"
import { CaptureObserver } from "./capture-observer.ts"
import { Display, type DisplayImage } from "./display.ts"
import { FaultWatch } from "../faults/fault-watch.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import {
    readBuffers,
    readCounters,
    readDisplay,
    readFrameSize,
    readMode,
    type GrabberBus,
} from "./grabber-reader.ts"
import { noFramesMessage, type HeldFrame } from "./no-frames.ts"
import type { VcdRecorder } from "../trace/vcd-recorder.ts"
import { decodeDescriptor } from "../../protocol/descriptor.ts"

/** A program that captures must have a new frame at least this often, virtual ns. */
const FRAME_PATIENCE_NS = 3e9

export interface CaptureRecordOptions {
    readonly board: Board
    readonly boardFile: BoardFile
    /** Reads the frame grabber's registers as a program does. */
    readonly grabber: GrabberBus
    readonly vcd?: VcdRecorder
    /** Called for every frame that was lent to the program. */
    readonly onFrame?: (frame: CapturedFrame) => void
}

interface LentFrame {
    readonly sequence: number
    readonly ns: number
}

/** Watches one board while a program captures with it. */
export class CaptureRecord {
    /** Frames that were lent to the program and compared with what the sensor sent. */
    judgedFrames = 0
    /** What faults did to it. */
    readonly faults: FaultWatch
    /** A frame was lent to the program, by the number of its buffer. */
    onLent: ((index: number, sequence: number) => void) | undefined
    /** The program gave it back. */
    onReleased: ((index: number) => void) | undefined
    private readonly observer: CaptureObserver
    private shown: Display | undefined
    private startedMode: AppliedMode | undefined
    /** Of the newest capture; a batch has fewer. */
    private frameRows = 0
    /** The frame whose batches come, and how many of its rows were right. */
    private batches = { sequence: -1, rows: 0 }
    private lastFrameNs = 0
    /** By the buffer's index, in the order in which they were lent. */
    private readonly lent = new Map<number, LentFrame>()
    private firstFrame: CapturedFrame | undefined
    private lastFrame: CapturedFrame | undefined

    private readonly board: Board
    private readonly boardFile: BoardFile
    private readonly grabber: GrabberBus
    private readonly vcd: VcdRecorder | undefined
    private readonly onFrame: (frame: CapturedFrame) => void

    constructor(options: CaptureRecordOptions) {
        const { board, boardFile, grabber, vcd, onFrame = () => {} } = options
        this.board = board
        this.boardFile = boardFile
        this.grabber = grabber
        this.vcd = vcd
        this.onFrame = onFrame
        this.faults = new FaultWatch({
            clock: board.clock,
            sensor: board.sensor,
            counters: () => readCounters(grabber),
        })
        this.observer = new CaptureObserver(
            board.sensor,
            boardFile.frameMemory,
            frame => this.frameJudged(frame)
        )
        board.chip.dma2.onWrite = (address, bytes) =>
            this.observer.dmaWrote(address, bytes.length, board.clock.nowNs)
    }

    /** The CPU has stored as many bytes of a row there. */
    rowStored(address: number, bytes: number): void {
        this.observer.rowStored(address, bytes)
        this.vcd?.storesAt(address)
    }

    /**
     * A frame was lent to the program.
     * @param address of its pixels, of which `pixels` is a view
     * @param deviceUs what the firmware's clock shows now
     */
    delivered(
        descriptor: Uint8Array,
        address: number,
        pixels: Uint8Array,
        deviceUs: number
    ): void {
        const decoded = decodeDescriptor(descriptor)
        this.vcd?.frameLent(decoded.index, decoded.sequence)
        this.onLent?.(decoded.index, decoded.sequence)
        this.lent.set(decoded.index, {
            sequence: decoded.sequence,
            ns: this.board.clock.nowNs,
        })
        this.observer.delivered(decoded, address, pixels, {
            ns: this.board.clock.nowNs,
            deviceUs,
        })
    }

    /** The program gave a frame back. */
    released(index: number): void {
        this.vcd?.frameReleased(index)
        this.onReleased?.(index)
        this.lent.delete(index)
    }

    /** The native side notified: an event for the program is in the VM's queue. */
    notified(): void {
        this.vcd?.notify()
    }

    /** The program started or stopped the capture. Reads the grabber: not to be called while native code runs. */
    captureChanged(streaming: boolean): void {
        this.observer.streamingSinceNs = streaming
            ? this.board.clock.nowNs
            : undefined
        if (!streaming) {
            // Also when the program ended, which gave nothing back.
            this.lent.clear()
            return
        }
        // Numbers of frames begin anew.
        this.firstFrame = undefined
        this.lastFrame = undefined
        this.startedMode = this.readMode()
        this.frameRows = readFrameSize(this.grabber).lines
        this.vcd?.buffersAt(
            readBuffers(this.grabber, this.boardFile.frameMemory)
        )
        const layout = readDisplay(this.grabber, this.boardFile.frameMemory)
        this.observer.display = layout
        this.shown =
            layout &&
            new Display({
                memory: this.board.bytes,
                address: layout.address,
                widthPx: layout.strideBytes / 2,
                heightPx: layout.rows,
                bottomUp: layout.bottomUp,
            })
    }

    /** What the program applied; undefined until it has started a capture. It stays when that is stopped. */
    mode(): AppliedMode | undefined {
        const { startedMode } = this
        if (startedMode === undefined) return undefined
        const mode = this.readMode()
        // A program that ended leaves none.
        return mode.window.width === 0 ? startedMode : mode
    }

    /**
     * What the display shows now that the newest capture goes to; undefined: to none. It is as wide as its stride: the
     * grabber does not know of columns that nobody sees.
     */
    display(): DisplayImage | undefined {
        return this.shown?.image()
    }

    counters(): Counters {
        const { torn, pixelErrors, busBytes, deliveredBytes, sentFrames } =
            this.observer
        return {
            ...readCounters(this.grabber),
            torn,
            pixelErrors,
            busBytes,
            deliveredBytes,
            sentFrames,
        }
    }

    /** Frame rate by the time stamps of the newest capture's delivered frames; undefined before the second one. */
    measuredFps(): number | undefined {
        const first = this.firstFrame
        const last = this.lastFrame
        if (first === undefined || last === undefined || first === last)
            return undefined
        const us = (last.endUs - first.endUs) >>> 0
        return ((last.sequence - first.sequence) * 1e6) / us
    }

    /** @throws CamscriptError when no frame has come for 3 s of virtual time, with the likely cause */
    checkPatience(): void {
        if (this.board.clock.nowNs - this.lastFrameNs < FRAME_PATIENCE_NS)
            return
        throw new CamscriptError(
            noFramesMessage({
                patienceS: FRAME_PATIENCE_NS / 1e9,
                started: this.observer.streamingSinceNs !== undefined,
                counters: this.counters(),
                lastSent: this.observer.lastSent,
                held: this.longestHeld(),
                ...readFrameSize(this.grabber),
            })
        )
    }

    private longestHeld(): HeldFrame | undefined {
        const first = this.lent.values().next().value
        return (
            first && {
                sequence: first.sequence,
                heldS: (this.board.clock.nowNs - first.ns) / 1e9,
            }
        )
    }

    private readMode(): AppliedMode {
        const { grabber, board, boardFile } = this
        return readMode(grabber, board.sensor.name, boardFile.frameMemory)
    }

    /** All rows of a frame have come with this batch, all of them right. */
    private completes({ sent, height, format }: CapturedFrame): boolean {
        if (format === "jpeg") return true
        const { sequence, rows } = this.batches
        const before = sequence === sent.sequence ? rows : 0
        this.batches = { sequence: sent.sequence, rows: before + height }
        return this.batches.rows >= this.frameRows
    }

    private frameJudged(frame: CapturedFrame): void {
        this.judgedFrames++
        this.lastFrameNs = this.board.clock.nowNs
        const right = frame.pixelErrors === 0 && !frame.torn
        this.faults.judged({
            sent: frame.sent,
            right,
            whole: right && this.completes(frame),
            size: frame.window,
        })
        this.firstFrame ??= frame
        this.lastFrame = frame
        this.onFrame(frame)
    }
}
