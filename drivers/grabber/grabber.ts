// SPDX-License-Identifier: MIT
// Driver of the native frame grabber (DCMI and DMA in C) at I2C address 0x7E: docs/frame-grabber.md.

import * as ds from "@devicescript/core"
import { DriverError, I2CDriver } from "@devicescript/drivers"
import { hexNumber } from "../format"
import type { I2cCall } from "../i2c-call"
import type {
    BoardBlock,
    Counters,
    Descriptor,
    FrameStats,
    GrabberMode,
    LinesBlock,
    RecoveryCounters,
} from "./blocks"
import {
    GrabberBytes,
    Control,
    DescriptorAt,
    FrameFlag,
    GrabberPage,
    GrabberReg,
} from "../../protocol/grabber-page"
import { faultText } from "./fault-text"

/**
 * Of the GC heap, for the camera (10 KB, which lie together) and the program. What a handler waits with lies somewhere in the rest:
 * at worst in its middle, so that half of it is in one piece (measured with Buffers of a program's own between: 6400 bytes of
 * 24 KB, 19,500 of 40 KB).
 */
export const HEAP_PROGRAM_BYTES = 12288

/** The grabber refused, or does not answer. */
export class GrabberError extends DriverError {
    /** LAST_ERROR and ERROR_VALUE; 0: not known. */
    readonly fault: number
    readonly value: number

    constructor(message: string, fault?: number, value?: number) {
        super("frame grabber: " + message)
        this.name = "GrabberError"
        this.fault = fault ?? 0
        this.value = value ?? 0
    }
}

/** The frame grabber. Transfers are function calls: they take no bus time and do not let other fibers run. */
export class FrameGrabber extends I2CDriver {
    // One Buffer for each length of a request: the transfer writes all of it.
    private readonly request1 = Buffer.alloc(1)
    private readonly request2 = Buffer.alloc(2)
    private readonly request3 = Buffer.alloc(3)
    private readonly request4 = Buffer.alloc(4)
    private readonly request5 = Buffer.alloc(5)
    private readonly request6 = Buffer.alloc(6)
    private readonly request9 = Buffer.alloc(9)
    // For the two transfers of every frame: nothing but the call, and nothing to fill in but the index.
    private readonly nextRequest = Buffer.alloc(1)
    private readonly releaseRequest = Buffer.alloc(2)
    private readonly waiting = Buffer.alloc(1)
    private readonly descriptor = Buffer.alloc(GrabberBytes.DESCRIPTOR)
    private readonly statistics = Buffer.alloc(GrabberBytes.STATS)
    private gcHeapBytes = 0

    constructor() {
        super(GrabberPage.ADDRESS)
        this.nextRequest[0] = GrabberReg.NEXT
        this.releaseRequest[0] = GrabberReg.RELEASE
    }

    protected override async initDriver(): Promise<void> {
        const board = Buffer.alloc(GrabberBytes.BOARD)
        await this.read(GrabberReg.ID, "ID", board)
        const id = board.getAt(0, "u32")
        if (id !== GrabberPage.ID)
            throw new GrabberError(
                `ID reads ${hexNumber(id, 8)}, expected ${hexNumber(GrabberPage.ID, 8)}`
            )
        this.gcHeapBytes = board.getAt(GrabberReg.GC_HEAP_BYTES, "u32")
    }

    /** Read where the program runs. */
    async readBoard(): Promise<BoardBlock> {
        const block = Buffer.alloc(GrabberBytes.BOARD)
        await this.read(GrabberReg.ID, "the board block", block)
        return {
            hclkHz: block.getAt(GrabberReg.HCLK_HZ, "u32"),
            xclkHz: block.getAt(GrabberReg.XCLK_HZ, "u32"),
            frameMemoryBytes: block.getAt(GrabberReg.FRAME_MEMORY_BYTES, "u32"),
            gcHeapBytes: block.getAt(GrabberReg.GC_HEAP_BYTES, "u32"),
            ramBytes: block.getAt(GrabberReg.RAM_BYTES, "u32"),
            sensorI2cHz: block.getAt(GrabberReg.SENSOR_I2C_HZ, "u32"),
            flags: block.getAt(GrabberReg.BOARD_FLAGS, "u32"),
        }
    }

