// SPDX-License-Identifier: MIT
// The frame grabber's registers: every block, every error code.

import { beforeEach, describe, expect, it } from "vitest"
import {
    bootRig,
    FRAME_BYTES,
    frameOf,
    GRABBER,
    START,
    STOP,
    type Rig,
} from "../support/native/rig.ts"
import { Strategy, TestPattern, TimingMode } from "../../protocol/capture.ts"

const BAD_REGISTER = 1
const BAD_LENGTH = 2
const BUSY = 3
const NO_MEMORY = 4
const BAD_GEOMETRY = 5
const TOO_MANY_WORDS = 6
const NOT_LENT = 7
const OUT_OF_FRAME = 8
const HARDWARE = 9
const NO_KERNEL = 16

describe("board block", () => {
    it("says what the nucleo-f446re has", async () => {
        const rig = await bootRig()
        expect(rig.u32(0x00)).toBe(0x31475343) // ID
        expect(rig.u32(0x04)).toBe(180_000_000) // HCLK_HZ
        expect(rig.u32(0x08)).toBe(26_660_000) // XCLK_HZ
        expect(rig.u32(0x0c)).toBe(rig.board.frameMemory.bytes)
        expect(rig.u32(0x10)).toBe(24_576) // GC_HEAP_BYTES
        expect(rig.u32(0x14)).toBe(131_072) // RAM_BYTES
        expect(rig.u32(0x18)).toBe(400_000) // SENSOR_I2C_HZ
        expect(rig.u32(0x1c)).toBe(7) // RESET, STANDBY and EXPOSURE are wired
    })

    it("counts CCM as RAM, and not as frame memory", async () => {
        const rig = await bootRig({ board: "nucleo-f429zi" })
        expect(rig.u32(0x14)).toBe(262_144)
        expect(rig.u32(0x0c)).toBe(196_608 - 10_240)
    })

    it("has no flag for a pin that is not wired", async () => {
        const { board } = await bootRig()
        const rig = await bootRig({
            change: { sensor: { ...board.sensor, standbyPin: undefined } },
        })
        expect(rig.u32(0x1c)).toBe(0b101)
    })
})

describe("request block", () => {
    it("leaves everything to the program, and centres, when nothing is asked for", async () => {
        const rig = await bootRig()
        const block = new Uint8Array(rig.ask(30, 0x30).buffer)
        expect(block[0x45 - 0x30]).toBe(1) // the sensor that is plugged in
        block[0x45 - 0x30] = 0
        expect([...block]).toEqual([
            255,
            255,
            255,
            255,
            ...Array<number>(26).fill(0),
        ])
    })

    it("holds what the user asked for", async () => {
        const rig = await bootRig({
            request: {
                window: { x: 10, y: 60, width: 260, height: 258 },
                fps: 119.88,
                strategy: Strategy.ROWS_CROP,
                buffers: 3,
                ramBytes: 70_000,
                timing: TimingMode.DEFAULT,
                testPattern: TestPattern.DIAGONAL,
                exposureUs: 5_000,
                gain: 2.5,
            },
        })
        const view = rig.ask(30, 0x30)
        const at = (register: number): number => register - 0x30
        expect(view.getUint16(at(0x30), true)).toBe(10)
        expect(view.getUint16(at(0x32), true)).toBe(60)
        expect(view.getUint16(at(0x34), true)).toBe(260)
        expect(view.getUint16(at(0x36), true)).toBe(258)
        expect(view.getUint32(at(0x38), true)).toBe(119_880)
        expect(view.getUint8(at(0x3c))).toBe(4)
        expect(view.getUint8(at(0x3e))).toBe(3)
        expect(view.getUint32(at(0x40), true)).toBe(70_000)
        expect(view.getUint8(at(0x44))).toBe(2)
        expect(view.getUint8(at(0x46))).toBe(3)
        expect(view.getUint32(at(0x48), true)).toBe(5_000)
        expect(view.getUint16(at(0x4c), true)).toBe(40)
    })
})

