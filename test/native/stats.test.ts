// SPDX-License-Identifier: MIT
// Frame statistics against a naive reference.

import { beforeAll, describe, expect, it } from "vitest"
import {
    bootRig,
    COLUMNS,
    frameOf,
    FRAME_BYTES,
    ROWS,
    START,
    type Rig,
} from "./rig.ts"

interface Stats {
    meanX256: number
    min: number
    max: number
    count: number
    centroidX: number
    centroidY: number
    sumDiff: number
}

function reference(pixels: Uint8Array, threshold: number): Stats {
    const bright = [...pixels.keys()].filter(i => pixels[i]! >= threshold)
    const sum = pixels.reduce((a, b) => a + b, 0)
    const average = (values: number[]): number =>
        values.length === 0
            ? 0
            : Math.floor(
                  (256 * values.reduce((a, b) => a + b, 0)) / values.length
              )
    return {
        meanX256: Math.floor((256 * sum) / pixels.length),
        min: Math.min(...pixels),
        max: Math.max(...pixels),
        count: bright.length,
        centroidX: average(bright.map(i => i % COLUMNS)),
        centroidY: average(bright.map(i => Math.floor(i / COLUMNS))),
        sumDiff: [...pixels.keys()]
            .filter(i => i % COLUMNS > 0)
            .reduce((a, i) => a + Math.abs(pixels[i]! - pixels[i - 1]!), 0),
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

    function stats(threshold: number): Stats {
        const view = rig.ask(20, 0xc5, index, threshold)
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

    it.each([0, 1, 100, 200, 255])("agree at threshold %i", threshold => {
        for (let frame = 0; frame < 20; frame++) {
            put(frameOf(frame))
            expect(stats(threshold)).toEqual(
                reference(frameOf(frame), threshold)
            )
        }
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

describe("statistics of the largest frame that one DMA transfer moves", () => {
    it("do not overflow", async () => {
        const rig = await bootRig({ board: "nucleo-f429zi" })
        const { address, bytes } = rig.board.frameMemory
        const lines = Math.floor(bytes / 752)
        rig.setMode({ buffers: 1, lineBytes: 752, lines })
        rig.camera.shape = () => ({ columns: 752, rows: 1 })
        rig.control(START)
        // No sensor sends it in this test: the frame is put in place and ended by hand.
        rig.chip.dcmi.vsync(1)
        for (let line = 0; line < lines; line++) {
            rig.run(60_000)
            rig.chip.dcmi.hsync(1)
            rig.chip.dcmi.line({
                bytes: new Uint8Array(752).fill(255),
                startNs: rig.clock.nowNs - 752 * 40,
                periodNs: 40,
                stableEdge: "rising",
            })
            rig.chip.dcmi.hsync(0)
        }
        rig.chip.dcmi.vsync(0)
        rig.run(1000)
        const { index } = rig.next()!
        const view = rig.ask(20, 0xc5, index, 1)

        expect(rig.memory[address + 752 * lines - 1]).toBe(255)
        expect(view.getUint16(0, true)).toBe(255 * 256)
        expect(view.getUint32(4, true)).toBe(752 * lines)
        expect(view.getUint32(8, true)).toBe((751 / 2) * 256)
        expect(view.getUint32(12, true)).toBe(((lines - 1) / 2) * 256)
    })
})
