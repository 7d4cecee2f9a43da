// SPDX-License-Identifier: MIT
// Images of the examples: drawn as SVG with captured pixels in it, saved as a small PNG or JPEG.

import sharp from "sharp"
import { imageFile } from "./image-file.ts"

/** As the scope images have it. */
export const COLOURS = {
    case: "#14181c",
    text: "#e8e8e8",
    dim: "#9aa4ae",
    grid: "#2c343c",
    yellow: "#ffd23f",
    cyan: "#4cc9f0",
    pink: "#f472b6",
} as const

export const MARGIN = 24

export interface Place {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
}

/** Pixels to be drawn: 1 byte each (gray) or 3 (red, green, blue). */
export interface Pixels {
    readonly bytes: Uint8Array
    readonly width: number
    readonly height: number
}

/** Draw pixels at a place; enlarged, each stays a square. */
export async function image(pixels: Pixels, place: Place): Promise<string> {
    const { bytes, width, height } = pixels
    const channels = bytes.length === width * height ? 1 : 3
    const png = await sharp(bytes, { raw: { width, height, channels } })
        .resize(Math.round(place.width), Math.round(place.height), {
            kernel: place.width > width ? "nearest" : "lanczos3",
        })
        .png()
        .toBuffer()
    return imageOfPng(png, place)
}

/** Draw an image file at a place. */
export function imageOfPng(png: Buffer, place: Place): string {
    const { x, y, width, height } = place
    return `<image x="${x}" y="${y}" width="${width}" height="${height}" href="data:image/png;base64,${png.toString("base64")}"/>`
}

export function frame(place: Place, colour: string, lineWidth = 2): string {
    const { x, y, width, height } = place
    return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="${colour}" stroke-width="${lineWidth}"/>`
}

export function text(
    x: number,
    y: number,
    words: string,
    attributes = `fill="${COLOURS.text}"`
): string {
    return `<text x="${x}" y="${y}" ${attributes}>${words}</text>`
}

export async function saveImage(
    name: string,
    size: { readonly width: number; readonly height: number },
    parts: readonly string[]
): Promise<void> {
    const { width, height } = size
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="15">
        <rect width="${width}" height="${height}" fill="${COLOURS.case}"/>
        ${parts.join("\n")}</svg>`
    const drawn = sharp(Buffer.from(svg), { limitInputPixels: false })
    // What has hundreds of thousands of colours is smaller and better as a JPEG.
    const saved = name.endsWith(".jpg")
        ? drawn.jpeg({ quality: 82, mozjpeg: true })
        : drawn.png({ palette: true, quality: 60, effort: 10 })
    await saved.toFile(imageFile(name))
}