    /**
     * Read what the user asked for.
     *
     * @returns the request block, for decodeRequest() and requestedSensor()
     */
    async readRequest(): Promise<Buffer> {
        const block = Buffer.alloc(GrabberBytes.REQUEST)
        await this.read(GrabberReg.REQ_SIZE_WIDTH, "the request block", block)
        return block
    }

    /**
     * Tell the grabber what will be captured.
     * @throws GrabberError while streaming, and when memory or geometry do not allow it
     */
    async writeMode(mode: GrabberMode): Promise<void> {
        // The C side refuses it too, but at the start, as a number among others.
        if (mode.lineBytes % 4 !== 0)
            throw new GrabberError(
                `MODE_LINE_BYTES: a row of ${mode.lineBytes} bytes is no multiple of 4, the bytes of a DMA word`
            )
        const block = Buffer.alloc(1 + GrabberBytes.MODE)
        block[0] = GrabberReg.MODE_STRATEGY
        const at = 1 - GrabberReg.MODE_STRATEGY
        block[at + GrabberReg.MODE_STRATEGY] = mode.strategy
        block[at + GrabberReg.MODE_FORMAT] = mode.format
        block[at + GrabberReg.MODE_BUFFERS] = mode.buffers
        block[at + GrabberReg.MODE_FLAGS] = mode.flags
        block.setAt(at + GrabberReg.MODE_X, "u16", mode.window.x)
        block.setAt(at + GrabberReg.MODE_Y, "u16", mode.window.y)
        block.setAt(at + GrabberReg.MODE_WIDTH, "u16", mode.window.width)
        block.setAt(at + GrabberReg.MODE_HEIGHT, "u16", mode.window.height)
        block.setAt(
            at + GrabberReg.MODE_FPS_MILLIHZ,
            "u32",
            Math.round(mode.fps * 1000)
        )
        block.setAt(at + GrabberReg.MODE_LINE_BYTES, "u16", mode.lineBytes)
        block.setAt(at + GrabberReg.MODE_LINES, "u16", mode.lines)
        block.setAt(at + GrabberReg.MODE_CWSTRT, "u32", mode.cwstrt)
        block.setAt(at + GrabberReg.MODE_CWSIZE, "u32", mode.cwsize)
        block.setAt(at + GrabberReg.MODE_READOUT_US, "u32", mode.readoutUs)
        block.setAt(at + GrabberReg.MODE_BUS_BYTES, "u32", mode.busBytes)
        block[at + GrabberReg.MODE_SYNC] = mode.sync
        block[at + GrabberReg.MODE_SETTLE_FRAMES] = mode.settleFrames
        block[at + GrabberReg.MODE_BINNING] = mode.binning
        block.setAt(at + GrabberReg.MODE_FRAME_ROWS, "u16", mode.frameRows)
        await this.transact("the mode block", block)
    }

    /**
     * Tell the grabber what the CPU does with each row: strategy line only.
     * @throws GrabberError while streaming
     */
    async writeLines(lines: LinesBlock): Promise<void> {
        const block = Buffer.alloc(1 + GrabberBytes.LINES)
        const { display } = lines
        block[0] = GrabberReg.LINE_BUS_BYTES
        block.setAt(1, "u16", lines.busBytes)
        block.setAt(3, "u16", lines.skipBytes)
        block.setAt(5, "u16", lines.skipRows)
        block[7] = lines.batchRows
        block[8] = lines.destination
        if (display) {
            block.setAt(9, "u32", display.base)
            block.setAt(13, "u16", display.strideBytes)
            block.setAt(15, "u16", display.rows)
            block[17] = display.flags
        }
        await this.transact("the lines block", block)
    }

    /**
     * Write bytes to the sensor that move its window. The first frame taken with them carries x and y; waits up to a frame
     * when the frame that would be the first is not certain.
     *
     * @param address of the sensor, 7 bits
     * @param bytes 1..8
     */
    async moveSensor(
        address: number,
        x: number,
        y: number,
        bytes: Buffer
    ): Promise<void> {
        const move = Buffer.alloc(6 + bytes.length)
        move[0] = GrabberReg.MOVE_SENSOR
        move[1] = address
        move.setAt(2, "u16", x)
        move.setAt(4, "u16", y)
        move.blitAt(6, bytes, 0, bytes.length)
        await this.transact("MOVE_SENSOR", move)
    }

