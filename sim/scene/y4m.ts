// SPDX-License-Identifier: MIT
// A YUV4MPEG2 video as a scene, at its own frame rate, in a loop. Only the frame looked at is in memory.

import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import { basename } from "node:path"
import { UsageError } from "../../protocol/errors.ts"
import { yuvToRgb, type YuvMap } from "./colour.ts"
import type { Field, Scene } from "./scene.ts"
import type { Size } from "../../protocol/capture.ts"

const SIGNATURE = "YUV4MPEG2"
/** A stream or frame header longer than this is not one. */
const HEADER_LIMIT_BYTES = 1024

/** What the stream header says. */
export interface Y4mHeader {
    readonly width: number
    readonly height: number
    /** Frames per second = fpsNumerator / fpsDenominator. */
    readonly fpsNumerator: number
    readonly fpsDenominator: number
    /** Luma 0..255 instead of 16..235. */
    readonly fullRange: boolean
    /** Size of each of the two chroma planes; 0x0 for a gray video. */
    readonly chroma: Size
    /** Luma and chroma planes. */
    readonly frameBytes: number
    /** With its newline. */
    readonly headerBytes: number
}

/** Size of a chroma plane for 8-bit layouts. */
function chromaSize(
    layout: string,
    width: number,
    height: number
): Size | undefined {
    const halfWidth = Math.ceil(width / 2)
    if (layout === "mono") return { width: 0, height: 0 }
    if (layout === "444") return { width, height }
    if (layout === "422") return { width: halfWidth, height }
    if (["420", "420jpeg", "420mpeg2", "420paldv"].includes(layout))
        return { width: halfWidth, height: Math.ceil(height / 2) }
    return undefined
}

/**
 * Read the stream header.
 * @param start the first bytes of the file, one character each
 * @throws UsageError naming the token that cannot be understood
 */
export function parseY4mHeader(path: string, start: string): Y4mHeader {
    const fail = (what: string): never => {
        throw new UsageError(`scene "${path}" has a broken Y4M header: ${what}`)
    }
    const end = start.indexOf("\n")
    const [signature, ...tokens] = start.slice(0, Math.max(end, 0)).split(" ")
    if (end < 0 || signature !== SIGNATURE)
        fail(
            `a line that begins with ${SIGNATURE} is missing, it begins with ${JSON.stringify(start.slice(0, 16))}`
        )
    const token = (letter: string) => tokens.find(t => t.startsWith(letter))
    const size = (letter: string, meaning: string): number => {
        const text = token(letter)
        if (text === undefined) return fail(`${letter} (${meaning}) is missing`)
        if (!/^.[1-9]\d{0,4}$/.test(text))
            return fail(`"${text}" is no ${meaning}`)
        return Number(text.slice(1))
    }
    const width = size("W", "width")
    const height = size("H", "height")
    const rate = token("F") ?? "F30:1"
    const [, fpsNumerator, fpsDenominator] =
        /^F([1-9]\d{0,9}):([1-9]\d{0,9})$/.exec(rate) ??
        fail(`"${rate.slice(0, 40)}" is no frame rate like F30:1`)
    const layout = token("C") ?? "C420"
    const chroma =
        chromaSize(layout.slice(1), width, height) ??
        fail(`"${layout}" is not C420, C422, C444 or Cmono with 8 bits`)
    return {
        width,
        height,
        fpsNumerator: Number(fpsNumerator),
        fpsDenominator: Number(fpsDenominator),
        fullRange: tokens.includes("XCOLORRANGE=FULL"),
        chroma,
        frameBytes: width * height + 2 * chroma.width * chroma.height,
        headerBytes: end + 1,
    }
}

class Y4mScene implements Scene {
    readonly name: string
    readonly still: boolean
    private readonly field: Field
    /** For each pixel of the field, its places in the planes of the video. */
    private readonly map: YuvMap
    private readonly curve: Uint8Array
    /** One frame: Y, Cb, Cr. */
    private readonly frame: Uint8Array
    private loaded = -1
    private colours: Uint8Array | undefined

    constructor(
        private readonly path: string,
        private readonly header: Y4mHeader,
        private readonly offsets: readonly number[],
        size: Size
    ) {
        const { width, height } = size
        this.name = basename(path)
        this.still = offsets.length === 1
        const colours = () => this.rgb()
        this.field = {
            width,
            height,
            luma: new Uint8Array(width * height),
            // Only a colour sensor asks.
            get rgb() {
                return colours()
            },
        }
        this.map = coverMap(header, size)
        this.curve = lumaCurve(header.fullRange)
        this.frame = new Uint8Array(header.frameBytes)
    }

