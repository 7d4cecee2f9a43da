// SPDX-License-Identifier: MIT
// A frame's descriptor, as NEXT of the frame grabber has it (docs/frame-grabber.md). For Node and the browser; a program's
// driver reads the same bytes by calls of its VM.

import type { Rectangle } from "./capture"
import { DescriptorAt, FrameFlag, GrabberBytes } from "./grabber-page"

/** What NEXT says of a frame. */
export interface FrameDescriptor {
    readonly index: number
    readonly settling: boolean
    /** Strategy line, ring of batches: with this batch the frame is whole. */
    readonly lastBatch: boolean
    readonly format: number
    /** Counts changes of all but index, sequence, times and droppedBefore, modulo 256. */
    readonly changes: number
    /** Frames of the sensor since start, also those not captured. */
    readonly sequence: number
    /** Microseconds since boot, modulo 2^32. */
    readonly startUs: number
    readonly endUs: number
    readonly exposureUs: number
    /** Analog gain, 16 = 1x. */
    readonly gainX16: number
    readonly droppedBefore: number
    /** On the sensor's field, as the program said. */
    readonly window: Readonly<Rectangle>
    readonly sizeBytes: number
    readonly lineBytes: number
    readonly lines: number
    /** Row of the frame that a batch starts with. */
    readonly firstRow: number
    /** When the frame was triggered, as startUs; 0: not triggered. */
    readonly triggerUs: number
}

/** Read a descriptor, 48 bytes. Only its index means something when that is NO_FRAME. */
export function decodeDescriptor(bytes: Uint8Array): FrameDescriptor {
    const view = new DataView(
        bytes.buffer,
        bytes.byteOffset,
        GrabberBytes.DESCRIPTOR
    )
    const u16 = (at: DescriptorAt) => view.getUint16(at, true)
    const u32 = (at: DescriptorAt) => view.getUint32(at, true)
    const flags = view.getUint8(DescriptorAt.FLAGS)
    return {
        index: view.getUint8(DescriptorAt.INDEX),
        settling: (flags & FrameFlag.SETTLING) !== 0,
        lastBatch: (flags & FrameFlag.LAST_BATCH) !== 0,
        format: view.getUint8(DescriptorAt.FORMAT),
        changes: view.getUint8(DescriptorAt.CHANGES),
        sequence: u32(DescriptorAt.SEQUENCE),
        startUs: u32(DescriptorAt.START_US),
        endUs: u32(DescriptorAt.END_US),
        exposureUs: u32(DescriptorAt.EXPOSURE_US),
        gainX16: u16(DescriptorAt.GAIN_X16),
        droppedBefore: u16(DescriptorAt.DROPPED_BEFORE),
        window: {
            x: u16(DescriptorAt.X),
            y: u16(DescriptorAt.Y),
            width: u16(DescriptorAt.WIDTH),
            height: u16(DescriptorAt.HEIGHT),
        },
        sizeBytes: u32(DescriptorAt.SIZE_BYTES),
        lineBytes: u16(DescriptorAt.LINE_BYTES),
        lines: u16(DescriptorAt.LINES),
        firstRow: u16(DescriptorAt.FIRST_ROW),
        triggerUs: u32(DescriptorAt.TRIGGER_US),
    }
}
