// SPDX-License-Identifier: MIT
// Puts images together from the link's messages: an image is bit-exact, or it is dropped and counted.

import { crc32 } from "node:zlib"
import type { Message } from "../../protocol/link/messages.ts"
import {
    decodeBand,
    decodeFrameEnd,
    decodeFrameHead,
    decodePixels,
    type FrameHead,
} from "../../protocol/link/pixel-messages.ts"
import { MessageType } from "../../protocol/link/wire.ts"
import type { FrameDescriptor } from "../../protocol/descriptor.ts"

/** Rows, or parts of rows, of one frame. */
export interface Band {
    /** Of its first byte in the image. */
    readonly offset: number
    /** Of the frame. */
    readonly sequence: number
    readonly endUs: number
}

/** An image as the board sent it. */
export interface LinkImage {
    /** Counts images of the board, modulo 65,536. */
    readonly number: number
    readonly reduce: number
    /** Bytes of a row; a JPEG has one row. */
    readonly columns: number
    readonly rows: number
    /** Of its first frame, as it lies in the board's memory: sizes are those before the reduction. */
    readonly descriptor: FrameDescriptor
    /** Where its bytes come from, in order; one for an image of one frame. */
    readonly bands: readonly Band[]
    readonly bytes: Uint8Array
}

export interface ImageCounters {
    /** Whole ones. */
    readonly received: number
    /** Begun, and something of it is missing, or its CRC is wrong. */
    readonly corrupt: number
    /** Not even begun here, by their numbers. */
    readonly missed: number
}

/** Frames are at most 16,383 rows of as many bytes on the board; no board has so much memory. */
const IMAGE_BYTES_MAX = 16 * 1024 * 1024

interface Assembly {
    readonly head: FrameHead
    readonly bytes: Uint8Array
    readonly bands: Band[]
    filled: number
    /** Frames that the board has named, those without a byte too. */
    told: number
}

export class FrameReceiver {
    private assembly: Assembly | undefined
    private last: number | undefined
    private readonly counts = { received: 0, corrupt: 0, missed: 0 }

    constructor(private readonly onImage: (image: LinkImage) => void) {}

    /** Since the start. */
    get counters(): ImageCounters {
        return { ...this.counts }
    }

    /** A message came. @returns whether it was one of an image */
    take({ type, body }: Message): boolean {
        switch (type) {
            case MessageType.FRAME:
                this.begin(body)
                return true
            case MessageType.BAND:
                this.band(body)
                return true
            case MessageType.PIXELS:
                this.pixels(body)
                return true
            case MessageType.FRAME_END:
                this.end(body)
                return true
            default:
                return false
        }
    }

    /** A new session: what was begun does not go on, numbers may begin again. */
    restart(): void {
        this.drop()
        this.last = undefined
    }

    private begin(body: Uint8Array): void {
        this.drop()
        const head = decodeFrameHead(body)
        if (head === undefined) return
        const { number, sizeBytes, columns, rows, descriptor } = head
        if (this.last !== undefined)
            this.counts.missed += (number - this.last - 1) & 0xffff
        this.last = number
        if (sizeBytes !== columns * rows && rows !== 1) return this.corrupt()
        if (sizeBytes > IMAGE_BYTES_MAX) return this.corrupt()
        const { sequence, endUs } = descriptor
        this.assembly = {
            head,
            bytes: new Uint8Array(sizeBytes),
            bands: [{ offset: 0, sequence, endUs }],
            filled: 0,
            told: 1,
        }
    }

    private band(body: Uint8Array): void {
        const band = decodeBand(body)
        const { assembly } = this
        if (band === undefined || assembly?.head.number !== band.number) return
        const { offset, sequence, endUs } = band
        if (offset !== assembly.filled) return this.drop()
        assembly.told++
        // One that gave no byte is no part of the image.
        if (assembly.bands.at(-1)!.offset === offset) assembly.bands.pop()
        assembly.bands.push({ offset, sequence, endUs })
    }

    private pixels(body: Uint8Array): void {
        const pixels = decodePixels(body)
        const { assembly } = this
        if (pixels === undefined || assembly?.head.number !== pixels.number)
            return
        const { offset, data } = pixels
        const end = offset + data.length
        // In order, or something got lost.
        if (offset !== assembly.filled || end > assembly.bytes.length)
            return this.drop()
        assembly.bytes.set(data, offset)
        assembly.filled = end
    }

    private end(body: Uint8Array): void {
        const end = decodeFrameEnd(body)
        const { assembly } = this
        if (end === undefined || assembly?.head.number !== end.number) return
        const { head, bytes, bands, filled, told } = assembly
        // A BAND that got lost: whose bytes these are nobody knows.
        if (filled !== bytes.length || end.bands !== told) return this.drop()
        if (crc32(bytes) !== end.crc32) return this.drop()
        this.assembly = undefined
        this.counts.received++
        const { number, reduce, columns, rows, descriptor } = head
        this.onImage({
            number,
            reduce,
            columns,
            rows,
            descriptor,
            bands,
            bytes,
        })
    }

    private corrupt(): void {
        this.counts.corrupt++
    }

    /** What was begun is not whole. */
    private drop(): void {
        if (this.assembly !== undefined) this.corrupt()
        this.assembly = undefined
    }
}
