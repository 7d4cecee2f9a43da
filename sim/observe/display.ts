// SPDX-License-Identifier: MIT
// A display whose image is memory: RGB565 pixels, rows one stride apart, as an LCD controller or a bridge reads them.

import { CamscriptError } from "../../protocol/errors.ts"

const PIXEL_BYTES = 2

export interface DisplayOptions {
    /** Indexed by the MCU's addresses. */
    readonly memory: Uint8Array
    /** Of the row with the lowest address. */
    readonly address: number
    readonly widthPx: number
    readonly heightPx: number
    /** From one row to the next; default: the rows have no gap. */
    readonly strideBytes?: number
    /** The row with the lowest address is the bottom one. */
    readonly bottomUp?: boolean
}

/** An image as a PNG encoder wants it. */
export interface DisplayImage {
    readonly widthPx: number
    readonly heightPx: number
    /** Three bytes per pixel, top row first. */
    readonly rgb: Uint8Array
}

/** Reads what is shown; writes nothing. */
export class Display {
    readonly widthPx: number
    readonly heightPx: number
    readonly strideBytes: number
    private readonly view: DataView

    /** @throws CamscriptError when rows overlap or the memory ends before the display does */
    constructor(private readonly options: DisplayOptions) {
        const { memory, address, widthPx, heightPx } = options
        this.widthPx = widthPx
        this.heightPx = heightPx
        this.strideBytes = options.strideBytes ?? widthPx * PIXEL_BYTES
        if (this.strideBytes < widthPx * PIXEL_BYTES)
            throw new CamscriptError(
                `display: a stride of ${this.strideBytes} bytes is less than a row of ${widthPx} RGB565 pixels`
            )
        const bytes = this.strideBytes * heightPx
        if (address + bytes > memory.length)
            throw new CamscriptError(
                `display: ${bytes} bytes from 0x${address.toString(16)} on reach past the end of memory`
            )
        this.view = new DataView(
            memory.buffer,
            memory.byteOffset + address,
            bytes
        )
    }

    /** The pixel's 16 bits; (0, 0) is the top left one. */
    pixel(x: number, y: number): number {
        const row = this.options.bottomUp === true ? this.heightPx - 1 - y : y
        return this.view.getUint16(
            row * this.strideBytes + x * PIXEL_BYTES,
            true
        )
    }

    /** What is shown now. */
    image(): DisplayImage {
        const { widthPx, heightPx } = this
        const rgb = new Uint8Array(widthPx * heightPx * 3)
        for (let y = 0, at = 0; y < heightPx; y++)
            for (let x = 0; x < widthPx; x++, at += 3)
                rgb.set(colourOf(this.pixel(x, y)), at)
        return { widthPx, heightPx, rgb }
    }
}

/** Five or six bits become eight: the upper bits are repeated below, so that full is 255. */
function colourOf(pixel: number): [number, number, number] {
    const red = pixel >> 11
    const green = (pixel >> 5) & 63
    const blue = pixel & 31
    return [
        (red << 3) | (red >> 2),
        (green << 2) | (green >> 4),
        (blue << 3) | (blue >> 2),
    ]
}
