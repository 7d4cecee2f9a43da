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

/** Who drops the columns before a window: the CPU, or the DCMI all whole words of them, as the planner has it. */
export type Dropping = "cpu" | "dcmi"

const CROP = 1

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
    buffers = 2,
    dropping: Dropping = "cpu"
): Promise<Rig> {
    const rig = await bootRig(options)
    const { x, y: skipRows, columns: lineBytes, rows: lines } = window
    const dropped = dropping === "dcmi" ? x - (x % 4) : 0
    rig.setMode({ buffers, flags: dropped > 0 ? CROP : 0, lineBytes, lines })
    rig.setLines({
        busBytes: COLUMNS - dropped,
        skipBytes: x - dropped,
        skipRows,
    })
    rig.write32(0x64, dropped) // CWSTRT: HOFFCNT
    rig.write32(0x68, ((ROWS - 1) << 16) | (COLUMNS - dropped - 1)) // CWSIZE
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
