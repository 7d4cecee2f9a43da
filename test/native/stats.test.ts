// SPDX-License-Identifier: MIT
// Frame statistics against a naive reference.

import { beforeAll, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import { frameStats, type FrameStats } from "../support/native/frame-stats.ts"
import {
    bootRig,
    COLUMNS,
    frameOf,
    FRAME_BYTES,
    ROWS,
    START,
    type Rig,
} from "../support/native/rig.ts"

function statsOf(view: DataView): FrameStats {
    return {
        meanX256: view.getUint16(0, true),
        min: view.getUint8(2),
        max: view.getUint8(3),
        count: view.getUint32(4, true),
        centroidX: view.getUint32(8, true),
        centroidY: view.getUint32(12, true),
        sumDiff: view.getUint32(16, true),
    }
}

describe("statistics of a lent frame", () => {
    let rig: Rig
    let index: number

    beforeAll(async () => {
        rig = await bootRig()
        rig.setMode({ buffers: 1 })
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        index = rig.next()!.index
    })

    function put(pixels: Uint8Array): void {
        rig.memory.set(pixels, rig.board.frameMemory.address)
    }

    function stats(threshold: number, rowStep = 1): FrameStats {
        return statsOf(rig.ask(20, 0xc5, index, threshold, rowStep))
    }

    it.each([0, 1, 100, 200, 255])("agree at threshold %i", threshold => {
        for (let frame = 0; frame < 20; frame++) {
            put(frameOf(frame))
            expect(stats(threshold)).toEqual(
                frameStats(frameOf(frame), threshold, COLUMNS)
            )
        }
    })

    it.each([2, 3, 7, 255])("agree for every row of %i", rowStep => {
        put(frameOf(5))
        expect(stats(100, rowStep)).toEqual(
            frameStats(frameOf(5), 100, COLUMNS, rowStep)
        )
    })

    it("refuse a row step of 0", () => {
        const BAD_GEOMETRY = 5
        expect(() => rig.ask(20, 0xc5, index, 1, 0)).toThrow(
            `refused: ${BAD_GEOMETRY}`
        )
    })

    it("are exact for black and for white", () => {
        put(new Uint8Array(FRAME_BYTES))
        expect(stats(1)).toEqual({
            meanX256: 0,
            min: 0,
            max: 0,
            count: 0,
            centroidX: 0,
            centroidY: 0,
            sumDiff: 0,
        })
        put(new Uint8Array(FRAME_BYTES).fill(255))
        expect(stats(255)).toMatchObject({
            meanX256: 255 * 256,
            count: 128,
            centroidX: 7.5 * 256,
            centroidY: 3.5 * 256,
        })
    })

    it("find a single bright pixel where it is", () => {
        const pixels = new Uint8Array(FRAME_BYTES)
        pixels[5 * COLUMNS + 9] = 200
        put(pixels)
        expect(stats(128)).toMatchObject({
            count: 1,
            centroidX: 9 * 256,
            centroidY: 5 * 256,
            sumDiff: 400,
        })
    })

    it("count 64 bins of 4 gray levels", () => {
        put(frameOf(3))
        const view = rig.ask(256, 0xc6, index)
        const bins = Array.from({ length: 64 }, (_, i) =>
            view.getUint32(4 * i, true)
        )
        const expected = new Array<number>(64).fill(0)
        for (const pixel of frameOf(3)) expected[Math.floor(pixel / 4)]!++

        expect(bins).toEqual(expected)
        expect(bins.reduce((a, b) => a + b)).toBe(COLUMNS * ROWS)
    })
})

/** Put a frame in place and end it by hand, as no sensor of these tests sends it. */
async function handMade(
    columns: number,
    rows: number,
    pixels: Uint8Array
): Promise<{ rig: Rig; index: number }> {
    const rig = await bootRig({ board: "nucleo-f429zi" })
    rig.setMode({ buffers: 1, lineBytes: columns, lines: rows })
    rig.camera.shape = () => ({ columns, rows: 1 })
    rig.control(START)
    rig.chip.dcmi.vsync(1)
    for (let row = 0; row < rows; row++) {
        rig.run(60_000)
        rig.chip.dcmi.hsync(1)
        rig.chip.dcmi.line({
            bytes: pixels.subarray(row * columns, (row + 1) * columns),
            startNs: rig.clock.nowNs - columns * 30,
            periodNs: 30,
            stableEdge: "rising",
        })
        rig.chip.dcmi.hsync(0)
    }
    rig.chip.dcmi.vsync(0)
    rig.run(1000)
    return { rig, index: rig.next()!.index }
}

describe("statistics of the largest frame that one DMA transfer moves", () => {
    it("do not overflow", async () => {
        const { address, bytes } = readBoard("nucleo-f429zi").frameMemory
        const lines = Math.floor(bytes / 752)
        const { rig, index } = await handMade(
            752,
            lines,
            new Uint8Array(752 * lines).fill(255)
        )
        const view = rig.ask(20, 0xc5, index, 1, 1)

        expect(rig.memory[address + 752 * lines - 1]).toBe(255)
        expect(view.getUint16(0, true)).toBe(255 * 256)
        expect(view.getUint32(4, true)).toBe(752 * lines)
        expect(view.getUint32(8, true)).toBe((751 / 2) * 256)
        expect(view.getUint32(12, true)).toBe(((lines - 1) / 2) * 256)
    })
})

describe("statistics of rows of 1600 pixels", () => {
    // Bright pixels of a column within its word are counted in a byte, which 255 words fill.
    it.each([0, 128])("agree at threshold %i", async threshold => {
        const pixels = new Uint8Array(1600 * 4).map(
            (_, i) => (i * 2654435761) >>> 24
        )
        const { rig, index } = await handMade(1600, 4, pixels)

        expect(statsOf(rig.ask(20, 0xc5, index, threshold, 1))).toEqual(
            frameStats(pixels, threshold, 1600)
        )
    })
})
