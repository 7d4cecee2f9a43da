// SPDX-License-Identifier: MIT
// The frame grabber's mode block and counters, read as a program reads them.

import {
    FORMATS,
    STRATEGIES,
    type AppliedMode,
    type Counters,
} from "../capture.ts"
import type { DisplayLayout } from "../display-frame.ts"
import { Grabber, GRABBER_ADDRESS } from "./grabber-map.ts"

/** Who does the transfers: the native code. */
export interface GrabberBus {
    transfer(address: number, write: Uint8Array, read: Uint8Array): number
}

/** Where the board has its frame buffers. */
export interface FrameMemory {
    readonly address: number
    readonly bytes: number
}

/** LINE_DESTINATION: the memory of a display. */
const DESTINATION_DISPLAY = 2

/** Counters of the grabber itself. */
export type GrabberCounters = Pick<
    Counters,
    | "frames"
    | "delivered"
    | "dropped"
    | "skipped"
    | "settling"
    | "overruns"
    | "shortFrames"
    | "dmaErrors"
    | "resyncs"
    | "tooLarge"
    | "neededBytes"
    | "badJpeg"
    | "irqs"
    | "i2cErrors"
    | "restarts"
>

/** A run of registers, by their own addresses. */
class Block {
    private readonly view: DataView

    constructor(
        bus: GrabberBus,
        private readonly first: Grabber,
        last: Grabber,
        lastBytes = 4
    ) {
        const read = new Uint8Array(last + lastBytes - first)
        bus.transfer(GRABBER_ADDRESS, Uint8Array.of(first), read)
        this.view = new DataView(read.buffer)
    }

    u8(register: Grabber): number {
        return this.view.getUint8(register - this.first)
    }

    u16(register: Grabber): number {
        return this.view.getUint16(register - this.first, true)
    }

    u32(register: Grabber): number {
        return this.view.getUint32(register - this.first, true)
    }
}

/** What the program applied. */
export function readMode(
    bus: GrabberBus,
    sensor: string,
    frameMemory: FrameMemory
): AppliedMode {
    const block = new Block(bus, Grabber.MODE_STRATEGY, Grabber.MODE_GAIN_X16)
    const strategy = STRATEGIES[block.u8(Grabber.MODE_STRATEGY)]!
    const display = readDisplay(bus, frameMemory)
    // Of a display every buffer is its memory.
    const buffers = display ? 1 : block.u8(Grabber.MODE_BUFFERS)
    const lineBytes = block.u16(Grabber.MODE_LINE_BYTES)
    const lines = block.u16(Grabber.MODE_LINES)
    const rows =
        strategy === "line"
            ? rowMemory(bus, lines)
            : { perBuffer: lines, rowBufferBytes: 0 }
    return {
        sensor,
        strategy,
        window: {
            x: block.u16(Grabber.MODE_X),
            y: block.u16(Grabber.MODE_Y),
            width: block.u16(Grabber.MODE_WIDTH),
            height: block.u16(Grabber.MODE_HEIGHT),
        },
        fps: block.u32(Grabber.MODE_FPS_MILLIHZ) / 1000,
        format: FORMATS[block.u8(Grabber.MODE_FORMAT) - 1]!,
        buffers,
        busBytesPerFrame: block.u32(Grabber.MODE_BUS_BYTES),
        storedBytesPerFrame: lineBytes * lines * (display?.fromGray ? 2 : 1),
        frameBufferBytes:
            rows.rowBufferBytes +
            (display
                ? bytesInside(display, frameMemory)
                : buffers * rows.perBuffer * lineBytes),
    }
}

/** What is streamed into; undefined: no display. */
export function readDisplay(
    bus: GrabberBus,
    frameMemory: FrameMemory
): DisplayLayout | undefined {
    const mode = new Block(bus, Grabber.MODE_STRATEGY, Grabber.MODE_LINES)
    const lines = new Block(
        bus,
        Grabber.LINE_BUS_BYTES,
        Grabber.DISPLAY_FLAGS,
        1
    )
    if (STRATEGIES[mode.u8(Grabber.MODE_STRATEGY)] !== "line") return undefined
    if (lines.u8(Grabber.LINE_DESTINATION) !== DESTINATION_DISPLAY)
        return undefined
    const base = lines.u32(Grabber.DISPLAY_BASE)
    const flags = lines.u8(Grabber.DISPLAY_FLAGS)
    return {
        address: base < frameMemory.bytes ? frameMemory.address + base : base,
        strideBytes: lines.u16(Grabber.DISPLAY_STRIDE),
        rows: lines.u16(Grabber.DISPLAY_ROWS),
        bottomUp: (flags & 1) !== 0,
        fromGray: (flags & 2) !== 0,
        lineBytes: mode.u16(Grabber.MODE_LINE_BYTES),
        lines: mode.u16(Grabber.MODE_LINES),
    }
}

