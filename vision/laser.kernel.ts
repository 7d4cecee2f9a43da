// SPDX-License-Identifier: MIT
import { Bytes, Frame, Row, Words, above, four, ints } from "camscript/kernel"

/** Columns that there is memory for: all of an MT9V034. */
const COLUMNS = 752

const NO_LIGHT = 0xffff

/** Of each column: light above the threshold, and the same times its row. */
const weights = ints(COLUMNS)
const moments = ints(COLUMNS)

function clear(width: i32): void {
    for (let x = 0; x < width; x++) {
        weights[x] = 0
        moments[x] = 0
    }
}

function gather(
    pixels: Bytes,
    from: i32,
    to: i32,
    threshold: i32,
    y: i32
): void {
    for (let x = from; x < to; x++) {
        const light = pixels[x] - threshold
        if (light > 0) {
            weights[x] = weights[x] + light
            moments[x] = moments[x] + light * y
        }
    }
}

/** Most of a picture is dark: four pixels are looked at together. */
function addRow(pixels: Bytes, width: i32, threshold: i32, y: i32): void {
    const thresholds = four(threshold)
    let x = 0
    for (; x + 4 <= width; x += 4)
        if (above(pixels.four(x), thresholds) != 0)
            gather(pixels, x, x + 4, threshold, y)
    gather(pixels, x, width, threshold, y)
}

function finish(width: i32, line: Words): void {
    for (let x = 0; x < width; x++) {
        const weight = weights[x]
        // In two steps: 16 times a moment has more than 32 bits where a column is bright all over.
        line[x] =
            weight > 0
                ? (moments[x] / weight) * 16 +
                  ((moments[x] % weight) * 16) / weight
                : NO_LIGHT
    }
}

/**
 * A laser line across the columns: for each the row of its light, the centre of gravity of what is above a threshold.
 *
 * @param threshold gray level 0..255
 * @param line for each column, 752 at most, the row in 1/16; 0xffff: no light
 */
export function laser(frame: Frame, threshold: i32, line: Words): void {
    const width = min(frame.width, COLUMNS)
    const height = frame.height
    clear(width)
    for (let y = 0; y < height; y++) addRow(frame.row(y), width, threshold, y)
    finish(width, line)
}

/** As laser(), row by row while the frame arrives: no memory for the frame is needed. */
export function laserRow(row: Row, threshold: i32, line: Words): void {
    const width = min(row.width, COLUMNS)
    if (row.first) clear(width)
    addRow(row.pixels, width, threshold, row.y)
    if (row.last) finish(width, line)
}
