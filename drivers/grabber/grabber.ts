// SPDX-License-Identifier: MIT
// Driver of the native frame grabber (DCMI and DMA in C) at I2C address 0x7E: docs/frame-grabber.md.

import * as ds from "@devicescript/core"
import { DriverError, I2CDriver } from "@devicescript/drivers"
import { hexNumber } from "../format"
import type {
    BoardBlock,
    Counters,
    Descriptor,
    FrameStats,
    GrabberMode,
    LinesBlock,
    RecoveryCounters,
    RequestBlock,
} from "./blocks"
import {
    Bytes,
    Control,
    faultText,
    FrameFlag,
    Grabber,
    Id,
    Reg,
} from "./registers"

/** The call behind I2C.xfer; it can fill a Buffer that exists, so that a frame costs no allocation. */
type Door = typeof ds & {
    _i2cTransaction(
        address: number,
        write: Buffer,
        read?: Buffer
    ): Promise<number>
}

/** Heap that must stay free beside a new Buffer: measured with a 24 KB heap and the default camera, rounded up. */
export const HEAP_RESERVE_BYTES = 16384

/** The grabber refused, or does not answer. */
export class GrabberError extends DriverError {
    constructor(message: string) {
        super("frame grabber: " + message)
        this.name = "GrabberError"
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
    private readonly descriptor = Buffer.alloc(Bytes.DESCRIPTOR)
    private readonly statistics = Buffer.alloc(Bytes.STATS)
    private gcHeapBytes = 0

    constructor() {
        super(Grabber.ADDRESS)
        this.nextRequest[0] = Reg.NEXT
        this.releaseRequest[0] = Reg.RELEASE
    }

    protected override async initDriver(): Promise<void> {
        const board = Buffer.alloc(Bytes.BOARD)
        await this.read(Reg.ID, "ID", board)
        const id = board.getAt(0, "u32")
        if (id !== Id.CSG1)
            throw new GrabberError(
                `ID reads ${hexNumber(id, 8)}, expected ${hexNumber(Id.CSG1, 8)}`
            )
        this.gcHeapBytes = board.getAt(Reg.GC_HEAP_BYTES, "u32")
    }

    /** Read where the program runs. */
    async readBoard(): Promise<BoardBlock> {
        const block = Buffer.alloc(Bytes.BOARD)
        await this.read(Reg.ID, "the board block", block)
        return {
            hclkHz: block.getAt(Reg.HCLK_HZ, "u32"),
            xclkHz: block.getAt(Reg.XCLK_HZ, "u32"),
            frameMemoryBytes: block.getAt(Reg.FRAME_MEMORY_BYTES, "u32"),
            gcHeapBytes: block.getAt(Reg.GC_HEAP_BYTES, "u32"),
            ramBytes: block.getAt(Reg.RAM_BYTES, "u32"),
            sensorI2cHz: block.getAt(Reg.SENSOR_I2C_HZ, "u32"),
            flags: block.getAt(Reg.BOARD_FLAGS, "u32"),
        }
    }

    /** Read what the user asked for. */
    async readRequest(): Promise<RequestBlock> {
        const block = Buffer.alloc(Bytes.REQUEST)
        await this.read(Reg.REQ_SIZE_WIDTH, "the request block", block)
        return {
            sizeWidth: block.getAt(0, "u16"),
            sizeHeight: block.getAt(
                Reg.REQ_SIZE_HEIGHT - Reg.REQ_SIZE_WIDTH,
                "u16"
            ),
            x: block.getAt(Reg.REQ_X - Reg.REQ_SIZE_WIDTH, "u16"),
            y: block.getAt(Reg.REQ_Y - Reg.REQ_SIZE_WIDTH, "u16"),
            width: block.getAt(Reg.REQ_WIDTH - Reg.REQ_SIZE_WIDTH, "u16"),
            height: block.getAt(Reg.REQ_HEIGHT - Reg.REQ_SIZE_WIDTH, "u16"),
            fpsMillihz: block.getAt(
                Reg.REQ_FPS_MILLIHZ - Reg.REQ_SIZE_WIDTH,
                "u32"
            ),
            strategy: block[Reg.REQ_STRATEGY - Reg.REQ_SIZE_WIDTH],
            format: block[Reg.REQ_FORMAT - Reg.REQ_SIZE_WIDTH],
            buffers: block[Reg.REQ_BUFFERS - Reg.REQ_SIZE_WIDTH],
            quality: block[Reg.REQ_QUALITY - Reg.REQ_SIZE_WIDTH],
            ramBytes: block.getAt(
                Reg.REQ_RAM_BYTES - Reg.REQ_SIZE_WIDTH,
                "u32"
            ),
            timing: block[Reg.REQ_TIMING - Reg.REQ_SIZE_WIDTH],
            sensor: block[Reg.REQ_SENSOR - Reg.REQ_SIZE_WIDTH],
            testPattern: block[Reg.REQ_TEST_PATTERN - Reg.REQ_SIZE_WIDTH],
            flags: block[Reg.REQ_FLAGS - Reg.REQ_SIZE_WIDTH],
            exposureUs: block.getAt(
                Reg.REQ_EXPOSURE_US - Reg.REQ_SIZE_WIDTH,
                "u32"
            ),
            gainX16: block.getAt(Reg.REQ_GAIN_X16 - Reg.REQ_SIZE_WIDTH, "u16"),
        }
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
        await this.write8(Reg.MODE_STRATEGY, "MODE_STRATEGY", mode.strategy)
        await this.write8(Reg.MODE_FORMAT, "MODE_FORMAT", mode.format)
        await this.write8(Reg.MODE_BUFFERS, "MODE_BUFFERS", mode.buffers)
        await this.write8(Reg.MODE_FLAGS, "MODE_FLAGS", mode.flags)
        await this.write16(Reg.MODE_X, "MODE_X", mode.window.x)
        await this.write16(Reg.MODE_Y, "MODE_Y", mode.window.y)
        await this.write16(Reg.MODE_WIDTH, "MODE_WIDTH", mode.window.width)
        await this.write16(Reg.MODE_HEIGHT, "MODE_HEIGHT", mode.window.height)
        await this.write32(
            Reg.MODE_FPS_MILLIHZ,
            "MODE_FPS_MILLIHZ",
            Math.round(mode.fps * 1000)
        )
        await this.write16(
            Reg.MODE_LINE_BYTES,
            "MODE_LINE_BYTES",
            mode.lineBytes
        )
        await this.write16(Reg.MODE_LINES, "MODE_LINES", mode.lines)
        await this.write32(Reg.MODE_CWSTRT, "MODE_CWSTRT", mode.cwstrt)
        await this.write32(Reg.MODE_CWSIZE, "MODE_CWSIZE", mode.cwsize)
        await this.write32(
            Reg.MODE_READOUT_US,
            "MODE_READOUT_US",
            mode.readoutUs
        )
        await this.write32(Reg.MODE_BUS_BYTES, "MODE_BUS_BYTES", mode.busBytes)
        await this.write8(Reg.MODE_SYNC, "MODE_SYNC", mode.sync)
        await this.write8(
            Reg.MODE_SETTLE_FRAMES,
            "MODE_SETTLE_FRAMES",
            mode.settleFrames
        )
    }

    /**
     * Tell the grabber what the CPU does with each row: strategy line only.
     * @throws GrabberError while streaming
     */
    async writeLines(lines: LinesBlock): Promise<void> {
        const block = Buffer.alloc(1 + Bytes.LINES)
        const { display } = lines
        block[0] = Reg.LINE_BUS_BYTES
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
        move[0] = Reg.MOVE_SENSOR
        move[1] = address
        move.setAt(2, "u16", x)
        move.setAt(4, "u16", y)
        move.blitAt(6, bytes, 0, bytes.length)
        await this.transact("MOVE_SENSOR", move)
    }

    /** Move the DCMI's crop window; the frame that it acts on carries x and y. */
    async moveCrop(x: number, y: number, cwstrt: number): Promise<void> {
        const move = this.request9
        move[0] = Reg.MOVE_CROP
        move.setAt(1, "u16", x)
        move.setAt(3, "u16", y)
        move.setAt(5, "u32", cwstrt)
        await this.transact("MOVE_CROP", move)
    }

    /** Raise the sensor's EXPOSURE pin for `pulseUs` microseconds; the time is the triggerUs of the frame it exposes. */
    async trigger(pulseUs: number): Promise<void> {
        await this.write32(Reg.TRIGGER, "TRIGGER", pulseUs)
    }

    /**
     * Note what the sensor uses; later frames carry it. May be called while streaming.
     *
     * @param exposureUs rounded to whole µs
     * @param gain 1 = 1x
     */
    async annotate(exposureUs: number, gain: number): Promise<void> {
        await this.write32(
            Reg.MODE_EXPOSURE_US,
            "MODE_EXPOSURE_US",
            Math.round(exposureUs)
        )
        await this.write16(
            Reg.MODE_GAIN_X16,
            "MODE_GAIN_X16",
            Math.round(gain * 16)
        )
    }

    /** Arm the receiver: it captures from the sensor's next start of frame on. */
    async start(): Promise<void> {
        await this.write8(Reg.CONTROL, "CONTROL", Control.START)
    }

    /** End the capture with the frame that is running; frames not looked at count as skipped. */
    async stop(): Promise<void> {
        await this.write8(Reg.CONTROL, "CONTROL", Control.STOP)
    }

    async clearCounters(): Promise<void> {
        await this.write8(Reg.CONTROL, "CONTROL", Control.CLEAR_COUNTERS)
    }

    /** Read all counters. */
    async readCounters(): Promise<Counters> {
        const block = Buffer.alloc(Bytes.COUNTERS)
        await this.read(Reg.FRAMES, "the counters", block)
        return {
            frames: block.getAt(Reg.FRAMES - Reg.FRAMES, "u32"),
            delivered: block.getAt(Reg.DELIVERED - Reg.FRAMES, "u32"),
            dropped: block.getAt(Reg.DROPPED - Reg.FRAMES, "u32"),
            skipped: block.getAt(Reg.SKIPPED - Reg.FRAMES, "u32"),
            settling: block.getAt(Reg.SETTLING - Reg.FRAMES, "u32"),
            overruns: block.getAt(Reg.OVERRUNS - Reg.FRAMES, "u32"),
            shortFrames: block.getAt(Reg.SHORT_FRAMES - Reg.FRAMES, "u32"),
            dmaErrors: block.getAt(Reg.DMA_ERRORS - Reg.FRAMES, "u32"),
            irqs: block.getAt(Reg.IRQS - Reg.FRAMES, "u32"),
            resyncs: block.getAt(Reg.RESYNCS - Reg.FRAMES, "u32"),
            tooLarge: block.getAt(Reg.TOO_LARGE - Reg.FRAMES, "u32"),
            neededBytes: block.getAt(Reg.NEEDED_BYTES - Reg.FRAMES, "u32"),
        }
    }

    /** Read what went wrong beside the frames. */
    async readRecovery(): Promise<RecoveryCounters> {
        const block = Buffer.alloc(Bytes.RECOVERY)
        await this.read(Reg.I2C_ERRORS, "the recovery block", block)
        return {
            i2cErrors: block.getAt(0, "u32"),
            restarts: block.getAt(Reg.RESTARTS - Reg.I2C_ERRORS, "u32"),
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
        const status = await (ds as Door)._i2cTransaction(
            Grabber.ADDRESS,
            this.nextRequest,
            block
        )
        if (status !== 0) await this.refuse("NEXT", status)
        if (block[0] === Grabber.NO_FRAME) return false
        frame.index = block[0]
        frame.sequence = block.getAt(4, "u32")
        frame.startUs = block.getAt(8, "u32")
        frame.endUs = block.getAt(12, "u32")
        frame.exposureUs = block.getAt(16, "u32")
        frame.gain = block.getAt(20, "u16") / 16
        frame.droppedBefore = block.getAt(22, "u16")
        const window = frame.window
        window.x = block.getAt(24, "u16")
        window.y = block.getAt(26, "u16")
        window.width = block.getAt(28, "u16")
        window.height = block.getAt(30, "u16")
        frame.sizeBytes = block.getAt(32, "u32")
        frame.lineBytes = block.getAt(36, "u16")
        frame.lines = block.getAt(38, "u16")
        frame.firstRow = block.getAt(40, "u16")
        frame.lastBatch = (block[1] & FrameFlag.LAST_BATCH) !== 0
        frame.triggerUs = block.getAt(44, "u32")
        return true
    }

    /** Give a lent frame back. */
    async release(index: number): Promise<void> {
        this.releaseRequest[1] = index
        const status = await (ds as Door)._i2cTransaction(
            Grabber.ADDRESS,
            this.releaseRequest
        )
        if (status !== 0) await this.refuse("RELEASE", status)
    }

    /**
     * Pass over frames that nobody looked at; they count as skipped.
     *
     * @param frames 1..255, the oldest first
     */
    async skip(frames: number): Promise<void> {
        await this.write8(Reg.SKIP, "SKIP", frames)
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
        if (sizeBytes + HEAP_RESERVE_BYTES > this.gcHeapBytes)
            throw new GrabberError(
                `${sizeBytes} bytes of pixels and ${HEAP_RESERVE_BYTES} for the program do not fit into ` +
                    `the GC heap of ${this.gcHeapBytes} bytes; read fewer rows`
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
        this.request6[0] = Reg.PIXELS
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
        this.request4[0] = Reg.STATS
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
        this.request2[0] = Reg.HISTOGRAM
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
        const status = await (ds as Door)._i2cTransaction(
            this.devAddr,
            write,
            read
        )
        if (status !== 0) await this.refuse(name, status)
    }

    /** @throws GrabberError always: what the grabber found wrong */
    private async refuse(name: string, status: number): Promise<void> {
        throw new GrabberError(await this.refusal(name, status))
    }

    /** Put LAST_ERROR into words. */
    private async refusal(name: string, status: number): Promise<string> {
        const fault = Buffer.alloc(1)
        const numbers = Buffer.alloc(8)
        this.request1[0] = Reg.LAST_ERROR
        let answered = await (ds as Door)._i2cTransaction(
            this.devAddr,
            this.request1,
            fault
        )
        this.request1[0] = Reg.ERROR_VALUE
        if (answered === 0)
            answered = await (ds as Door)._i2cTransaction(
                this.devAddr,
                this.request1,
                numbers
            )
        if (answered !== 0 || fault[0] === 0)
            return `${name}: I2C status ${status}`
        return `${name}: ${faultText(fault[0], numbers.getAt(0, "u32"), numbers.getAt(4, "u32"))}`
    }
}
