// SPDX-License-Identifier: MIT
// An image file as a scene: upright, scaled to cover the field, in colour where it has any.

import { openSync, readSync, closeSync } from "node:fs"
import { basename } from "node:path"
import sharp from "sharp"
import { UsageError } from "../../protocol/errors.ts"
import { lumaOfRgb } from "./colour.ts"
import type { Field, Scene } from "./scene.ts"
import { StillScene } from "./still-scene.ts"
import type { Size } from "../../protocol/capture.ts"

/** As sharp names them. */
const FORMATS = ["png", "jpeg", "webp", "tiff", "gif"]

/**
 * Load one image.
 * @throws UsageError for a file that is not an image
 */
export async function imageScene(path: string, size: Size): Promise<Scene> {
    const { luma, rgb } = await loadField(path, size)
    return new StillScene(basename(path), size, luma, rgb)
}

/**
 * Decode an image to the size of a field. EXIF orientation is respected, transparent parts are black, what does not
 * fit the field's shape is cut off evenly. A gray image has no rgb.
 * @throws UsageError for a file that is not an image
 */
export async function loadField(
    path: string,
    { width, height }: Size
): Promise<Field> {
    try {
        const { space, format } = await sharp(path).metadata()
        // The library reads others too, some of which, like SVG, may name other files.
        if (!FORMATS.includes(format)) throw new Error(format)
        const image = sharp(path)
            .rotate()
            .flatten({ background: "black" })
            .resize(width, height, { fit: "cover" })
        if (space === "b-w" || space === "grey16") {
            const gray = await image.toColourspace("b-w").raw().toBuffer()
            return { width, height, luma: new Uint8Array(gray) }
        }
        const data = await image.toColourspace("srgb").raw().toBuffer()
        const rgb = new Uint8Array(data)
        return { width, height, luma: lumaOfRgb(rgb), rgb }
    } catch {
        throw new UsageError(
            `scene "${path}" is not an image that can be read: it ${looksLike(path)}; PNG, JPEG, WebP, TIFF and GIF can`
        )
    }
}

const MAGIC: readonly (readonly [string, string])[] = [
    ["\x89PNG", "is a damaged PNG"],
    ["\xff\xd8\xff", "is a damaged JPEG"],
    ["GIF8", "is a damaged GIF"],
    ["%PDF", "looks like a PDF"],
    ["PK\x03\x04", "looks like a ZIP archive"],
    ["\x7fELF", "looks like an ELF program"],
    ["\x1f\x8b", "looks like a gzip archive"],
    ["BM", "looks like a BMP"],
]

function looksLike(path: string): string {
    const start = readStart(path, 64)
    if (start.length === 0) return "is empty"
    const known = MAGIC.find(([magic]) => start.startsWith(magic))
    if (known) return known[1]
    if (start.slice(4, 8) === "ftyp") return "looks like an MP4 or HEIF file"
    if (/^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(start)) {
        const line = start.split(/[\r\n]/)[0]!.slice(0, 40)
        return `looks like text, beginning with ${JSON.stringify(line)}`
    }
    const bytes = [...start.slice(0, 4)].map(byte =>
        byte.charCodeAt(0).toString(16).padStart(2, "0")
    )
    return `begins with the bytes ${bytes.join(" ")}`
}

/** The first bytes of a file, one character each. */
export function readStart(path: string, bytes: number): string {
    const buffer = Buffer.alloc(bytes)
    const file = openSync(path, "r")
    try {
        const length = readSync(file, buffer, 0, bytes, 0)
        return buffer.toString("latin1", 0, length)
    } finally {
        closeSync(file)
    }
}
