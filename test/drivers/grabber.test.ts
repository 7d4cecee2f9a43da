// SPDX-License-Identifier: MIT
// The frame grabber's driver on a recording target. Addresses are typed again from docs/frame-grabber.md.

import { GrabberBytes } from "../../protocol/grabber-page.ts"
import { beforeEach, describe, expect, it } from "vitest"
import type { Descriptor, GrabberMode } from "../../drivers/grabber/blocks.ts"
import { FrameGrabber } from "../../drivers/grabber/grabber.ts"
import { connect } from "../../sim/devicescript/stand-ins/core.ts"
import { FakeGrabber } from "../support/drivers/fake-grabber.ts"
import { faultText } from "../../drivers/grabber/fault-text.ts"

const MODE: GrabberMode = {
    strategy: 3,
    format: 1,
    buffers: 2,
    flags: 1,
    window: { x: 266, y: 130, width: 220, height: 219 },
    fps: 119.9998,
    lineBytes: 220,
    lines: 219,
    cwstrt: 0x003c00c4,
    cwsize: 0x01670167,
    readoutUs: 6310,
    busBytes: 360_960,
    sync: 1,
    settleFrames: 3,
    binning: 2,
    frameRows: 300,
}

let page: FakeGrabber
let grabber: FrameGrabber

function emptyDescriptor(): Descriptor {
    return {
        index: -1,
        changes: -1,
        sequence: 0,
        startUs: 0,
        endUs: 0,
        exposureUs: 0,
        gain: 0,
        droppedBefore: 0,
        window: { x: 0, y: 0, width: 0, height: 0 },
        sizeBytes: 0,
        lineBytes: 0,
        lines: 0,
        firstRow: 0,
        lastBatch: false,
        triggerUs: 0,
    }
}

async function lend(): Promise<Descriptor> {
    const frame = emptyDescriptor()
    page.queue.push({ sequence: 41, droppedBefore: 2 })
    expect(await grabber.next(frame)).toBe(true)
    return frame
}

beforeEach(async () => {
    page = new FakeGrabber()
    connect({ transfer: (...transfer) => page.transfer(...transfer) })
    grabber = new FrameGrabber()
    await grabber.init()
})

describe("frame grabber identity and blocks", () => {
    it("refuses another ID, with what it read", async () => {
        page.page.setUint32(0, 0x12345678, true)

        await expect(new FrameGrabber().init()).rejects.toThrow(
            "frame grabber: ID reads 0x12345678, expected 0x31475343"
        )
    })

    it("names the status when nothing is at 0x7e", async () => {
        connect({ transfer: () => -1 })

        await expect(new FrameGrabber().init()).rejects.toThrow(
            "frame grabber: ID: I2C status -1"
        )
    })

    it("reads the board block", async () => {
        expect(await grabber.readBoard()).toEqual({
            hclkHz: 180_000_000,
            xclkHz: 26_660_000,
            frameMemoryBytes: 79_616,
            gcHeapBytes: 24_576,
            ramBytes: 131_072,
            sensorI2cHz: 400_000,
            flags: 0,
        })
    })

    it("reads every field of the request block from its own address", async () => {
        const u16 = {
            0x2c: 17,
            0x2e: 18,
            0x30: 1,
            0x32: 2,
            0x34: 3,
            0x36: 4,
            0x4c: 16,
        }
        const u32 = { 0x38: 120_000, 0x40: 0xfedcba98, 0x48: 3000 }
        const u8 = {
            0x3c: 5,
            0x3d: 6,
            0x3e: 7,
            0x3f: 8,
            0x44: 9,
            0x45: 10,
            0x46: 11,
            0x47: 12,
        }
        for (const [at, value] of Object.entries(u16))
            page.page.setUint16(Number(at), value, true)
        for (const [at, value] of Object.entries(u32))
            page.page.setUint32(Number(at), value, true)
        for (const [at, value] of Object.entries(u8))
            page.page.setUint8(Number(at), value)

        const block = await grabber.readRequest()

        expect([...block]).toEqual(
            Array.from({ length: GrabberBytes.REQUEST }, (_, i) =>
                page.page.getUint8(0x2c + i)
            )
        )
    })

    it("reads every counter from its own address", async () => {
        for (let i = 0; i < 12; i++)
            page.page.setUint32(0x90 + 4 * i, 100 + i, true)

        expect(await grabber.readCounters()).toEqual({
            frames: 100,
            delivered: 101,
            dropped: 102,
            skipped: 103,
            settling: 104,
            overruns: 105,
            shortFrames: 106,
            dmaErrors: 107,
            irqs: 108,
            resyncs: 109,
            tooLarge: 110,
            neededBytes: 111,
        })
    })

    it("reads what went wrong beside the frames", async () => {
        for (let i = 0; i < 6; i++)
            page.page.setUint32(0xe8 + 4 * i, 110 + i, true)

        expect(await grabber.readRecovery()).toEqual({
            overrunFrames: 110,
            sensorFrames: 111,
            i2cErrors: 112,
            restarts: 113,
            lost: 114,
            doubtful: 115,
        })
    })
})