/** Where the frames or batches of the newest capture go; of a display: its memory. */
export function readBuffers(
    bus: GrabberBus,
    frameMemory: FrameMemory
): { readonly address: number; readonly slotBytes: number; readonly count: number } {
    const display = readDisplay(bus, frameMemory)
    if (display) {
        const { address, strideBytes, rows } = display
        return { address, slotBytes: strideBytes * rows, count: 1 }
    }
    const mode = new Block(bus, Grabber.MODE_STRATEGY, Grabber.MODE_GAIN_X16)
    const lines = mode.u16(Grabber.MODE_LINES)
    const rows =
        STRATEGIES[mode.u8(Grabber.MODE_STRATEGY)] === "line"
            ? rowMemory(bus, lines).perBuffer
            : lines
    return {
        address: frameMemory.address,
        slotBytes: rows * mode.u16(Grabber.MODE_LINE_BYTES),
        count: mode.u8(Grabber.MODE_BUFFERS),
    }
}

/** Beyond the frame memory is memory of the display's own. */
function bytesInside(display: DisplayLayout, frameMemory: FrameMemory): number {
    const { address, bytes } = frameMemory
    const inside = display.address < address + bytes
    return inside ? display.strideBytes * display.rows : 0
}

/** Rows of a frame in memory, and bytes of each. */
export function readFrameSize(bus: GrabberBus): {
    readonly lineBytes: number
    readonly lines: number
} {
    const block = new Block(bus, Grabber.MODE_LINE_BYTES, Grabber.MODE_LINES)
    return {
        lineBytes: block.u16(Grabber.MODE_LINE_BYTES),
        lines: block.u16(Grabber.MODE_LINES),
    }
}

/** What line mode has in memory: batches in place of frames, and two rows as they come. */
function rowMemory(
    bus: GrabberBus,
    lines: number
): { readonly perBuffer: number; readonly rowBufferBytes: number } {
    const block = new Block(
        bus,
        Grabber.LINE_BUS_BYTES,
        Grabber.LINE_DESTINATION
    )
    const batchRows = block.u8(Grabber.LINE_BATCH_ROWS)
    return {
        perBuffer: batchRows > 0 ? batchRows : lines,
        rowBufferBytes: 2 * block.u16(Grabber.LINE_BUS_BYTES),
    }
}

/** What was counted since the counters were cleared. */
export function readCounters(bus: GrabberBus): GrabberCounters {
    const block = new Block(bus, Grabber.BAD_JPEG, Grabber.NEEDED_BYTES)
    const recovery = new Block(bus, Grabber.I2C_ERRORS, Grabber.RESTARTS)
    return {
        frames: block.u32(Grabber.FRAMES),
        delivered: block.u32(Grabber.DELIVERED),
        dropped: block.u32(Grabber.DROPPED),
        skipped: block.u32(Grabber.SKIPPED),
        settling: block.u32(Grabber.SETTLING),
        overruns: block.u32(Grabber.OVERRUNS),
        shortFrames: block.u32(Grabber.SHORT_FRAMES),
        dmaErrors: block.u32(Grabber.DMA_ERRORS),
        resyncs: block.u32(Grabber.RESYNCS),
        tooLarge: block.u32(Grabber.TOO_LARGE),
        neededBytes: block.u32(Grabber.NEEDED_BYTES),
        badJpeg: block.u32(Grabber.BAD_JPEG),
        irqs: block.u32(Grabber.IRQS),
        i2cErrors: recovery.u32(Grabber.I2C_ERRORS),
        restarts: recovery.u32(Grabber.RESTARTS),
    }
}
