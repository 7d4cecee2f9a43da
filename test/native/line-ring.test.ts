// SPDX-License-Identifier: MIT
// Line mode into a ring of row batches: each is handed over as its last row arrives.

import { describe, expect, it } from "vitest"
import { windowOf, type Window } from "../support/native/line-rig.ts"
import {
    bootRig,
    COLUMNS,
    START,
    type Rig,
    type RigOptions,
} from "../support/native/rig.ts"

const RING = 1
const WINDOW: Window = { x: 3, y: 1, columns: 12, rows: 7 }

/** Seven rows in batches of three: 3, 3 and 1. */
async function ringRig(buffers = 3, options: RigOptions = {}): Promise<Rig> {
    const rig = await bootRig(options)
    rig.setMode({ buffers, lineBytes: WINDOW.columns, lines: WINDOW.rows })
    rig.setLines({
        skipBytes: WINDOW.x,
        skipRows: WINDOW.y,
        batchRows: 3,
        destination: RING,
    })
    return rig
}

interface Batch {
    readonly sequence: number
    readonly firstRow: number
    readonly lines: number
    readonly lastBatch: boolean
}

/** Take the oldest batch, check its rows, give it back. */
function takeBatch(rig: Rig, window = WINDOW): Batch | undefined {
    const descriptor = rig.next()
    if (!descriptor) return undefined
    const { index, sequence, firstRow, lines, lastBatch, sizeBytes } =
        descriptor
    expect(sizeBytes).toBe(lines * window.columns)
    expect(descriptor.window).toEqual({ x: 0, y: 0, width: 0, height: 0 })
    expect([...rig.pixels(index, sizeBytes)]).toEqual(
        windowOf(sequence, { ...window, y: window.y + firstRow, rows: lines })
    )
    expect(rig.release(index)).toBe(0)
    return { sequence, firstRow, lines, lastBatch }
}