describe("the frame grabber's registers", () => {
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
    })

    function streamOneFrame(): number {
        rig.setMode({})
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        return rig.next()!.index
    }

    function refused(status: number): ReturnType<Rig["lastError"]> {
        expect(status).toBe(-2)
        return rig.lastError()
    }

    function read(count: number, ...bytes: number[]): number {
        return rig.native.transfer(
            GRABBER,
            Uint8Array.from(bytes),
            new Uint8Array(count)
        )
    }

    it("acknowledge an empty transfer", () => {
        expect(read(0)).toBe(0)
    })

    it("give back what was written to the mode block, also in one go", () => {
        const block = Array.from({ length: 0x2e }, (_, i) => i + 1)
        expect(rig.send(0x50, ...block)).toBe(0)
        expect([...new Uint8Array(rig.ask(0x2e, 0x50).buffer)]).toEqual(block)
    })

    it("give back what was written to the lines block", () => {
        const block = Array.from({ length: 17 }, (_, i) => i + 1)
        expect(rig.send(0xd0, ...block)).toBe(0)
        expect([...new Uint8Array(rig.ask(17, 0xd0).buffer)]).toEqual(block)
    })

    it("refuse registers that do not exist, start in the middle, or are read only", () => {
        expect(refused(read(1, 0x20))).toMatchObject({
            code: BAD_REGISTER,
            value: 0x20,
        })
        expect(refused(read(1, 0x01)).code).toBe(BAD_REGISTER)
        expect(refused(read(1, 0xe2)).code).toBe(BAD_REGISTER)
        expect(refused(read(1, 0xe5)).code).toBe(BAD_REGISTER)
        expect(refused(rig.write32(0x00, 1)).code).toBe(BAD_REGISTER)
        expect(refused(rig.send(0x34, 1, 0)).code).toBe(BAD_REGISTER)
        expect(refused(rig.send(0x81, 1)).code).toBe(BAD_REGISTER)
        expect(refused(rig.send(0xc2, 1)).code).toBe(BAD_REGISTER)
        expect(refused(rig.send(0x5e, 1)).code).toBe(BAD_REGISTER)
    })

    it("refuse a kernel's call that is too short or reads nothing, has a frame that is not lent, or is of no kernel", () => {
        const call = (frame: number, ...numbers: number[]) => [
            0xcf,
            0x34,
            0x12,
            0,
            frame,
            0xff,
            0xff,
            0xff,
            ...numbers,
        ]

        expect(refused(read(1, 0xcf)).code).toBe(BAD_LENGTH)
        expect(refused(read(1, ...call(0xff, 1, 2))).code).toBe(BAD_LENGTH)
        expect(refused(rig.send(...call(0xff))).code).toBe(BAD_LENGTH)
        expect(refused(read(1, ...call(2)))).toMatchObject({
            code: NOT_LENT,
            value: 2,
        })
        expect(refused(read(1, ...call(0xff, 0, 0, 0, 0)))).toMatchObject({
            code: NO_KERNEL,
            value: 0x1234,
        })
    })

    it("refuse a write that runs on past the mode block", () => {
        expect(refused(rig.send(0x7c, 1, 0, 0, 0, START))).toMatchObject({
            code: BAD_REGISTER,
            value: 0x80,
        })
        expect(rig.u8(0x81)).toBe(0)
    })

    it("refuse a control command that does not exist", () => {
        expect(refused(rig.control(8))).toEqual({
            code: BAD_REGISTER,
            value: 8,
            limit: 7,
        })
    })

    it("refuse too few and too many bytes, and say how many", () => {
        expect(refused(rig.send(0x60, 1))).toEqual({
            code: BAD_LENGTH,
            value: 1,
            limit: 2,
        })
        expect(refused(rig.send(0x60, 1, 0, 2))).toEqual({
            code: BAD_LENGTH,
            value: 3,
            limit: 4,
        })
        expect(refused(rig.send(0x50)).code).toBe(BAD_LENGTH)
        expect(refused(rig.send(0x80, 1, 1)).code).toBe(BAD_LENGTH)
        expect(refused(read(47, 0xc0))).toEqual({
            code: BAD_LENGTH,
            value: 47,
            limit: 48,
        })
        expect(refused(read(2, 0xc2)).code).toBe(BAD_LENGTH)
        expect(refused(read(0, 0xc1)).code).toBe(BAD_LENGTH)
        expect(refused(read(0, 0xc4, 0, 0, 0, 0, 0))).toEqual({
            code: BAD_LENGTH,
            value: 0,
            limit: 1,
        })
        expect(refused(read(4, 0xc4, 0, 0))).toEqual({
            code: BAD_LENGTH,
            value: 3,
            limit: 6,
        })
        expect(refused(read(19, 0xc5, 0, 0, 1)).code).toBe(BAD_LENGTH)
        expect(refused(read(255, 0xc6, 0)).code).toBe(BAD_LENGTH)
        expect(refused(read(13, 0xb4))).toEqual({
            code: BAD_LENGTH,
            value: 13,
            limit: 12,
        })
        expect(refused(read(18, 0xd0))).toEqual({
            code: BAD_LENGTH,
            value: 18,
            limit: 17,
        })
        expect(refused(rig.send(0xe0, 1, 2))).toEqual({
            code: BAD_LENGTH,
            value: 2,
            limit: 1,
        })
        expect(refused(read(2, 0x50, 1)).code).toBe(BAD_LENGTH)
        expect(refused(read(1)).code).toBe(BAD_LENGTH)
    })

    it("change nothing when they refuse", () => {
        rig.write16(0x60, 220)
        rig.send(0x60, 1, 0, 2)
        expect(rig.ask(2, 0x60).getUint16(0, true)).toBe(220)
    })

    it("keep the last error until counters are cleared", () => {
        rig.send(0x60, 1)
        rig.write16(0x60, 1)
        expect(rig.u8(0x82)).toBe(BAD_LENGTH)
        rig.control(3)
        expect(rig.lastError()).toEqual({ code: 0, value: 0, limit: 0 })
    })

    it("refuse mode and start while streaming, but for exposure and gain", () => {
        streamOneFrame()
        expect(refused(rig.write16(0x60, 16))).toMatchObject({
            code: BUSY,
            value: 0x60,
        })
        expect(refused(rig.control(START)).code).toBe(BUSY)
        expect(rig.write32(0x78, 4_000)).toBe(0)
        expect(rig.write16(0x7c, 32)).toBe(0)
        expect(refused(rig.write16(0xd0, 16))).toMatchObject({
            code: BUSY,
            value: 0xd0,
        })
    })

    it("take the mode in one run from MODE_STRATEGY to MODE_SETTLE_FRAMES, as the driver writes it", () => {
        const mode = [...new Uint8Array(rig.ask(38, 0x50).buffer)]
        rig.write32(0x78, 3_000)
        rig.setMode({ buffers: 2 })
        const wanted = [...new Uint8Array(rig.ask(38, 0x50).buffer)]
        expect(rig.send(0x50, ...mode)).toBe(0)
        expect(refused(rig.control(START)).code).toBe(BAD_GEOMETRY)

        expect(rig.send(0x50, ...wanted)).toBe(0)

        expect(rig.ask(4, 0x78).getUint32(0, true)).toBe(3_000)
        expect(rig.control(START)).toBe(0)
    })

    it("refuse such a run by its first register, by what is too much, or by what is in part", () => {
        const mode = [...new Uint8Array(rig.ask(38, 0x50).buffer)]
        const beyond = Array.from({ length: 0x31 }, () => 1)
        expect(refused(rig.send(0x50, ...beyond))).toMatchObject({
            code: BAD_REGISTER,
            value: 0x80,
        })
        expect(refused(rig.send(0x50, ...mode.slice(0, 35)))).toEqual({
            code: BAD_LENGTH,
            value: 35,
            limit: 36,
        })
        expect([...new Uint8Array(rig.ask(38, 0x50).buffer)]).toEqual(mode)

        streamOneFrame()
        const streaming = [...new Uint8Array(rig.ask(38, 0x50).buffer)]
        expect(refused(rig.send(0x50, ...mode))).toMatchObject({
            code: BUSY,
            value: 0x50,
        })
        expect([...new Uint8Array(rig.ask(38, 0x50).buffer)]).toEqual(streaming)
    })

    it("accept a stop while stopped", () => {
        expect(rig.control(STOP)).toBe(0)
    })

    it("refuse frames that do not fit into frame memory, with the sum", () => {
        rig.setMode({ buffers: 2, lineBytes: 220, lines: 220 })
        const { code, value, limit } = refused(rig.control(START))
        expect([code, value, limit]).toEqual([NO_MEMORY, 96_800, 79_360])
        rig.send(0x52, 1)
        expect(rig.control(START)).toBe(0)
    })

    it.each([
        ["no buffers", { buffers: 0 }, 0, 4],
        ["five buffers", { buffers: 5 }, 5, 4],
        ["no bytes per line", { lineBytes: 0 }, 0, 4],
        ["a line that is no multiple of 4", { lineBytes: 222 }, 222, 4],
        ["no lines", { lines: 0 }, 0, 1],
        [
            "frames of less time than the look for those that are due",
            { fpsMillihz: 100_000_001 },
            100_000_001,
            100_000_000,
        ],
        [
            "a line longer than the DCMI counts",
            { lineBytes: 16_384, lines: 1 },
            16_384,
            16_383,
        ],
    ])("refuse %s", (_, mode, value, limit) => {
        rig.setMode(mode)
        expect(refused(rig.control(START))).toEqual({
            code: BAD_GEOMETRY,
            value,
            limit,
        })
    })

    it("refuse more words than the DMA moves in equal parts", () => {
        rig.setMode({ buffers: 1, lineBytes: 4, lines: 16_383 })
        expect(rig.control(START)).toBe(0) // 65,532 bytes
        rig.control(STOP)

        rig.setMode({ buffers: 1, lineBytes: 752, lines: 480 })
        rig.send(0x50, 5)
        rig.send(0x51, 4)
        expect(refused(rig.control(START))).toEqual({
            code: TOO_MANY_WORDS,
            value: 90_240,
            limit: 65_535,
        })
    })

    it.each([
        [6, 1, 6],
        [3, 5, 5],
        [3, 4, 4], // JPEG only by its own strategy
        [5, 1, 1], // and the other way round
    ])("refuse strategy %i with format %i", (strategy, format, value) => {
        rig.setMode({})
        rig.send(0x50, strategy)
        rig.send(0x51, format)
        expect(refused(rig.control(START))).toMatchObject({
            code: BAD_GEOMETRY,
            value,
        })
    })

    it("refuse an index that is not lent", () => {
        const index = streamOneFrame()
        const other = 1 - index
        expect(refused(rig.release(other))).toEqual({
            code: NOT_LENT,
            value: other,
            limit: 2,
        })
        expect(refused(rig.release(0xff)).code).toBe(NOT_LENT)
        expect(refused(read(4, 0xc4, other, 0, 0, 0, 0)).code).toBe(NOT_LENT)
        expect(refused(read(20, 0xc5, other, 0, 1)).code).toBe(NOT_LENT)
        expect(refused(read(256, 0xc6, other)).code).toBe(NOT_LENT)
        expect(rig.release(index)).toBe(0)
        expect(refused(rig.release(index)).code).toBe(NOT_LENT)
    })

    it("refuse an answer of RELEASE that is longer than it is", () => {
        const index = streamOneFrame()
        expect(refused(read(2, 0xc1, index))).toEqual({
            code: BAD_LENGTH,
            value: 2,
            limit: 1,
        })
        expect(rig.release(index)).toBe(0)
    })

    it("refuse pixels past the end of the frame", () => {
        const index = streamOneFrame()
        expect(read(28, 0xc4, index, 100, 0, 0, 0)).toBe(0)
        expect(refused(read(29, 0xc4, index, 100, 0, 0, 0))).toEqual({
            code: OUT_OF_FRAME,
            value: 129,
            limit: 128,
        })
        expect(refused(read(1, 0xc4, index, 0xff, 0xff, 0xff, 0xff)).code).toBe(
            OUT_OF_FRAME
        )
    })

    it("report a DMA stream that does not stop", () => {
        rig.setMode({})
        const { bus } = rig.chip
        const honest = bus.read32.bind(bus)
        bus.read32 = address =>
            honest(address) | (address === 0x40026428 ? 1 : 0)
        const { code, value } = refused(rig.control(START))
        expect(code).toBe(HARDWARE)
        expect(value & 1).toBe(1)
    })

    it("read pixels from an offset", () => {
        const index = streamOneFrame()
        const bytes = new Uint8Array(
            rig.ask(9, 0xc4, index, 33, 0, 0, 0).buffer
        )
        expect(bytes).toEqual(frameOf(0).slice(33, 42))
    })

    it("say with index 0xff that no frame waits", () => {
        expect(rig.ask(48, 0xc0).getUint8(0)).toBe(0xff)
    })

    it("copy window, annotations and sizes into the descriptor", () => {
        rig.setMode({})
        for (const [register, value] of [
            [0x54, 10],
            [0x56, 60],
            [0x58, 260],
            [0x5a, 258],
        ] as const)
            rig.write16(register, value)
        rig.write32(0x78, 4_321)
        rig.write16(0x7c, 24)
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        expect(rig.next()).toMatchObject({
            format: 1,
            settling: false,
            window: { x: 10, y: 60, width: 260, height: 258 },
            exposureUs: 4_321,
            gainX16: 24,
            sizeBytes: FRAME_BYTES,
            lineBytes: 16,
            lines: 8,
        })
    })

    it("skip the oldest frames, and go on capturing into their buffers", () => {
        rig.setMode({ buffers: 3 })
        rig.control(START)
        rig.camera.start()
        rig.runPast(4)
        expect(rig.u8(0xc2)).toBe(3)
        expect(rig.u8(0x81)).toBe(2)
        rig.send(0xc3, 2)

        expect(rig.u8(0xc2)).toBe(1)
        expect(rig.u8(0x81)).toBe(1)
        expect(rig.counters()).toMatchObject({ skipped: 2, dropped: 2 })
        rig.runPast(5)
        expect([rig.next()!.sequence, rig.next()!.sequence]).toEqual([2, 5])
    })

    it("keep FRAMES = DELIVERED + SKIPPED + SETTLING + queued when counters are cleared in mid-stream", () => {
        streamOneFrame()
        rig.runPast(1)
        rig.control(3)
        expect(rig.counters()).toMatchObject({
            frames: 1,
            delivered: 0,
            irqs: 0,
        })
        rig.next()
        expect(rig.counters()).toMatchObject({ frames: 1, delivered: 1 })
    })
})