    at(timeNs: number): Field {
        const { fpsNumerator, fpsDenominator } = this.header
        const frame = Math.floor((timeNs * fpsNumerator) / fpsDenominator / 1e9)
        this.load(frame % this.offsets.length)
        return this.field
    }

    private load(index: number): void {
        if (index === this.loaded) return
        const { map, curve, frame } = this
        const { luma } = this.field
        const file = openSync(this.path, "r")
        try {
            readSync(file, frame, 0, frame.length, this.offsets[index]!)
        } finally {
            closeSync(file)
        }
        for (let i = 0; i < luma.length; i++)
            luma[i] = curve[frame[map.luma[i]!]!]!
        this.loaded = index
        this.colours = undefined
    }

    private rgb(): Uint8Array | undefined {
        const { width, height, chroma, fullRange } = this.header
        const chromaBytes = chroma.width * chroma.height
        if (chromaBytes === 0) return undefined
        const cbStart = width * height
        const crStart = cbStart + chromaBytes
        const planes = {
            y: this.frame.subarray(0, cbStart),
            cb: this.frame.subarray(cbStart, crStart),
            cr: this.frame.subarray(crStart),
        }
        this.colours ??= yuvToRgb(planes, this.map, this.curve, fullRange)
        return this.colours
    }
}

/**
 * Open a video. Its frames are read when they are looked at.
 * @throws UsageError for a broken header, or when there is no whole frame
 */
export function y4mScene(path: string, size: Size): Scene {
    const file = openSync(path, "r")
    try {
        const start = readLatin1(file, 0)
        const header = parseY4mHeader(path, start)
        const offsets = findFrames(path, file, header)
        return new Y4mScene(path, header, offsets, size)
    } finally {
        closeSync(file)
    }
}

/** Offsets of the planes of all whole frames. */
function findFrames(path: string, file: number, header: Y4mHeader): number[] {
    const { size: fileBytes } = fstatSync(file)
    const offsets: number[] = []
    let offset = header.headerBytes
    while (offset < fileBytes) {
        const start = readLatin1(file, offset)
        const end = start.indexOf("\n")
        if (!/^FRAME[ \n]/.test(start) || end < 0)
            throw new UsageError(
                `scene "${path}" is a broken Y4M video: frame ${offsets.length} begins with ${JSON.stringify(start.slice(0, 8))} at byte ${offset}, not with FRAME`
            )
        const plane = offset + end + 1
        offset = plane + header.frameBytes
        if (offset <= fileBytes) offsets.push(plane)
    }
    if (offsets.length === 0)
        throw new UsageError(
            `scene "${path}" is a Y4M video without a whole frame: one of ${header.width}x${header.height} needs ${header.frameBytes} bytes`
        )
    return offsets
}

function readLatin1(file: number, offset: number): string {
    const buffer = Buffer.alloc(HEADER_LIMIT_BYTES)
    const length = readSync(file, buffer, 0, buffer.length, offset)
    return buffer.toString("latin1", 0, length)
}

/** Nearest pixel of a video that covers the field; what does not fit its shape is cut off evenly. */
function coverMap(video: Y4mHeader, field: Size): YuvMap {
    const step = Math.min(
        video.width / field.width,
        video.height / field.height
    )
    const left = (video.width - step * field.width) / 2
    const top = (video.height - step * field.height) / 2
    const nearest = (start: number, index: number, limit: number) =>
        Math.min(limit - 1, Math.floor(start + step * (index + 0.5)))
    const pixels = field.width * field.height
    const luma = new Uint32Array(pixels)
    const chroma = new Uint32Array(pixels)
    const across = Math.ceil(video.width / Math.max(1, video.chroma.width))
    const down = Math.ceil(video.height / Math.max(1, video.chroma.height))
    for (let y = 0, i = 0; y < field.height; y++) {
        const row = nearest(top, y, video.height)
        const chromaRow = Math.floor(row / down) * video.chroma.width
        for (let x = 0; x < field.width; x++, i++) {
            const column = nearest(left, x, video.width)
            luma[i] = row * video.width + column
            chroma[i] = chromaRow + Math.floor(column / across)
        }
    }
    return { luma, chroma }
}

/** Video luma is 16..235 unless the header says that it is full range. */
function lumaCurve(fullRange: boolean): Uint8Array {
    return Uint8Array.from({ length: 256 }, (_, level) => {
        if (fullRange) return level
        const stretched = Math.round(((level - 16) * 255) / 219)
        return Math.max(0, Math.min(255, stretched))
    })
}
