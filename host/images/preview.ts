// SPDX-License-Identifier: MIT
// A frame as text: two pixels per character cell by half blocks, or a ramp of ASCII letters where there is no colour.

import type { GrayDepth } from "../terminal.ts"

/** Dark to bright, by ink on a dark terminal. */
const ASCII_RAMP = " .:-=+*#%@"

/** A terminal's cell is about twice as high as wide. */
const CELL_ASPECT = 2

export interface GrayImage {
    readonly width: number
    readonly height: number
    /** Row-major, one byte per pixel. */
    readonly pixels: Uint8Array
}

/**
 * Draw an image, scaled down by averaging.
 * @param columns widest allowed line, characters; the image is never enlarged
 * @returns lines without line ends
 */
export function preview(
    image: GrayImage,
    columns: number,
    depth: GrayDepth
): string[] {
    const width = Math.max(1, Math.min(columns, image.width))
    const height = Math.max(1, Math.round((image.height * width) / image.width))
    if (depth === "ascii")
        return asciiLines(
            shrink(image, width, Math.max(1, Math.round(height / CELL_ASPECT)))
        )
    return halfBlockLines(shrink(image, width, height), depth)
}

function asciiLines({ width, height, pixels }: GrayImage): string[] {
    const lines: string[] = []
    for (let y = 0; y < height; y++) {
        let line = ""
        for (let x = 0; x < width; x++)
            line +=
                ASCII_RAMP[(pixels[y * width + x]! * ASCII_RAMP.length) >> 8]
        lines.push(line)
    }
    return lines
}

/** The upper pixel is the colour of the letter, the lower one that of the ground. */
function halfBlockLines(
    { width, height, pixels }: GrayImage,
    depth: GrayDepth
): string[] {
    const lines: string[] = []
    for (let y = 0; y < height; y += 2) {
        let line = ""
        for (let x = 0; x < width; x++) {
            const upper = pixels[y * width + x]!
            const lower = y + 1 < height ? pixels[(y + 1) * width + x]! : upper
            line += `\u001b[38;${gray(upper, depth)};48;${gray(lower, depth)}m▀`
        }
        lines.push(`${line}\u001b[0m`)
    }
    return lines
}

/** The parameters of an SGR colour: 24 bits, or the palette's black, 24 grays and white. */
function gray(level: number, depth: GrayDepth): string {
    if (depth === "true-colour") return `2;${level};${level};${level}`
    const step = Math.round((level * 25) / 255)
    return `5;${step === 0 ? 16 : step === 25 ? 231 : 231 + step}`
}

/** Average the pixels under each pixel of a smaller image. */
function shrink(image: GrayImage, width: number, height: number): GrayImage {
    const pixels = new Uint8Array(width * height)
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
            pixels[y * width + x] = average(
                image,
                span(x, width, image.width),
                span(y, height, image.height)
            )
    return { width, height, pixels }
}

type Span = readonly [from: number, to: number]

function span(index: number, parts: number, whole: number): Span {
    const from = Math.floor((index * whole) / parts)
    return [from, Math.max(from + 1, Math.floor(((index + 1) * whole) / parts))]
}

function average(image: GrayImage, columns: Span, rows: Span): number {
    let sum = 0
    for (let y = rows[0]; y < rows[1]; y++)
        for (let x = columns[0]; x < columns[1]; x++)
            sum += image.pixels[y * image.width + x]!
    return Math.round(sum / ((columns[1] - columns[0]) * (rows[1] - rows[0])))
}
