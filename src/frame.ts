// SPDX-License-Identifier: MIT
// One captured frame, lent to the program; its pixels stay in native memory until rows of it are read.

import type { Descriptor, FrameStats } from "../drivers/grabber/blocks"
import type { FrameGrabber } from "../drivers/grabber/grabber"
import type { Rectangle } from "../protocol/capture"

/** No descriptor has been read, or what was read is not to be relied on: the next one is read whole. */
export const NOT_READ = -1

/** The frame is not lent any more: its handler has ended, or it was released. */
const NOT_LENT = -1

/**
 * A frame, valid while it is lent: until its handler's promise resolves, or until release().
 * The object is used again for the next frame: copy what you want to keep.
 */
export class Frame implements Descriptor {
    /** The grabber's buffer; -1: not lent. */
    index = NOT_LENT
    /** Of the driver: see Descriptor. */
    changes = NOT_READ
    /** Counts frames of the sensor since start, also those not captured. */
    sequence = 0
    /** First and last captured pixel, microseconds since boot; wraps after 71 minutes. */
    startUs = 0
    endUs = 0
    /** With automatic exposure: as last read from the sensor. */
    exposureUs = 0
    /** Analog gain, 1 = 1x; with automatic gain: as last read from the sensor. */
    gain = 1
    /** Frames of the sensor lost since the one delivered before. */
    droppedBefore = 0
    /** The pixels of the sensor's field that this frame shows; binned or scaled, it has fewer of its own. */
    window: Rectangle = { x: 0, y: 0, width: 0, height: 0 }
    sizeBytes = 0
    /** Bytes of one row, and rows. */
    lineBytes = 0
    lines = 0
    /** Row of the frame that a batch of rows starts with; 0 for frames. */
    firstRow = 0
    /** With this batch of rows the frame is whole. */
    lastBatch = false
    /** When the frame was triggered, as startUs; 0: not triggered. */
    triggerUs = 0

    private readonly grabber: FrameGrabber
    private row: Buffer | undefined = undefined
    private readonly statistics: FrameStats = {
        mean: 0,
        min: 0,
        max: 0,
        count: 0,
        centroidX: 0,
        centroidY: 0,
        sumDiff: 0,
    }

    constructor(grabber: FrameGrabber) {
        this.grabber = grabber
    }

    /**
     * Read one row.
     *
     * @param y 0 is the window's top row
     * @returns a Buffer that the next readRow of this camera fills again
     * @throws RangeError for a row that is not in the frame
     */
    async readRow(y: number): Promise<Buffer> {
        this.checkRows(y, 1)
        let row = this.row
        if (!row || row.length !== this.lineBytes) {
            row = Buffer.alloc(this.lineBytes)
            this.row = row
        }
        await this.grabber.readPixelsInto(this.index, y * this.lineBytes, row)
        return row
    }

    /**
     * Read rows.
     *
     * @param y the first; 0 is the window's top row
     * @param rows how many
     * @param into rows x lineBytes bytes, to be filled; left out: a new Buffer
     * @throws RangeError for rows that are not in the frame, or an `into` of another size
     * @throws GrabberError when the VM's heap cannot hold a new Buffer of that size
     */
    async readRows(y: number, rows: number, into?: Buffer): Promise<Buffer> {
        this.checkRows(y, rows)
        const sizeBytes = rows * this.lineBytes
        const offset = y * this.lineBytes
        if (!into)
            return await this.grabber.readPixels(this.index, offset, sizeBytes)
        if (into.length !== sizeBytes)
            throw new RangeError(
                `${rows} rows are ${sizeBytes} bytes, the Buffer has ${into.length}`
            )
        await this.grabber.readPixelsInto(this.index, offset, into)
        return into
    }

    /**
     * Compute statistics, in native code.
     *
     * @param threshold gray level 0..255 from which on a pixel counts for `count` and the centroid
     * @param rowStep look at every so many rows, 1..255. All of 220x220 take some 200,000 instructions, 2 ms: too long
     *     for a program with one buffer, which has to be back before the sensor sends the next frame.
     * @returns an object that the next stats() of this camera fills again
     */
    async stats(threshold: number, rowStep = 1): Promise<FrameStats> {
        this.checkLent()
        await this.grabber.stats(
            this.index,
            threshold,
            rowStep,
            this.statistics
        )
        return this.statistics
    }

    /**
     * Count gray levels, in native code.
     *
     * @param bins 256 bytes; filled with 64 counts (u32), each of 4 gray levels
     */
    async histogram(bins: Buffer): Promise<void> {
        this.checkLent()
        await this.grabber.histogram(this.index, bins)
    }

    /** Whether it was not given back yet. */
    isLent(): boolean {
        return this.index !== NOT_LENT
    }

    /**
     * Give the frame back early; the camera does it when the handler has ended.
     *
     * @returns how many frames wait; 1 when it was given back before: some may
     */
    async release(): Promise<number> {
        const index = this.index
        if (index === NOT_LENT) return 1
        this.index = NOT_LENT
        return await this.grabber.release(index)
    }

    private checkLent(): void {
        if (this.index === NOT_LENT)
            throw new RangeError(
                "this frame was given back: use it in its handler only"
            )
    }

    private checkRows(y: number, rows: number): void {
        this.checkLent()
        if (!(rows >= 1 && y >= 0 && y + rows <= this.lines))
            throw new RangeError(
                `rows ${y}..${y + rows - 1} are not in the frame of ${this.lines} rows`
            )
    }
}
