// SPDX-License-Identifier: MIT
// The bodies of the messages that carry images and the frame grabber's registers (docs/link.md).

import { STREAM_WHOLE } from "./wire.ts"
import { decodeDescriptor, type FrameDescriptor } from "../descriptor.ts"
import { GrabberBytes } from "../grabber-page.ts"

/** Which frames the board shall send. */
export interface StreamRequest {
    /** Every so many pixels of a row, and rows; default 1, the whole frame. A JPEG comes as it is. */
    readonly reduce?: 1 | 2 | 4
    /** At most every so many frames, 1 (default) to 65,535. */
    readonly every?: number
    /** Every image of one frame; a board of one buffer then sends none. Default false. */
    readonly whole?: boolean
}

/** What the board does, and has done since boot. */
export interface StreamState {
    readonly on: boolean
    readonly reduce: number
    readonly whole: boolean
    readonly every: number
    /** Most pixel bytes of a message. */
    readonly pixelBytesMax: number
    /** Images that went out whole. */
    readonly sent: number
    /** Frames that were due while another one was sent, or that could not be sent. */
    readonly skipped: number
    /** Images that were begun and not ended. */
    readonly abandoned: number
    /** Frames that went on with an image which another one had begun. */
    readonly bands: number
}

/** FRAME: an image begins. */
export interface FrameHead {
    readonly number: number
    readonly reduce: number
    /** Of the image. */
    readonly sizeBytes: number
    /** Bytes of a row; a JPEG has one row. */
    readonly columns: number
    readonly rows: number
    /** Of its first frame, as it lies in the board's memory. */
    readonly descriptor: FrameDescriptor
}

/** BAND: the bytes from `offset` on are of another frame. */
export interface BandHead {
    readonly number: number
    /** Frames so far, this one included. */
    readonly bands: number
    readonly offset: number
    readonly sequence: number
    readonly endUs: number
}

/** PIXELS. */
export interface PixelBytes {
    readonly number: number
    readonly offset: number
    readonly data: Uint8Array
}

/** FRAME_END. */
export interface FrameEnd {
    readonly number: number
    readonly bands: number
    readonly crc32: number
}

const STREAM_BYTES = 8
const STATE_BYTES = 24
const FRAME_HEAD_BYTES = 12
const BAND_BYTES = 16
const PIXELS_HEAD_BYTES = 6
const END_BYTES = 8

/** @param request undefined: off */
export function encodeStream(request: StreamRequest | undefined): Uint8Array {
    const { reduce = 1, every = 1, whole = false } = request ?? {}
    const body = new Uint8Array(STREAM_BYTES)
    body[0] = request === undefined ? 0 : 1
    body[1] = reduce
    body[2] = whole ? STREAM_WHOLE : 0
    viewOf(body).setUint16(4, every, true)
    return body
}

/** @returns undefined when the body is too short, as all of these */
export function decodeStreamState(body: Uint8Array): StreamState | undefined {
    if (body.length < STATE_BYTES) return undefined
    const view = viewOf(body)
    return {
        on: body[0] !== 0,
        reduce: body[1]!,
        whole: (body[2]! & STREAM_WHOLE) !== 0,
        every: view.getUint16(4, true),
        pixelBytesMax: view.getUint16(6, true),
        sent: view.getUint32(8, true),
        skipped: view.getUint32(12, true),
        abandoned: view.getUint32(16, true),
        bands: view.getUint32(20, true),
    }
}

export function decodeFrameHead(body: Uint8Array): FrameHead | undefined {
    if (body.length < FRAME_HEAD_BYTES + GrabberBytes.DESCRIPTOR)
        return undefined
    const view = viewOf(body)
    return {
        number: view.getUint16(0, true),
        reduce: body[2]!,
        sizeBytes: view.getUint32(4, true),
        columns: view.getUint16(8, true),
        rows: view.getUint16(10, true),
        descriptor: decodeDescriptor(body.subarray(FRAME_HEAD_BYTES)),
    }
}

export function decodeBand(body: Uint8Array): BandHead | undefined {
    if (body.length < BAND_BYTES) return undefined
    const view = viewOf(body)
    return {
        number: view.getUint16(0, true),
        bands: view.getUint16(2, true),
        offset: view.getUint32(4, true),
        sequence: view.getUint32(8, true),
        endUs: view.getUint32(12, true),
    }
}

export function decodePixels(body: Uint8Array): PixelBytes | undefined {
    if (body.length <= PIXELS_HEAD_BYTES) return undefined
    const view = viewOf(body)
    return {
        number: view.getUint16(0, true),
        offset: view.getUint32(2, true),
        data: body.subarray(PIXELS_HEAD_BYTES),
    }
}

export function decodeFrameEnd(body: Uint8Array): FrameEnd | undefined {
    if (body.length < END_BYTES) return undefined
    const view = viewOf(body)
    return {
        number: view.getUint16(0, true),
        bands: view.getUint16(2, true),
        crc32: view.getUint32(4, true),
    }
}

function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