describe("frame grabber mode", () => {
    it("writes its registers, little endian", async () => {
        await grabber.writeMode(MODE)

        expect(page.writes).toEqual([
            [0x50, 3],
            [0x51, 1],
            [0x52, 2],
            [0x53, 1],
            [0x54, 0x0a, 0x01],
            [0x56, 130, 0],
            [0x58, 220, 0],
            [0x5a, 219, 0],
            [0x5c, 0xc0, 0xd4, 0x01, 0x00],
            [0x60, 220, 0],
            [0x62, 219, 0],
            [0x64, 0xc4, 0x00, 0x3c, 0x00],
            [0x68, 0x67, 0x01, 0x67, 0x01],
            [0x6c, 0xa6, 0x18, 0, 0],
            [0x70, 0x00, 0x82, 0x05, 0x00],
            [0x74, 1],
            [0x75, 3],
            [0x76, 2, 0],
            // Annotations come later.
            [0x78, 0, 0, 0, 0],
            [0x7c, 0, 0],
            [0x7e, 0x2c, 0x01],
        ])
    })

    it("annotates exposure in whole microseconds and gain in sixteenths", async () => {
        await grabber.annotate(2999.6, 2.0625)

        expect(page.written(0x78)).toEqual([[0xb8, 0x0b, 0, 0]])
        expect(page.written(0x7c)).toEqual([[33, 0]])
    })

    it("starts, stops and clears by CONTROL", async () => {
        await grabber.start()
        await grabber.stop()
        await grabber.clearCounters()

        expect(page.written(0x80)).toEqual([[1], [2], [3]])
    })

    it("says in words why a mode is refused", async () => {
        page.refuseRegister = 0x50

        await expect(grabber.writeMode(MODE)).rejects.toThrow(
            "frame grabber: the mode block: the buffers need 193600 bytes, the board has 79616 bytes of frame memory"
        )
    })

    it("has a sentence of its own for each code of the page", () => {
        const sentences = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(code =>
            faultText(code, 11, 22)
        )

        expect(new Set(sentences).size).toBe(9)
        expect(
            sentences.some(sentence => sentence.startsWith("LAST_ERROR"))
        ).toBe(false)
        expect(faultText(10, 11, 22)).toBe("LAST_ERROR 10, value 11, limit 22")
    })
})