    /** Move the DCMI's crop window; the frame that it acts on carries x and y. */
    async moveCrop(x: number, y: number, cwstrt: number): Promise<void> {
        const move = this.request9
        move[0] = GrabberReg.MOVE_CROP
        move.setAt(1, "u16", x)
        move.setAt(3, "u16", y)
        move.setAt(5, "u32", cwstrt)
        await this.transact("MOVE_CROP", move)
    }

    /** Raise the sensor's EXPOSURE pin for `pulseUs` microseconds; the time is the triggerUs of the frame it exposes. */
    async trigger(pulseUs: number): Promise<void> {
        await this.write32(GrabberReg.TRIGGER, "TRIGGER", pulseUs)
    }

    /**
     * Note what the sensor uses; later frames carry it. May be called while streaming.
     *
     * @param exposureUs rounded to whole µs
     * @param gain 1 = 1x
     */
    async annotate(exposureUs: number, gain: number): Promise<void> {
        await this.write32(
            GrabberReg.MODE_EXPOSURE_US,
            "MODE_EXPOSURE_US",
            Math.round(exposureUs)
        )
        await this.write16(
            GrabberReg.MODE_GAIN_X16,
            "MODE_GAIN_X16",
            Math.round(gain * 16)
        )
    }

    /** Arm the receiver: it captures from the sensor's next start of frame on. */
    async start(): Promise<void> {
        await this.write8(GrabberReg.CONTROL, "CONTROL", Control.START)
    }

    /** End the capture with the frame that is running; frames not looked at count as skipped. */
    async stop(): Promise<void> {
        await this.write8(GrabberReg.CONTROL, "CONTROL", Control.STOP)
    }

    /**
     * Write another value of Control than START and STOP.
     * @throws GrabberError for power of the sensor while streaming, and for standby without the pin
     */
    async control(value: Control): Promise<void> {
        await this.write8(GrabberReg.CONTROL, "CONTROL", value)
    }

    /** Read registers that follow each other into a new Buffer. */
    async readBlock(
        reg: number,
        name: string,
        sizeBytes: number
    ): Promise<Buffer> {
        const block = Buffer.alloc(sizeBytes)
        await this.read(reg, name, block)
        return block
    }

    /** Count from zero again: all counters of readCounters(). */
    async clearCounters(): Promise<void> {
        await this.write8(GrabberReg.CONTROL, "CONTROL", Control.CLEAR_COUNTERS)
    }

    /** Read all counters. */
    async readCounters(): Promise<Counters> {
        const block = Buffer.alloc(GrabberBytes.COUNTERS)
        await this.read(GrabberReg.FRAMES, "the counters", block)
        return {
            frames: block.getAt(GrabberReg.FRAMES - GrabberReg.FRAMES, "u32"),
            delivered: block.getAt(
                GrabberReg.DELIVERED - GrabberReg.FRAMES,
                "u32"
            ),
            dropped: block.getAt(GrabberReg.DROPPED - GrabberReg.FRAMES, "u32"),
            skipped: block.getAt(GrabberReg.SKIPPED - GrabberReg.FRAMES, "u32"),
            settling: block.getAt(
                GrabberReg.SETTLING - GrabberReg.FRAMES,
                "u32"
            ),
            overruns: block.getAt(
                GrabberReg.OVERRUNS - GrabberReg.FRAMES,
                "u32"
            ),
            shortFrames: block.getAt(
                GrabberReg.SHORT_FRAMES - GrabberReg.FRAMES,
                "u32"
            ),
            dmaErrors: block.getAt(
                GrabberReg.DMA_ERRORS - GrabberReg.FRAMES,
                "u32"
            ),
            irqs: block.getAt(GrabberReg.IRQS - GrabberReg.FRAMES, "u32"),
            resyncs: block.getAt(GrabberReg.RESYNCS - GrabberReg.FRAMES, "u32"),
            tooLarge: block.getAt(
                GrabberReg.TOO_LARGE - GrabberReg.FRAMES,
                "u32"
            ),
            neededBytes: block.getAt(
                GrabberReg.NEEDED_BYTES - GrabberReg.FRAMES,
                "u32"
            ),
        }
    }

