// SPDX-License-Identifier: MIT
// What a perfect receiver has of a frame: each pixel for itself, from the scene; shares only the photometry with the renderer.

import type { Field } from "../../../scene/scene.ts"
import { pixel10 } from "./photometry.ts"
import type { RenderRequest } from "./renderer.ts"

/** Compute all pixels of a frame, rows x columns bytes. */
export function referencePixels(
    field: Field,
    request: RenderRequest,
    rows: number,
    columns: number
): Uint8Array {
    const pixels = new Uint8Array(rows * columns)
    for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
            pixels[row * columns + column] =
                pixelOnBus(field, request, row, column) >>> 2
    return pixels
}

/** One pixel on the bus, 10 bit. */
function pixelOnBus(
    field: Field,
    request: RenderRequest,
    row: number,
    column: number
): number {
    const { pattern, rowBin, columnBin } = request.settings
    const shades = (pattern >>> 11) & 3
    if (pattern & 0x0400) return pattern & 0x03ff
    if (shades === 1) return (4 * row) % 1024
    if (shades === 2) return (4 * column) % 1024
    if (shades === 3) return (4 * (row + column)) % 1024
    let sum = 0
    for (let k = 0; k < columnBin; k++)
        sum += binnedRows(
            field,
            request,
            row * rowBin,
            rowBin,
            column * columnBin + k
        )
    return Math.floor(sum / columnBin)
}

/** `count` rows (1, 2 or 4) from readout row `first` on, binned in pairs. */
function binnedRows(
    field: Field,
    request: RenderRequest,
    first: number,
    count: number,
    column: number
): number {
    if (count === 1) return arrayPixel(field, request, first, column)
    const half = count / 2
    const upper = binnedRows(field, request, first, half, column)
    const lower = binnedRows(field, request, first + half, half, column)
    const apart = upper > lower ? upper - lower : lower - upper
    if (apart < 200) return Math.floor((upper + lower) / 2)
    return upper < lower ? upper : lower
}

/** Pixel of the array at a place of the readout, 10 bit. */
function arrayPixel(
    field: Field,
    request: RenderRequest,
    row: number,
    column: number
): number {
    const { window, rowFlip, columnFlip } = request.settings
    const y = rowFlip ? window.y + window.height - 1 - row : window.y + row
    const x = columnFlip
        ? window.x + window.width - 1 - column
        : window.x + column
    const luma = field.luma[y * field.width + x] ?? 0
    return pixel10(luma, request.exposureUs, request.gain)
}
