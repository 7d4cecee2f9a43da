// SPDX-License-Identifier: MIT
// Whole frames of more words than one DMA transfer moves: equal chunks by double buffer.

import { beforeEach, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import {
    bootRig,
    frameOf,
    START,
    STOP,
    type Rig,
} from "../support/native/rig.ts"

const SRAM = 0x20000000
const SRAM_BYTES = 0x80000
const FRAMES = 0x20010000
const FRAME_BYTES = 752 * 480

describe("a frame of 752 x 480 bytes on a board with much memory", () => {
    let rig: Rig

    beforeEach(async () => {
        const board = readBoard("nucleo-f446re")
        rig = await bootRig({
            change: {
                memories: [
                    { ...board.memories[0]!, address: SRAM, bytes: SRAM_BYTES },
                ],
                frameMemory: { address: FRAMES, bytes: SRAM_BYTES - 0x10000 },
            },
        })
        rig.setMode({ buffers: 1, lineBytes: 752, lines: 480 })
        rig.write32(0x5c, 66_921) // 481 x 31 us and 32 us
        rig.camera.shape = () => ({ columns: 752, rows: 480 })
        rig.camera.rowNs = 31_000
    })

    function pixels(index: number): Uint8Array {
        const half = FRAME_BYTES / 2
        const parts = [0, half].map(offset => {
            const view = new DataView(new ArrayBuffer(4))
            view.setUint32(0, offset, true)
            const at = [...new Uint8Array(view.buffer)]
            return [...new Uint8Array(rig.ask(half, 0xc4, index, ...at).buffer)]
        })
        return Uint8Array.from(parts.flat())
    }

    it("arrives whole, with an interrupt for each of two chunks and one for its end", () => {
        rig.control(START)
        rig.camera.start()
        for (let frame = 0; frame < 3; frame++) {
            rig.runPast(frame)
            const descriptor = rig.next()!
            expect(descriptor).toMatchObject({
                sequence: frame,
                sizeBytes: FRAME_BYTES,
                lineBytes: 752,
                lines: 480,
            })
            const same = Buffer.compare(
                pixels(descriptor.index),
                frameOf(frame, 752, 480)
            )
            expect(same).toBe(0)
            expect(rig.release(descriptor.index)).toBe(0)
        }
        expect(rig.counters()).toMatchObject({ frames: 3, dropped: 0, irqs: 9 })
    })

    it("uses two chunks of 45,120 words, one behind the other", () => {
        rig.control(START)
        const { bus } = rig.chip
        expect(bus.read32(0x4002642c)).toBe(45_120) // S1NDTR
        expect(bus.read32(0x40026434)).toBe(FRAMES) // S1M0AR
        expect(bus.read32(0x40026438)).toBe(FRAMES + 4 * 45_120) // S1M1AR
    })

    it("is dropped without a buffer, and captured again when it comes back", () => {
        rig.control(START)
        rig.camera.start()
        rig.runPast(1)
        expect(rig.u8(0x81)).toBe(2) // STATE starved
        expect(rig.counters()).toMatchObject({ frames: 1, dropped: 1 })
        rig.release(rig.next()!.index)
        expect(rig.u8(0x81)).toBe(1)
        rig.runPast(2)
        expect(rig.next()!.sequence).toBe(2)
    })

    it.each([
        ["short", 479, { shortFrames: 1, overruns: 0 }],
        ["too long", 481, { shortFrames: 0, overruns: 1 }],
    ])(
        "is not lent when it is %s, and the next one is right",
        (_, rows, counts) => {
            rig.camera.shape = frame => ({
                columns: 752,
                rows: frame === 1 ? rows : 480,
            })
            rig.control(START)
            rig.camera.start()
            rig.runPast(0)
            rig.release(rig.next()!.index)
            rig.runPast(1)
            expect(rig.next()).toBeUndefined()
            rig.runPast(2)

            expect(rig.counters()).toMatchObject({ frames: 2, ...counts })
            const after = rig.next()!
            expect(
                Buffer.compare(pixels(after.index), frameOf(2, 752, 480))
            ).toBe(0)
        }
    )

    it("writes nothing past its buffer, also of a frame that is too long", () => {
        rig.camera.shape = () => ({ columns: 752, rows: 482 })
        const after = FRAMES + FRAME_BYTES
        rig.memory.fill(0xee, after, after + 752 * 4)
        rig.control(START)
        rig.camera.start()
        rig.runPast(1)
        rig.control(STOP)

        expect(
            rig.memory.subarray(after, after + 752 * 4).every(b => b === 0xee)
        ).toBe(true)
    })

    it("has exact statistics", () => {
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        const { index } = rig.next()!
        const expected = frameOf(0, 752, 480)
        const sum = expected.reduce((total, gray) => total + gray, 0)
        const view = rig.ask(20, 0xc5, index, 0, 1)

        expect(view.getUint16(0, true)).toBe(
            Math.floor((sum * 256) / FRAME_BYTES)
        )
        expect(view.getUint32(4, true)).toBe(FRAME_BYTES)
        expect(view.getUint32(8, true)).toBe(375.5 * 256)
        expect(view.getUint32(12, true)).toBe(239.5 * 256)
    })
})