describe("frame grabber frames", () => {
    beforeEach(() => grabber.writeMode(MODE))

    it("says that none waits and leaves the descriptor alone", async () => {
        const frame = emptyDescriptor()

        expect(await grabber.next(frame)).toBe(false)
        expect(frame).toEqual(emptyDescriptor())
    })

    it("fills the descriptor it is given", async () => {
        await grabber.annotate(3000, 1.5)

        expect(await lend()).toEqual({
            index: 0,
            changes: 1,
            sequence: 41,
            startUs: 1041,
            endUs: 7041,
            exposureUs: 3000,
            gain: 1.5,
            droppedBefore: 2,
            window: { x: 266, y: 130, width: 220, height: 219 },
            sizeBytes: 220 * 219,
            lineBytes: 220,
            lines: 219,
            firstRow: 0,
            lastBatch: false,
            triggerUs: 0,
        })
    })

    it("reads what frames have in common only when it has changed", async () => {
        const frame = await lend()
        frame.lines = 7
        page.queue.push({ sequence: 42, droppedBefore: 1 })

        await grabber.next(frame)

        expect(frame).toMatchObject({
            sequence: 42,
            endUs: 7042,
            droppedBefore: 1,
            lines: 7,
        })
        page.queue.push({ sequence: 43 })
        await grabber.annotate(3000, 1.5)
        await grabber.next(frame)
        expect(frame).toMatchObject({ exposureUs: 3000, lines: 219 })
    })

    it("hears with a frame that it gives back how many wait", async () => {
        const first = await lend()
        page.queue.push({ sequence: 42 }, { sequence: 43 })
        expect(await grabber.release(first.index)).toBe(2)

        const last = await lend()
        page.queue.length = 0
        expect(await grabber.release(last.index)).toBe(0)
    })

    it("gives a frame back once; the second time is refused by index", async () => {
        const frame = await lend()

        await grabber.release(frame.index)

        expect(page.released).toBe(1)
        await expect(grabber.release(frame.index)).rejects.toThrow(
            "frame grabber: RELEASE: frame index 0 is not lent"
        )
    })

    it("reads pixels from an offset, up to the last byte and not one further", async () => {
        const frame = await lend()
        const last = frame.sizeBytes - 4

        expect([...(await grabber.readPixels(frame.index, last, 4))]).toEqual(
            [0, 1, 2, 3].map(i => (last + i) & 0xff)
        )
        await expect(grabber.readPixels(frame.index, last, 5)).rejects.toThrow(
            "frame grabber: PIXELS: byte 48181 is past the end of the frame (48180 bytes)"
        )
    })

    it("refuses what the VM's heap cannot hold, with both numbers, before it allocates", async () => {
        const frame = await lend()
        const free = (24_576 - 12_288) / 2

        expect((await grabber.readPixels(frame.index, 0, free)).length).toBe(
            free
        )
        await expect(
            grabber.readPixels(frame.index, 0, free + 1)
        ).rejects.toThrow(
            "frame grabber: 6145 bytes of pixels may find no room in one piece in the GC heap of 24576 bytes: 6144 do; read fewer rows"
        )
    })

    it("fills a Buffer that exists, whatever its size", async () => {
        const frame = await lend()
        const pixels = Buffer.alloc(frame.sizeBytes)

        await grabber.readPixelsInto(frame.index, 0, pixels)

        expect(pixels[300]).toBe(300 & 0xff)
    })

    it("turns fixed point statistics into numbers", async () => {
        const frame = await lend()
        const stats = {
            mean: 0,
            min: 0,
            max: 0,
            count: 0,
            centroidX: 0,
            centroidY: 0,
            sumDiff: 0,
        }

        await grabber.stats(frame.index, 128, 1, stats)

        expect(stats).toEqual({
            mean: 100.5,
            min: 3,
            max: 250,
            count: 77,
            centroidX: 12.25,
            centroidY: 200,
            sumDiff: 4_000_000_000,
        })
    })

    it("skips what waits", async () => {
        page.queue.push({ sequence: 1 }, { sequence: 2 }, { sequence: 3 })

        await grabber.skip(2)

        expect(page.queue).toEqual([{ sequence: 3 }])
    })
})
