// SPDX-License-Identifier: MIT
// An image of the link as other parts of the host know images.

import type { ImageSource } from "./frame-image.ts"
import type { LinkImage } from "../link/frame-receiver.ts"
import { formatOf, type CaptureFormat } from "../../protocol/names.ts"

/** What the sensor sends for a format, byte by byte. */
const SENT = {
    gray8: "gray8",
    rgb565: "rgb565be",
    yuv422: "yuyv",
    jpeg: "jpeg",
} as const

/** Markers of a JPEG's frame header (ITU-T T.81, table B.1), but for the three that are none. */
const START_OF_FRAME = { first: 0xc0, last: 0xcf, others: [0xc4, 0xc8, 0xcc] }
const START_OF_SCAN = 0xda

/** What an image file is made of. */
export function linkImageSource(
    image: LinkImage
): ImageSource & { readonly format: CaptureFormat } {
    const format = formatOf(image.descriptor.format)
    const { width, height } =
        format === "jpeg"
            ? jpegSize(image.bytes)
            : {
                  width: image.columns / (format === "gray8" ? 1 : 2),
                  height: image.rows,
              }
    return {
        width,
        height,
        pixels: image.bytes,
        format,
        sent: { format: SENT[format] },
    }
}

/** Pixels of a JPEG, from its frame header (ITU-T T.81 section B.2.2); 0x0 when it has none. */
export function jpegSize(bytes: Uint8Array): {
    readonly width: number
    readonly height: number
} {
    const u16 = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!
    const { first, last, others } = START_OF_FRAME
    // After SOI each segment is 0xff, its marker and its length.
    for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
        const marker = bytes[at + 1]!
        if (marker >= first && marker <= last && !others.includes(marker))
            return { width: u16(at + 7), height: u16(at + 5) }
        if (marker === START_OF_SCAN) break
        at += 2 + u16(at + 2)
    }
    return { width: 0, height: 0 }
}
