// SPDX-License-Identifier: MIT
// The test chart: every window of it is unique, so that a captured frame tells where it was taken.

import { mix32 } from "./random.ts"
import type { Scene } from "./scene.ts"
import { StillScene } from "./still-scene.ts"
import type { Size } from "../../protocol/capture.ts"

/** The field of the MT9V034. */
const DEFAULT_FIELD: Size = { width: 752, height: 480 }

/** A fine random grain of two levels on the ground (0, 1), and of two brighter ones on grid lines and figures (2, 3). */
const LEVELS = [40, 72, 168, 216] as const
const MARK = 2

/** Grid lines, and beside each crossing its coordinates in figures. */
const GRID_COLUMNS = 80
const GRID_ROWS = 32
const DOT_PX = 2
const GLYPH_COLUMNS = 3
const GLYPH_ROWS = 5
/** Distance of the figures from the grid lines. */
const MARGIN_PX = 4

/** 3 x 5 dots per sign, top row first, leftmost dot in bit 2. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
    "0": [7, 5, 5, 5, 7],
    "1": [2, 6, 2, 2, 7],
    "2": [7, 1, 7, 4, 7],
    "3": [7, 1, 7, 1, 7],
    "4": [5, 5, 7, 1, 1],
    "5": [7, 4, 7, 1, 7],
    "6": [7, 4, 7, 5, 7],
    "7": [7, 1, 1, 1, 1],
    "8": [7, 5, 7, 5, 7],
    "9": [7, 5, 7, 1, 7],
    ",": [0, 0, 0, 2, 4],
}

export function chartScene(size: Size = DEFAULT_FIELD): Scene {
    const luma = chartLevels(size)
    // A loop: with map the chart takes a fifth of a short run.
    for (let i = 0; i < luma.length; i++) luma[i] = LEVELS[luma[i]!]!
    return new StillScene("chart", size, luma)
}

/**
 * Find where a captured window of the chart was taken.
 *
 * @param pixels width x height bytes as captured: unbinned, unflipped, at any exposure that keeps the grain visible
 * @param field the chart's size
 * @returns the window's corner on the field; undefined when it is not from the chart, has a wrong pixel,
 * or fits in more than one place (smaller than 16x16, black or saturated)
 */
export function locateChart(
    pixels: Uint8Array,
    width: number,
    height: number,
    field: Size = DEFAULT_FIELD
): { x: number; y: number } | undefined {
    const levels = chartLevels(field)
    let found: { x: number; y: number } | undefined
    for (let y = 0; y + height <= field.height; y++)
        for (let x = 0; x + width <= field.width; x++) {
            const start = y * field.width + x
            if (!fits({ pixels, width, height }, levels, start, field.width))
                continue
            if (found) return undefined
            found = { x, y }
        }
    return found
}

interface Window extends Size {
    readonly pixels: Uint8Array
}

/**
 * True when one brightness curve turns the chart from `start` on into the window: equal levels give equal values,
 * brighter ones no darker values, and the grain of the ground stays visible.
 */
function fits(
    { pixels, width, height }: Window,
    levels: Uint8Array,
    start: number,
    pitch: number
): boolean {
    const curve: (number | undefined)[] = [
        undefined,
        undefined,
        undefined,
        undefined,
    ]
    for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
            const level = levels[start + row * pitch + column]!
            const value = pixels[row * width + column]!
            if ((curve[level] ??= value) !== value) return false
        }
    const seen = curve.filter(value => value !== undefined)
    const rises = seen.every((value, i) => i === 0 || value >= seen[i - 1]!)
    const [dark, bright] = curve
    return rises && dark !== undefined && bright !== undefined && dark < bright
}

/** An index into LEVELS for each pixel. */
function chartLevels({ width, height }: Size): Uint8Array {
    const levels = new Uint8Array(width * height)
    for (let y = 0; y < height; y += GRID_ROWS)
        levels.fill(MARK, y * width, (y + 1) * width)
    for (let x = 0; x < width; x += GRID_COLUMNS)
        for (let y = 0; y < height; y++) levels[y * width + x] = MARK
    for (let y = 0; y < height; y += GRID_ROWS)
        for (let x = 0; x < width; x += GRID_COLUMNS)
            drawText(levels, width, x, y)
    addGrain(levels, width)
    return levels
}

/** Adds one random bit per pixel, from its coordinates alone. */
function addGrain(levels: Uint8Array, width: number): void {
    for (let i = 0, y = 0; i < levels.length; y++)
        for (let x = 0; x < width; x++) levels[i++]! += mix32((y << 16) | x) & 1
}

/** The coordinates of the crossing at (x, y), below and right of it. */
function drawText(
    levels: Uint8Array,
    pitch: number,
    x: number,
    y: number
): void {
    ;[...`${x},${y}`].forEach((sign, n) => {
        const left = x + MARGIN_PX + n * (GLYPH_COLUMNS + 1) * DOT_PX
        drawGlyph(levels, pitch, GLYPHS[sign]!, left, y + MARGIN_PX)
    })
}

function drawGlyph(
    levels: Uint8Array,
    pitch: number,
    glyph: readonly number[],
    left: number,
    top: number
): void {
    for (let row = 0; row < GLYPH_ROWS * DOT_PX; row++)
        for (let column = 0; column < GLYPH_COLUMNS * DOT_PX; column++) {
            const bits = glyph[Math.floor(row / DOT_PX)]!
            const bit = GLYPH_COLUMNS - 1 - Math.floor(column / DOT_PX)
            const x = left + column
            if ((bits >> bit) & 1 && x < pitch)
                levels[(top + row) * pitch + x] = MARK
        }
}
