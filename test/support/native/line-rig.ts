// SPDX-License-Identifier: MIT
// Line mode into frames on the native tests' board, and what must be in them.

import { expect } from "vitest"
import {
    bootRig,
    COLUMNS,
    pixelOf,
    ROWS,
    type Rig,
    type RigOptions,
} from "./rig.ts"

/** Of the fake camera's frame. */
export interface Window {
    readonly x: number
    readonly y: number
    readonly columns: number
    readonly rows: number
}

export const WHOLE: Window = { x: 0, y: 0, columns: COLUMNS, rows: ROWS }

/** What the camera sends in a window of a frame. */
export function windowOf(frame: number, window: Window): number[] {
    const bytes: number[] = []
    for (let row = 0; row < window.rows; row++)
        for (let column = 0; column < window.columns; column++)
            bytes.push(pixelOf(frame, window.y + row, window.x + column))
    return bytes
}

/** A board whose mode is line, into frames; not started. */
export async function lineRig(
    window: Window,
    options: RigOptions = {},
    buffers = 2
): Promise<Rig> {
    const rig = await bootRig(options)
    rig.setMode({ buffers, lineBytes: window.columns, lines: window.rows })
    rig.setLines({ skipBytes: window.x, skipRows: window.y })
    return rig
}

/** The oldest frame that waits is frame `sequence`, as it was sent; it is given back. */
export function expectFrame(rig: Rig, sequence: number, window: Window): void {
    const descriptor = rig.next()!
    expect(descriptor).toMatchObject({
        sequence,
        sizeBytes: window.columns * window.rows,
        lineBytes: window.columns,
        lines: window.rows,
        firstRow: 0,
        lastBatch: false,
    })
    const got = rig.pixels(descriptor.index, window.columns * window.rows)
    expect([...got]).toEqual(windowOf(sequence, window))
    expect(rig.release(descriptor.index)).toBe(0)
}