    /** Read what went wrong beside the frames. */
    async readRecovery(): Promise<RecoveryCounters> {
        const block = Buffer.alloc(GrabberBytes.RECOVERY)
        await this.read(GrabberReg.OVERRUN_FRAMES, "the recovery block", block)
        const first = GrabberReg.OVERRUN_FRAMES
        return {
            overrunFrames: block.getAt(0, "u32"),
            sensorFrames: block.getAt(GrabberReg.SENSOR_FRAMES - first, "u32"),
            i2cErrors: block.getAt(GrabberReg.I2C_ERRORS - first, "u32"),
            restarts: block.getAt(GrabberReg.RESTARTS - first, "u32"),
            lost: block.getAt(GrabberReg.LOST - first, "u32"),
            doubtful: block.getAt(GrabberReg.DOUBTFUL - first, "u32"),
        }
    }

    /**
     * Borrow the oldest frame not yet looked at.
     *
     * @param frame is filled; unchanged when no frame waits
     * @returns false when no frame waits
     */
    async next(frame: Descriptor): Promise<boolean> {
        const block = this.descriptor
        const status = await (ds as I2cCall)._i2cTransaction(
            GrabberPage.ADDRESS,
            this.nextRequest,
            block
        )
        if (status !== 0) await this.refuse("NEXT", status)
        if (block[DescriptorAt.INDEX] === GrabberPage.NO_FRAME) return false
        frame.index = block[DescriptorAt.INDEX]
        frame.sequence = block.getAt(DescriptorAt.SEQUENCE, "u32")
        frame.startUs = block.getAt(DescriptorAt.START_US, "u32")
        frame.endUs = block.getAt(DescriptorAt.END_US, "u32")
        frame.droppedBefore = block.getAt(DescriptorAt.DROPPED_BEFORE, "u16")
        if (frame.changes !== block[DescriptorAt.CHANGES])
            readChanged(frame, block)
        return true
    }

    /**
     * Give a lent frame back.
     *
     * @returns how many frames wait
     */
    async release(index: number): Promise<number> {
        this.releaseRequest[1] = index
        const status = await (ds as I2cCall)._i2cTransaction(
            GrabberPage.ADDRESS,
            this.releaseRequest,
            this.waiting
        )
        if (status !== 0) await this.refuse("RELEASE", status)
        return this.waiting[0]
    }

    /**
     * Pass over frames that nobody looked at; they count as skipped.
     *
     * @param frames 1..255, the oldest first
     */
    async skip(frames: number): Promise<void> {
        await this.write8(GrabberReg.SKIP, "SKIP", frames)
    }

    /**
     * Read bytes of a lent frame into a new Buffer.
     *
     * @param offset of the first byte
     * @throws GrabberError when the VM's heap cannot hold them, or they are not in the frame
     */
    async readPixels(
        index: number,
        offset: number,
        sizeBytes: number
    ): Promise<Buffer> {
        const most = (this.gcHeapBytes - HEAP_PROGRAM_BYTES) >> 1
        if (sizeBytes > most)
            throw new GrabberError(
                `${sizeBytes} bytes of pixels may find no room in one piece in the GC heap of ${this.gcHeapBytes} bytes: ` +
                    `${most} do; read fewer rows, or into a Buffer that is there`
            )
        const pixels = Buffer.alloc(sizeBytes)
        await this.readPixelsInto(index, offset, pixels)
        return pixels
    }

    /**
     * Read bytes of a lent frame.
     *
     * @param pixels is filled, all of it
     * @throws GrabberError when they are not in the frame
     */
    async readPixelsInto(
        index: number,
        offset: number,
        pixels: Buffer
    ): Promise<void> {
        this.request6[0] = GrabberReg.PIXELS
        this.request6[1] = index
        this.request6.setAt(2, "u32", offset)
        await this.transact("PIXELS", this.request6, pixels)
    }

