// SPDX-License-Identifier: MIT
// Renders what the OV2640's DSP puts out, as RGB: exposed, sub-sampled, flipped, cut out, divided and zoomed, row by row.

import type { Field } from "../../../scene/scene.ts"
import { channel8 } from "./photometry.ts"
import type { FrameSettings } from "../settings.ts"

/** What a frame's content depends on, besides the scene. */
export interface RenderRequest {
    readonly settings: FrameSettings
    readonly exposureUs: number
    /** 1 = 1x. */
    readonly gain: number
}

/** COM7[1]: white, yellow, cyan, green, magenta, red, blue, black; the sheet names the function, the colours are ours. */
const BAR_COLOURS = [
    0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff,
    0x000000,
]

/**
 * The order of the model. A pixel of the mode is every `step`th of every `step`th row of the field (sub-sampling);
 * exposed by a table; colour bars replace it; mirror and flip turn the sensor's window; the DSP window is cut out;
 * the divider takes the mean of 2^h x 2^v pixels (CTRLI[6]: rounded, else truncated); zoom takes, per output pixel,
 * the mean (halves up) of the whole pixels floor(i * in / out) .. floor((i + 1) * in / out) - 1 across and down.
 * @returns 3 bytes per pixel
 */
export function renderRgb(field: Field, request: RenderRequest): Uint8Array {
    const { geometry } = request.settings
    const { divided, output } = geometry
    const rgb = new Uint8Array(3 * output.width * output.height)
    const reader = new RowReader(field, request)
    const dividedRow = new Uint8Array(3 * divided.width)
    const sums = new Uint32Array(3 * output.width)
    for (let row = 0; row < output.height; row++) {
        const first = Math.floor((row * divided.height) / output.height)
        const end = Math.floor(((row + 1) * divided.height) / output.height)
        const to = rgb.subarray(
            3 * output.width * row,
            3 * output.width * (row + 1)
        )
        if (divided.width === output.width && end - first === 1) {
            reader.divided(first, to)
            continue
        }
        sums.fill(0)
        for (let line = first; line < end; line++) {
            reader.divided(line, dividedRow)
            addCells(sums, dividedRow, divided.width, output.width)
        }
        writeMeans(to, sums, divided.width, output.width, end - first)
    }
    return rgb
}

/** Rows of the DSP window, exposed, and rows after the divider. */
class RowReader {
    private readonly table = new Uint8Array(256)
    private readonly colours: Uint8Array | undefined
    private readonly windowRow: Uint8Array
    private readonly sums: Uint32Array

    constructor(
        private readonly field: Field,
        private readonly request: RenderRequest
    ) {
        const { geometry } = request.settings
        this.colours = field.rgb
        for (let value = 0; value < 256; value++)
            this.table[value] = channel8(
                value,
                request.exposureUs,
                request.gain
            )
        this.windowRow = new Uint8Array(3 * geometry.window.width)
        this.sums = new Uint32Array(3 * geometry.divided.width)
    }

    /** Row `index` after the divider. */
    divided(index: number, to: Uint8Array): void {
        const { hDivider, vDivider, round } = this.request.settings.geometry
        if (hDivider === 0 && vDivider === 0) {
            this.window(index, to)
            return
        }
        const { sums, windowRow } = this
        sums.fill(0)
        for (let k = 0; k < 1 << vDivider; k++) {
            this.window((index << vDivider) + k, windowRow)
            for (let i = 0, x = 0; i < windowRow.length; i += 3, x++) {
                const cell = 3 * (x >> hDivider)
                sums[cell]! += windowRow[i]!
                sums[cell + 1]! += windowRow[i + 1]!
                sums[cell + 2]! += windowRow[i + 2]!
            }
        }
        const shift = hDivider + vDivider
        const half = round ? 1 << (shift - 1) : 0
        for (let i = 0; i < sums.length; i++) to[i] = (sums[i]! + half) >> shift
    }

    /** Row `index` of the DSP window. */
    private window(index: number, to: Uint8Array): void {
        const { geometry, mirror, flip, colourBar } = this.request.settings
        const { mode, sensor, window } = geometry
        const row = window.y + index
        const y = sensor.y + (flip ? sensor.height - 1 - row : row)
        const firstX = mirror
            ? sensor.x + sensor.width - 1 - window.x
            : sensor.x + window.x
        const from = (y * this.field.width + firstX) * mode.step
        const advance = mirror ? -mode.step : mode.step
        if (colourBar) this.bars(to)
        else if (this.colours) this.colour(this.colours, to, from, advance)
        else this.gray(this.field.luma, to, from, advance)
    }

    private colour(
        rgb: Uint8Array,
        to: Uint8Array,
        from: number,
        advance: number
    ): void {
        const { table } = this
        for (let i = 0, at = 3 * from; i < to.length; i += 3) {
            to[i] = table[rgb[at]!]!
            to[i + 1] = table[rgb[at + 1]!]!
            to[i + 2] = table[rgb[at + 2]!]!
            at += 3 * advance
        }
    }

    private gray(
        luma: Uint8Array,
        to: Uint8Array,
        from: number,
        advance: number
    ): void {
        const { table } = this
        for (let i = 0, at = from; i < to.length; i += 3, at += advance) {
            const value = table[luma[at]!]!
            to[i] = value
            to[i + 1] = value
            to[i + 2] = value
        }
    }

    /** Eight equal bars over the mode's width, made after the read-out: mirror and exposure do not touch them. */
    private bars(to: Uint8Array): void {
        const { mode, sensor, window } = this.request.settings.geometry
        for (let i = 0, x = sensor.x + window.x; i < to.length; i += 3, x++) {
            const colour = BAR_COLOURS[Math.floor((8 * x) / mode.width)]!
            to[i] = colour >> 16
            to[i + 1] = (colour >> 8) & 0xff
            to[i + 2] = colour & 0xff
        }
    }
}

/** Add a divided row into the sums of the output cells that its pixels belong to. */
function addCells(
    sums: Uint32Array,
    row: Uint8Array,
    width: number,
    outputWidth: number
): void {
    for (let cell = 0, x = 0; cell < outputWidth; cell++) {
        const end = Math.floor(((cell + 1) * width) / outputWidth)
        for (; x < end; x++) {
            sums[3 * cell]! += row[3 * x]!
            sums[3 * cell + 1]! += row[3 * x + 1]!
            sums[3 * cell + 2]! += row[3 * x + 2]!
        }
    }
}

function writeMeans(
    to: Uint8Array,
    sums: Uint32Array,
    width: number,
    outputWidth: number,
    rows: number
): void {
    for (let cell = 0, start = 0; cell < outputWidth; cell++) {
        const end = Math.floor(((cell + 1) * width) / outputWidth)
        const pixels = (end - start) * rows
        for (let channel = 3 * cell; channel < 3 * cell + 3; channel++)
            to[channel] = Math.floor(
                (2 * sums[channel]! + pixels) / (2 * pixels)
            )
        start = end
    }
}
