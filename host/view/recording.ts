// SPDX-License-Identifier: MIT
// A recording of every frame that arrives: Y4M of gray and colour frames, MJPEG of JPEG ones.

import type { ImageFormat, ViewFrame } from "./messages/frame-message.ts"
import type { RecordingState } from "./messages/messages.ts"

/** It is in memory until it is saved. */
const LARGEST_BYTES = 512 * 1024 * 1024

/** One recording; it ends by itself when frames of another kind come, or it is full. */
export class Recording {
    private readonly pieces: Uint8Array[] = []
    private first: ViewFrame | undefined
    private lastEndUs = 0
    private frames = 0
    private bytes = 0
    private running = true
    private note = ""

    /** @param largestBytes of all its frames */
    constructor(private readonly largestBytes = LARGEST_BYTES) {}

    get state(): RecordingState {
        const { running, frames, bytes, note } = this
        return { running, frames, bytes, note }
    }

    take(frame: ViewFrame): void {
        if (!this.running) return
        this.first ??= frame
        const { width, height, format } = this.first
        if (
            frame.width !== width ||
            frame.height !== height ||
            frame.format !== format
        )
            return this.stop("the size of the frames changed")
        if (this.bytes + frame.bytes.length > this.largestBytes)
            return this.stop(`it is full: ${this.largestBytes >> 20} MB`)
        this.lastEndUs = frame.endUs
        this.frames++
        this.bytes += frame.bytes.length
        this.pieces.push(frame.bytes)
    }

    stop(note = ""): void {
        this.running = false
        this.note = note
    }

    /** @returns undefined when no frame came */
    file(): { readonly name: string; readonly bytes: Uint8Array } | undefined {
        const { first } = this
        if (!first) return undefined
        if (first.format === "jpeg")
            return {
                name: "camscript.mjpeg",
                bytes: Buffer.concat(this.pieces),
            }
        const pieces: Uint8Array[] = [Buffer.from(this.y4mHeader(first))]
        for (const piece of this.pieces)
            pieces.push(FRAME_MARK, planes(piece, first.format))
        return { name: "camscript.y4m", bytes: Buffer.concat(pieces) }
    }

    private y4mHeader({ width, height, format, endUs }: ViewFrame): string {
        const us = (this.lastEndUs - endUs) >>> 0
        // The mean frame rate; of a single frame any will do.
        const rate = us > 0 ? `${(this.frames - 1) * 1_000_000}:${us}` : "25:1"
        const colour = format === "gray8" ? "mono" : "444 XCOLORRANGE=FULL"
        return `YUV4MPEG2 W${width} H${height} F${rate} Ip A1:1 C${colour}\n`
    }
}

const FRAME_MARK = Buffer.from("FRAME\n")

/** Gray as it is; RGB as Y, Cb and Cr (BT.601, full range). */
function planes(bytes: Uint8Array, format: ImageFormat): Uint8Array {
    if (format === "gray8") return bytes
    const pixels = bytes.length / 3
    const out = new Uint8ClampedArray(bytes.length)
    for (let i = 0; i < pixels; i++) {
        const [r, g, b] = [bytes[3 * i]!, bytes[3 * i + 1]!, bytes[3 * i + 2]!]
        const y = 0.299 * r + 0.587 * g + 0.114 * b
        out[i] = y
        out[pixels + i] = 128 + (b - y) / 1.772
        out[2 * pixels + i] = 128 + (r - y) / 1.402
    }
    return new Uint8Array(out.buffer)
}
