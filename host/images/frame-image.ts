// SPDX-License-Identifier: MIT
// A captured frame as an image: gray, colour or the JPEG file that the sensor made.

import sharp from "sharp"
import type { PixelFormat } from "../../sim/sensors/sensor-model.ts"
import type { CapturedFrame } from "../../sim/observe/capture.ts"
import type { DisplayImage } from "../../sim/observe/display.ts"
import type { GrayImage } from "./preview.ts"
import type { CaptureFormat } from "../../protocol/names.ts"

/** The part of a frame that its image depends on. */
export type ImageSource = Pick<CapturedFrame, "width" | "height" | "pixels"> & {
    readonly sent: Pick<CapturedFrame["sent"], "format">
    /** As it is in memory; left out: as it was sent. */
    readonly format?: CaptureFormat
}

/** A file's content and the end of its name. */
export interface ImageFile {
    readonly extension: "png" | "jpg"
    readonly bytes: Uint8Array
}

/** The same frame gives the same bytes: gray and colour as PNG, a JPEG as it came. */
export async function imageFile(frame: ImageSource): Promise<ImageFile> {
    const format = bytesOf(frame)
    if (format === "jpeg") return { extension: "jpg", bytes: frame.pixels }
    const { width, height } = frame
    const gray = format === "gray8"
    const data = gray ? frame.pixels : rgbOf(frame, format)
    const bytes = await png(data, { width, height, channels: gray ? 1 : 3 })
    return { extension: "png", bytes }
}

/** Pixels as they are shown: one byte each, or three; undefined: a compressed frame. */
export function imageBytes(
    frame: ImageSource
): { readonly channels: 1 | 3; readonly bytes: Uint8Array } | undefined {
    const format = bytesOf(frame)
    if (format === "jpeg") return undefined
    return format === "gray8"
        ? { channels: 1, bytes: frame.pixels }
        : { channels: 3, bytes: rgbOf(frame, format) }
}

/** What a display shows, as a PNG in colour. */
export function displayFile(image: DisplayImage): Promise<Uint8Array> {
    const { widthPx: width, heightPx: height, rgb } = image
    return png(rgb, { width, height, channels: 3 })
}

function png(
    data: Uint8Array,
    raw: { width: number; height: number; channels: 1 | 3 }
): Promise<Uint8Array> {
    return sharp(data, { raw })
        .toColourspace(raw.channels === 1 ? "b-w" : "srgb")
        .png({ compressionLevel: 6, adaptiveFiltering: false })
        .toBuffer()
}

/** What the frame's bytes are; a display's memory is RGB565 also when the sensor sent gray. */
function bytesOf(frame: ImageSource): PixelFormat {
    const sent = frame.sent.format ?? "gray8"
    return sent === "gray8" && frame.format === "rgb565" ? "rgb565le" : sent
}

/** The frame in gray, for the terminal. */
export async function grayImage(frame: ImageSource): Promise<GrayImage> {
    if (bytesOf(frame) === "gray8") return frame
    const { bytes } = await imageFile(frame)
    const { data, info } = await sharp(bytes)
        .toColourspace("b-w")
        .extractChannel(0)
        .raw()
        .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, pixels: data }
}

/** Three bytes per pixel of a format with two. */
function rgbOf(frame: ImageSource, format: PixelFormat): Uint8Array {
    const rgb = new Uint8Array(frame.width * frame.height * 3)
    if (format === "rgb565be" || format === "rgb565le")
        fromRgb565(frame.pixels, format === "rgb565be", rgb)
    else fromYuv422(frame.pixels, format, rgb)
    return rgb
}

/** The low bits repeat the high ones, so that white stays white. */
function fromRgb565(
    pixels: Uint8Array,
    bigEndian: boolean,
    rgb: Uint8Array
): void {
    for (let at = 0, out = 0; at < pixels.length; at += 2, out += 3) {
        const first = pixels[at]!
        const second = pixels[at + 1]!
        const word = bigEndian ? (first << 8) | second : (second << 8) | first
        const red = word >> 11
        const green = (word >> 5) & 63
        const blue = word & 31
        rgb[out] = (red << 3) | (red >> 2)
        rgb[out + 1] = (green << 2) | (green >> 4)
        rgb[out + 2] = (blue << 3) | (blue >> 2)
    }
}

/** BT.601, full range: what the sensor community's drivers assume. */
function fromYuv422(
    pixels: Uint8Array,
    order: PixelFormat,
    rgb: Uint8Array
): void {
    const place = (letter: string, from = 0) => order.indexOf(letter, from)
    const y0 = place("y")
    const y1 = place("y", y0 + 1)
    const u = place("u")
    const v = place("v")
    for (let at = 0, out = 0; at < pixels.length; at += 4, out += 6) {
        const cb = pixels[at + u]! - 128
        const cr = pixels[at + v]! - 128
        for (const [index, y] of [
            pixels[at + y0]!,
            pixels[at + y1]!,
        ].entries()) {
            const to = out + 3 * index
            rgb[to] = clamp(y + 1.402 * cr)
            rgb[to + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr)
            rgb[to + 2] = clamp(y + 1.772 * cb)
        }
    }
}

function clamp(value: number): number {
    return Math.max(0, Math.min(255, Math.round(value)))
}
