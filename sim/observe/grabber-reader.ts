// SPDX-License-Identifier: MIT
// The frame grabber's mode block and counters, read as a program reads them.

import type { AppliedMode } from "./capture.ts"
import type { DisplayLayout } from "./display-frame.ts"
import { STRATEGY_NAMES } from "../../protocol/capture.ts"
import {
    COUNTER_REGISTERS,
    eachCounter,
    type GrabberCounters,
} from "../../protocol/counters.ts"
import { GrabberReg, GrabberPage } from "../../protocol/grabber-page.ts"
import { formatOf } from "../../protocol/names.ts"

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

/** A run of registers, by their own addresses. */
class Block {
    private readonly view: DataView

    constructor(
        bus: GrabberBus,
        private readonly first: GrabberReg,
        last: GrabberReg,
        lastBytes = 4
    ) {
        const read = new Uint8Array(last + lastBytes - first)
        bus.transfer(GrabberPage.ADDRESS, Uint8Array.of(first), read)
        this.view = new DataView(read.buffer)
    }

    u8(register: GrabberReg): number {
        return this.view.getUint8(register - this.first)
    }

    u16(register: GrabberReg): number {
        return this.view.getUint16(register - this.first, true)
    }

    u32(register: GrabberReg): number {
        return this.view.getUint32(register - this.first, true)
    }
}

/** What the program applied. */
export function readMode(
    bus: GrabberBus,
    sensor: string,
    frameMemory: FrameMemory
): AppliedMode {
    const block = new Block(
        bus,
        GrabberReg.MODE_STRATEGY,
        GrabberReg.MODE_GAIN_X16
    )
    const strategy = STRATEGY_NAMES[block.u8(GrabberReg.MODE_STRATEGY)]!
    const display = readDisplay(bus, frameMemory)
    // Of a display every buffer is its memory.
    const buffers = display ? 1 : block.u8(GrabberReg.MODE_BUFFERS)
    const lineBytes = block.u16(GrabberReg.MODE_LINE_BYTES)
    const lines = block.u16(GrabberReg.MODE_LINES)
    const rows =
        strategy === "line"
            ? rowMemory(bus, lines)
            : { perBuffer: lines, rowBufferBytes: 0 }
    return {
        sensor,
        strategy,
        window: {
            x: block.u16(GrabberReg.MODE_X),
            y: block.u16(GrabberReg.MODE_Y),
            width: block.u16(GrabberReg.MODE_WIDTH),
            height: block.u16(GrabberReg.MODE_HEIGHT),
        },
        // A program that knows nothing of it leaves 0.
        binning: Math.max(1, block.u8(GrabberReg.MODE_BINNING)),
        fps: block.u32(GrabberReg.MODE_FPS_MILLIHZ) / 1000,
        format: formatOf(block.u8(GrabberReg.MODE_FORMAT)),
        buffers,
        busBytesPerFrame: block.u32(GrabberReg.MODE_BUS_BYTES),
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
    const mode = new Block(bus, GrabberReg.MODE_STRATEGY, GrabberReg.MODE_LINES)
    const lines = new Block(
        bus,
        GrabberReg.LINE_BUS_BYTES,
        GrabberReg.DISPLAY_FLAGS,
        1
    )
    if (STRATEGY_NAMES[mode.u8(GrabberReg.MODE_STRATEGY)] !== "line")
        return undefined
    if (lines.u8(GrabberReg.LINE_DESTINATION) !== DESTINATION_DISPLAY)
        return undefined
    const base = lines.u32(GrabberReg.DISPLAY_BASE)
    const flags = lines.u8(GrabberReg.DISPLAY_FLAGS)
    return {
        address: base < frameMemory.bytes ? frameMemory.address + base : base,
        strideBytes: lines.u16(GrabberReg.DISPLAY_STRIDE),
        rows: lines.u16(GrabberReg.DISPLAY_ROWS),
        bottomUp: (flags & 1) !== 0,
        fromGray: (flags & 2) !== 0,
        lineBytes: mode.u16(GrabberReg.MODE_LINE_BYTES),
        lines: mode.u16(GrabberReg.MODE_LINES),
    }
}

/** Where the frames or batches of the newest capture go; of a display: its memory. */
export function readBuffers(
    bus: GrabberBus,
    frameMemory: FrameMemory
): {
    readonly address: number
    readonly slotBytes: number
    readonly count: number
} {
    const display = readDisplay(bus, frameMemory)
    if (display) {
        const { address, strideBytes, rows } = display
        return { address, slotBytes: strideBytes * rows, count: 1 }
    }
    const mode = new Block(
        bus,
        GrabberReg.MODE_STRATEGY,
        GrabberReg.MODE_GAIN_X16
    )
    const lines = mode.u16(GrabberReg.MODE_LINES)
    const rows =
        STRATEGY_NAMES[mode.u8(GrabberReg.MODE_STRATEGY)] === "line"
            ? rowMemory(bus, lines).perBuffer
            : lines
    return {
        address: frameMemory.address,
        slotBytes: rows * mode.u16(GrabberReg.MODE_LINE_BYTES),
        count: mode.u8(GrabberReg.MODE_BUFFERS),
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
    const block = new Block(
        bus,
        GrabberReg.MODE_LINE_BYTES,
        GrabberReg.MODE_LINES
    )
    return {
        lineBytes: block.u16(GrabberReg.MODE_LINE_BYTES),
        lines: block.u16(GrabberReg.MODE_LINES),
    }
}

/** What line mode has in memory: batches in place of frames, and two rows as they come. */
function rowMemory(
    bus: GrabberBus,
    lines: number
): { readonly perBuffer: number; readonly rowBufferBytes: number } {
    const block = new Block(
        bus,
        GrabberReg.LINE_BUS_BYTES,
        GrabberReg.LINE_DESTINATION
    )
    const batchRows = block.u8(GrabberReg.LINE_BATCH_ROWS)
    return {
        perBuffer: batchRows > 0 ? batchRows : lines,
        rowBufferBytes: 2 * block.u16(GrabberReg.LINE_BUS_BYTES),
    }
}

/** What was counted since the counters were cleared. */
export function readCounters(bus: GrabberBus): GrabberCounters {
    const capture = new Block(bus, GrabberReg.BAD_JPEG, GrabberReg.NEEDED_BYTES)
    const recovery = new Block(
        bus,
        GrabberReg.OVERRUN_FRAMES,
        GrabberReg.DOUBTFUL
    )
    return eachCounter(name => {
        const register = COUNTER_REGISTERS[name]
        const block = register < GrabberReg.OVERRUN_FRAMES ? capture : recovery
        return block.u32(register)
    })
}