    /**
     * Compute statistics of a lent frame.
     *
     * @param threshold gray level 0..255
     * @param rowStep 1..255: look at every so many rows
     * @param into is filled
     */
    async stats(
        index: number,
        threshold: number,
        rowStep: number,
        into: FrameStats
    ): Promise<void> {
        this.request4[0] = GrabberReg.STATS
        this.request4[1] = index
        this.request4[2] = threshold
        this.request4[3] = rowStep
        const block = this.statistics
        await this.transact("STATS", this.request4, block)
        into.mean = block.getAt(0, "u16") / 256
        into.min = block[2]
        into.max = block[3]
        into.count = block.getAt(4, "u32")
        into.centroidX = block.getAt(8, "u32") / 256
        into.centroidY = block.getAt(12, "u32") / 256
        into.sumDiff = block.getAt(16, "u32")
    }

    /**
     * Count the gray levels of a lent frame.
     *
     * @param bins 256 bytes; is filled with 64 counts (u32), each of 4 gray levels
     */
    async histogram(index: number, bins: Buffer): Promise<void> {
        this.request2[0] = GrabberReg.HISTOGRAM
        this.request2[1] = index
        await this.transact("HISTOGRAM", this.request2, bins)
    }

    private async read(reg: number, name: string, into: Buffer): Promise<void> {
        this.request1[0] = reg
        await this.transact(name, this.request1, into)
    }

    private async write8(
        reg: number,
        name: string,
        value: number
    ): Promise<void> {
        this.request2[0] = reg
        this.request2[1] = value
        await this.transact(name, this.request2)
    }

    private async write16(
        reg: number,
        name: string,
        value: number
    ): Promise<void> {
        this.request3[0] = reg
        this.request3.setAt(1, "u16", value)
        await this.transact(name, this.request3)
    }

    private async write32(
        reg: number,
        name: string,
        value: number
    ): Promise<void> {
        this.request5[0] = reg
        this.request5.setAt(1, "u32", value)
        await this.transact(name, this.request5)
    }

    private async transact(
        name: string,
        write: Buffer,
        read?: Buffer
    ): Promise<void> {
        const status = await (ds as I2cCall)._i2cTransaction(
            this.devAddr,
            write,
            read
        )
        if (status !== 0) await this.refuse(name, status)
    }

    /** @throws GrabberError always: what the grabber found wrong */
    private async refuse(name: string, status: number): Promise<void> {
        throw await this.refusal(name, status)
    }

    /** Put LAST_ERROR into words. */
    private async refusal(name: string, status: number): Promise<GrabberError> {
        const fault = Buffer.alloc(1)
        const numbers = Buffer.alloc(8)
        this.request1[0] = GrabberReg.LAST_ERROR
        let answered = await (ds as I2cCall)._i2cTransaction(
            this.devAddr,
            this.request1,
            fault
        )
        this.request1[0] = GrabberReg.ERROR_VALUE
        if (answered === 0)
            answered = await (ds as I2cCall)._i2cTransaction(
                this.devAddr,
                this.request1,
                numbers
            )
        if (answered !== 0 || fault[0] === 0)
            return new GrabberError(`${name}: I2C status ${status}`)
        const value = numbers.getAt(0, "u32")
        const text = faultText(fault[0], value, numbers.getAt(4, "u32"))
        return new GrabberError(`${name}: ${text}`, fault[0], value)
    }
}

/** What is as a rule the same in all frames of a capture. */
function readChanged(frame: Descriptor, block: Buffer): void {
    frame.changes = block[DescriptorAt.CHANGES]
    frame.exposureUs = block.getAt(DescriptorAt.EXPOSURE_US, "u32")
    frame.gain = block.getAt(DescriptorAt.GAIN_X16, "u16") / 16
    const window = frame.window
    window.x = block.getAt(DescriptorAt.X, "u16")
    window.y = block.getAt(DescriptorAt.Y, "u16")
    window.width = block.getAt(DescriptorAt.WIDTH, "u16")
    window.height = block.getAt(DescriptorAt.HEIGHT, "u16")
    frame.sizeBytes = block.getAt(DescriptorAt.SIZE_BYTES, "u32")
    frame.lineBytes = block.getAt(DescriptorAt.LINE_BYTES, "u16")
    frame.lines = block.getAt(DescriptorAt.LINES, "u16")
    frame.firstRow = block.getAt(DescriptorAt.FIRST_ROW, "u16")
    frame.lastBatch = (block[DescriptorAt.FLAGS] & FrameFlag.LAST_BATCH) !== 0
    frame.triggerUs = block.getAt(DescriptorAt.TRIGGER_US, "u32")
}
