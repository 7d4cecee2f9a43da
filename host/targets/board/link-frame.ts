// SPDX-License-Identifier: MIT
// An image of the link as a frame of the live view; and how much of a frame is worth sending.

import { imageBytes } from "../../images/frame-image.ts"
import type { LinkImage } from "../../link/frame-receiver.ts"
import { linkImageSource } from "../../images/link-image.ts"
import type { TargetFrame } from "../target.ts"
import type { CaptureFormat } from "../../../protocol/names.ts"

/** An image's shape is kept as long as so many come per second. */
const IMAGES_PER_SECOND = 4
/** Of the line: docs/link.md, "Images". */
const PIXEL_SHARE = 240 / 255
const BITS_PER_BYTE = 10
/** Of each frame, when the only buffer must be given back. */
const BAND_BYTES = 480

/** Convert an image; its window and exposure are those of its first frame. */
export function linkFrame(image: LinkImage): TargetFrame {
    const source = linkImageSource(image)
    const { descriptor, bands } = image
    const { sequence, window, endUs, exposureUs, gainX16 } = descriptor
    return {
        sequence,
        firstRow: descriptor.firstRow,
        source,
        image: () => {
            const shown = imageBytes(source)
            const gray = shown?.channels === 1
            return {
                sequence,
                format: !shown ? "jpeg" : gray ? "gray8" : "rgb8",
                width: source.width,
                height: source.height,
                window,
                endUs,
                exposureUs,
                gain: gainX16 / 16,
                droppedBefore: descriptor.droppedBefore,
                frames: bands.length,
                bytes: shown?.bytes ?? source.pixels,
            }
        },
    }
}

/** What the board captures. */
export interface SentMode {
    /** Of a frame in its memory. */
    readonly bytes: number
    readonly format: CaptureFormat
    readonly buffers: number
    readonly fps: number
}

/** The least reduction that lets some images per second over a line of so many bits per second. */
export function sensibleReduction(mode: SentMode, baud: number): 1 | 2 | 4 {
    // A compressed image is sent as it is.
    if (mode.format === "jpeg") return 1
    const line = (PIXEL_SHARE * baud) / BITS_PER_BYTE
    const bytesPerSecond =
        mode.buffers === 1 ? Math.min(line, BAND_BYTES * mode.fps) : line
    const enough = ([1, 2] as const).find(
        reduce =>
            bytesPerSecond / (mode.bytes / reduce ** 2) >= IMAGES_PER_SECOND
    )
    return enough ?? 4
}

/** Why such frames are not sent; empty: they are. */
export function whyNotSent(
    { format, buffers }: Pick<SentMode, "format" | "buffers">,
    batches: boolean
): string {
    if (batches) return "batches of rows are not sent over the link"
    return format === "jpeg" && buffers === 1
        ? "a compressed frame is sent only when there are two buffers, the capture has one"
        : ""
}