describe("line mode into a ring", () => {
    it("hands a frame over in batches, the last one with what is left and its flag", async () => {
        const rig = await ringRig()
        rig.control(START)
        rig.camera.start()

        for (let sequence = 0; sequence < 4; sequence++) {
            rig.runPast(sequence)
            expect([takeBatch(rig), takeBatch(rig), takeBatch(rig)]).toEqual([
                { sequence, firstRow: 0, lines: 3, lastBatch: false },
                { sequence, firstRow: 3, lines: 3, lastBatch: false },
                { sequence, firstRow: 6, lines: 1, lastBatch: true },
            ])
            expect(takeBatch(rig)).toBeUndefined()
        }
        expect(rig.counters()).toMatchObject({
            frames: 4, // by their last batch
            delivered: 4,
            dropped: 0,
        })
    })

    it("hands a batch over while the sensor still sends the frame", async () => {
        const rig = await ringRig()
        rig.control(START)
        rig.camera.start()
        rig.run(10_000 + 2_000 * 4 + 1_000) // rows 0..3

        expect(rig.camera.sent).toBe(0)
        expect(takeBatch(rig)).toMatchObject({ firstRow: 0 })
        expect(takeBatch(rig)).toBeUndefined()
    })

    it("reads a frame larger than its buffers when batches come back in time", async () => {
        const rig = await ringRig(2)
        rig.control(START)
        rig.camera.start()
        const rows: number[] = []
        while (rig.camera.sent < 3 || rig.u8(0xc2) > 0) {
            rig.run(1_000)
            const batch = takeBatch(rig)
            if (batch && batch.sequence < 3) rows.push(batch.firstRow)
        }

        expect(rows).toEqual([0, 3, 6, 0, 3, 6, 0, 3, 6])
        expect(rig.counters().dropped).toBe(0)
    })

    it("drops and counts batches while no buffer is free, and goes on with the next batch", async () => {
        const rig = await ringRig(2)
        rig.control(START)
        rig.camera.start()
        rig.runPast(1)
        expect(rig.u8(0x81)).toBe(2) // STATE starved
        expect(rig.counters()).toMatchObject({ frames: 0, dropped: 2 })

        takeBatch(rig)
        rig.runPast(2)
        expect(takeBatch(rig)).toMatchObject({ sequence: 0, firstRow: 3 })
        expect(takeBatch(rig)).toMatchObject({ sequence: 2, firstRow: 0 })
    })

    it("has no last batch of a frame in which a row was dropped, and is right again in the next", async () => {
        const rig = await ringRig(4, {
            faults: [{ kind: "drop-row", frame: 1, row: 7 }],
        })
        rig.control(START)
        rig.camera.start()
        const batches: Batch[] = []
        for (let frame = 0; frame < 3; frame++) {
            rig.runPast(frame)
            for (let b = takeBatch(rig); b; b = takeBatch(rig)) batches.push(b)
        }

        expect(batches.map(b => [b.sequence, b.firstRow])).toEqual([
            [0, 0],
            [0, 3],
            [0, 6],
            [1, 0],
            [1, 3],
            [2, 0],
            [2, 3],
            [2, 6],
        ])
        expect(rig.counters()).toMatchObject({ resyncs: 1, shortFrames: 1 })
    })

    it("does not hand over the batch in which a row is lost, with the frame's rows at an even pace", async () => {
        const rig = await ringRig(4, {
            faults: [{ kind: "drop-row", frame: 3, row: 4 }],
        })
        rig.send(0x75, 1) // MODE_SETTLE_FRAMES
        rig.write16(0x7e, 25) // MODE_FRAME_ROWS: 50 us of 2 us
        rig.control(START)
        rig.camera.start()
        const batches: Batch[] = []
        for (let frame = 0; frame < 5; frame++) {
            rig.runPast(frame)
            for (let b = takeBatch(rig); b; b = takeBatch(rig)) batches.push(b)
        }

        expect(batches.map(b => [b.sequence, b.firstRow])).toEqual([
            [1, 0],
            [1, 3],
            [1, 6],
            [2, 0],
            [2, 3],
            [2, 6],
            [3, 0],
            [4, 0],
            [4, 3],
            [4, 6],
        ])
        expect(rig.counters()).toMatchObject({ shortFrames: 1, delivered: 3 })
    })

    it("hands over each batch of a frame of many rows, whose row is no whole number of 1/16 us", async () => {
        const rig = await bootRig()
        const rows = 200
        rig.camera.rowNs = 6_400 // blanking: 5 of them, and one more before VSYNC
        rig.camera.shape = () => ({ rows, columns: COLUMNS })
        rig.setMode({ buffers: 3, lines: rows, settle: 1 })
        rig.write32(0x5c, 758_495) // 206 rows
        rig.write16(0x7e, 206)
        rig.setLines({ busRows: rows, batchRows: 20, destination: RING })
        expect(rig.control(START)).toBe(0)
        rig.camera.start()
        const taken: number[] = []
        while (rig.camera.sent < 3 || rig.u8(0xc2) > 0) {
            rig.run(6_400)
            const batch = takeBatch(rig, { x: 0, y: 0, columns: COLUMNS, rows })
            if (batch && batch.sequence < 3) taken.push(batch.firstRow)
        }

        const frame = [0, 20, 40, 60, 80, 100, 120, 140, 160, 180]

        expect(taken).toEqual([...frame, ...frame])
    })

    it("counts a frame of which a batch is not handed over as doubtful, once", async () => {
        const rig = await ringRig(4)
        rig.send(0x75, 1) // MODE_SETTLE_FRAMES
        rig.write16(0x7e, 25) // MODE_FRAME_ROWS: 50 us of 2 us
        // One row between the second and the third batch comes late, and all after it: nothing is missing.
        rig.control(START)
        rig.camera.lateRow = { frame: 2, row: 3, byNs: 1_900 }
        rig.camera.start()
        const batches: Batch[] = []
        for (let frame = 0; frame < 5; frame++) {
            rig.runPast(frame)
            for (let b = takeBatch(rig); b; b = takeBatch(rig)) batches.push(b)
        }

        expect(
            batches.filter(b => b.sequence === 2).map(b => b.firstRow)
        ).toEqual([3, 6])
        expect(rig.counters()).toMatchObject({
            shortFrames: 0,
            delivered: 3,
            doubtful: 1,
        })
    })

    it("does not hand over batches of settling frames", async () => {
        const rig = await ringRig()
        rig.send(0x75, 1)
        rig.control(START)
        rig.camera.start()
        rig.runPast(1)

        expect(takeBatch(rig)).toMatchObject({ sequence: 1, firstRow: 0 })
        expect(rig.counters()).toMatchObject({ settling: 1, frames: 2 })
    })
})
