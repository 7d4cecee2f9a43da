// SPDX-License-Identifier: MIT
// A frame on its way to the page: a header of fixed size, then its bytes. Used by the server and, bundled, by the page.

import type { Rectangle } from "../../../protocol/capture.ts"

/** What the bytes after the header are, in the order of their codes from 1 on. */
export const IMAGE_FORMATS = ["gray8", "rgb8", "jpeg"] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

/** A frame as the page gets it. */
export interface ViewFrame {
    readonly sequence: number
    readonly format: ImageFormat
    /** Columns and rows of the image. */
    readonly width: number
    readonly height: number
    /** Pixels of the sensor's field that it shows. */
    readonly window: Rectangle
    /** End of the frame since boot, us; wraps after 71 minutes. */
    readonly endUs: number
    /** 0: not known. */
    readonly exposureUs: number
    /** 1 = 1x; 0: not known. */
    readonly gain: number
    readonly droppedBefore: number
    /** Successive frames that gave its bytes; more than 1 over a link that is slower than the camera. */
    readonly frames: number
    /** width x height bytes, three times as many, or a JPEG file. */
    readonly bytes: Uint8Array
}

/** Of all headers, bytes; the first byte says so. */
export const HEADER_BYTES = 36
const BYTES_PER_PIXEL = { gray8: 1, rgb8: 3, jpeg: 0 } as const

/**
 * Put a frame into one message.
 * @param skipped frames that this page was not sent because it or the socket was busy, so far
 */
export function encodeFrame(
    frame: ViewFrame,
    skipped: number
): Uint8Array<ArrayBuffer> {
    const message = new Uint8Array(HEADER_BYTES + frame.bytes.length)
    const view = new DataView(message.buffer)
    const { x, y, width, height } = frame.window
    view.setUint8(0, HEADER_BYTES)
    view.setUint8(1, IMAGE_FORMATS.indexOf(frame.format) + 1)
    view.setUint16(2, Math.round(frame.gain * 16), true)
    view.setUint32(4, frame.sequence, true)
    view.setUint32(8, frame.endUs, true)
    view.setUint32(12, Math.round(frame.exposureUs), true)
    view.setUint32(16, skipped, true)
    const places = [frame.width, frame.height, x, y, width, height]
    places.forEach((value, index) =>
        view.setUint16(20 + 2 * index, value, true)
    )
    view.setUint16(32, Math.min(0xffff, frame.droppedBefore), true)
    view.setUint16(34, Math.min(0xffff, frame.frames), true)
    message.set(frame.bytes, HEADER_BYTES)
    return message
}

/**
 * Take a message apart; the bytes are a view of it.
 * @throws RangeError when it is not one
 */
export function decodeFrame(message: ArrayBuffer): {
    readonly frame: ViewFrame
    readonly skipped: number
} {
    const view = new DataView(message)
    const length = message.byteLength
    if (length < HEADER_BYTES || view.getUint8(0) !== HEADER_BYTES)
        throw new RangeError(`a frame message of ${length} bytes has no header`)
    const format = IMAGE_FORMATS[view.getUint8(1) - 1]
    if (format === undefined)
        throw new RangeError(`image format ${view.getUint8(1)} is unknown`)
    const at = (index: number) => view.getUint16(20 + 2 * index, true)
    const [width, height] = [at(0), at(1)]
    const needed = width * height * BYTES_PER_PIXEL[format]
    if (format !== "jpeg" && length !== HEADER_BYTES + needed)
        throw new RangeError(
            `${width}x${height} of ${format} are ${needed} bytes, ${length - HEADER_BYTES} came`
        )
    const frame: ViewFrame = {
        sequence: view.getUint32(4, true),
        format,
        width,
        height,
        window: { x: at(2), y: at(3), width: at(4), height: at(5) },
        endUs: view.getUint32(8, true),
        exposureUs: view.getUint32(12, true),
        gain: view.getUint16(2, true) / 16,
        droppedBefore: at(6),
        frames: at(7),
        bytes: new Uint8Array(message, HEADER_BYTES),
    }
    return { frame, skipped: view.getUint32(16, true) }
}