describe("frames", () => {
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
        rig.setMode({ buffers: 3 })
        rig.control(START)
        rig.camera.start()
    })

    /** Give a frame back. @returns what RELEASE answers: frames that wait */
    function release(index: number): number {
        return rig.ask(1, 0xc1, index).getUint8(0)
    }

    /** CHANGES of the next descriptor, whose frame is given back. */
    function changes(): number {
        const descriptor = rig.ask(48, 0xc0)
        rig.release(descriptor.getUint8(0))
        return descriptor.getUint8(3)
    }

    it("that wait are told of when one is given back", () => {
        rig.runPast(2)
        const { index } = rig.next()!
        expect(release(index)).toBe(2)
        const last = [rig.next()!, rig.next()!].map(frame => frame.index)
        expect(last.map(release)).toEqual([0, 0])
    })

    it("count changes of what they have in common", () => {
        rig.runPast(0)
        const first = changes()
        rig.runPast(1)
        expect(changes()).toBe(first)
        rig.write32(0x78, 3000) // MODE_EXPOSURE_US
        rig.runPast(2)
        expect(changes()).toBe(first + 1)
        rig.runPast(3)
        expect(changes()).toBe(first + 1)
        rig.control(STOP)
        rig.write16(0x54, 17) // MODE_X
        rig.control(START)
        rig.runPast(5)
        expect(changes()).toBe(first + 2)
    })
})
