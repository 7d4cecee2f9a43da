// SPDX-License-Identifier: MIT
// Renders a frame of the MT9V034 for the bus: window, flips, binning and brightness, by table and whole rows.

import type { Field } from "../../../scene/scene.ts"
import { pixel10 } from "./photometry.ts"
import type { FrameSettings } from "../settings.ts"
import { columnsOut, rowsOut } from "../timing.ts"

/** Rows that differ by so much (10 bit) are not averaged: the darker one is taken (MT9V034 DS, row binning). */
const ROW_BIN_THRESHOLD = 200

const PATTERN_FIXED = 1 << 10
const PATTERN_SHADES = 3 << 11

export interface Rendered {
    /** rows x columns, 8 bit. */
    readonly bytes: Uint8Array
    readonly mean8: number
}

/** What a frame's content depends on, besides the scene. */
export interface RenderRequest {
    readonly settings: FrameSettings
    readonly exposureUs: number
    /** 1 = 1x. */
    readonly gain: number
}

/**
 * The order of the model: the field is exposed, converted to 10 bit by a table, read in the order of the flips, rows
 * are binned in pairs, then columns, and the upper 8 bits go out.
 */
export class Renderer {
    private readonly table = new Uint16Array(256)
    private tableExposureUs = -1
    private tableGain = -1

    /** @param into a buffer to use when its size fits */
    render(
        field: Field,
        request: RenderRequest,
        into: Uint8Array | undefined
    ): Rendered {
        const { settings } = request
        const sizeBytes = columnsOut(settings) * rowsOut(settings)
        const bytes =
            into?.length === sizeBytes ? into : new Uint8Array(sizeBytes)
        if (settings.pattern & (PATTERN_FIXED | PATTERN_SHADES))
            renderPattern(bytes, settings)
        else {
            this.setTable(request)
            this.renderScene(bytes, field, settings)
        }
        let sum = 0
        for (let i = 0; i < sizeBytes; i++) sum += bytes[i]!
        return { bytes, mean8: sum / sizeBytes }
    }

    private setTable({ exposureUs, gain }: RenderRequest): void {
        if (exposureUs === this.tableExposureUs && gain === this.tableGain)
            return
        this.tableExposureUs = exposureUs
        this.tableGain = gain
        for (let luma = 0; luma < 256; luma++)
            this.table[luma] = pixel10(luma, exposureUs, gain)
    }

    private renderScene(
        bytes: Uint8Array,
        field: Field,
        settings: FrameSettings
    ): void {
        const { width } = settings.window
        const { rowBin, columnBin } = settings
        const columns = columnsOut(settings)
        const rows = rowsOut(settings)
        const lines = Array.from(
            { length: rowBin },
            () => new Uint16Array(width)
        )
        for (let row = 0; row < rows; row++) {
            lines.forEach((line, k) =>
                this.readLine(line, field, settings, row * rowBin + k)
            )
            for (let step = 1; step < rowBin; step *= 2)
                for (let k = 0; k < rowBin; k += 2 * step)
                    binRows(lines[k]!, lines[k + step]!)
            binColumns(bytes, row * columns, columns, lines[0]!, columnBin)
        }
    }

    /** Row `index` of the readout, 10 bit, mirrored when columns are flipped. */
    private readLine(
        line: Uint16Array,
        field: Field,
        settings: FrameSettings,
        index: number
    ): void {
        const { x, y, width, height } = settings.window
        const { table } = this
        const row = y + (settings.rowFlip ? height - 1 - index : index)
        const start = row * field.width + x
        const { luma } = field
        if (settings.columnFlip)
            for (let i = 0; i < width; i++)
                line[i] = table[luma[start + width - 1 - i]!]!
        else for (let i = 0; i < width; i++) line[i] = table[luma[start + i]!]!
    }
}

/** Two rows into the first: the darker pixel when they differ by 200 LSB or more, else the mean, rounded down. */
function binRows(first: Uint16Array, second: Uint16Array): void {
    for (let i = 0; i < first.length; i++) {
        const a = first[i]!
        const b = second[i]!
        if (Math.abs(a - b) >= ROW_BIN_THRESHOLD) first[i] = Math.min(a, b)
        else first[i] = (a + b) >> 1
    }
}

/** Mean of `bin` neighbours, rounded down; the upper 8 of 10 bits go out. */
function binColumns(
    bytes: Uint8Array,
    start: number,
    columns: number,
    line: Uint16Array,
    bin: number
): void {
    if (bin === 1) {
        for (let c = 0; c < columns; c++) bytes[start + c] = line[c]! >> 2
        return
    }
    const shift = bin === 2 ? 1 : 2
    for (let c = 0; c < columns; c++) {
        let sum = 0
        for (let k = 0; k < bin; k++) sum += line[c * bin + k]!
        bytes[start + c] = (sum >> shift) >> 2
    }
}

/**
 * R0x7F. The sheet names the gradients and does not define them; here: counted on the bus, from 0 in the first pixel,
 * one 8-bit step per row (vertical), column (horizontal) or both (diagonal), wrapping. Window, flips, binning and
 * brightness do not touch it.
 */
function renderPattern(bytes: Uint8Array, settings: FrameSettings): void {
    const { pattern } = settings
    const columns = columnsOut(settings)
    if (pattern & PATTERN_FIXED) {
        bytes.fill((pattern & 0x3ff) >> 2)
        return
    }
    const shades = (pattern & PATTERN_SHADES) >> 11
    const rowStep = shades === 1 || shades === 3 ? 1 : 0
    const columnStep = shades === 2 || shades === 3 ? 1 : 0
    for (let i = 0, row = 0; i < bytes.length; row++)
        for (let column = 0; column < columns; column++, i++)
            bytes[i] = row * rowStep + column * columnStep
}

/** A frame after a change of timing: every pixel differs from the truth, the same way in each run. */
export function corrupt(bytes: Uint8Array, sequence: number): Uint8Array {
    let state = (sequence + 1) * 0x9e3779b1
    return bytes.map(byte => {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        return byte ^ (0x80 | (state & 0x7f))
    })
}
