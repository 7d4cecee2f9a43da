// SPDX-License-Identifier: MIT
// Frames through DCMI and DMA into buffers: who owns them, what is counted.

import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
    bootRig,
    frameOf,
    FRAME_BYTES,
    START,
    STOP,
    type Rig,
} from "../support/native/rig.ts"

const KEEP_NEWEST = 2

describe("capture with two buffers", () => {
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
        rig.setMode({ buffers: 2 })
    })

    afterEach(() => {
        expect(rig.rules.warnings).toEqual([])
    })

    it("captures each frame of the sensor whole and in order", () => {
        rig.control(START)
        rig.camera.start()

        for (let frame = 0; frame < 20; frame++) {
            rig.runPast(frame)
            const descriptor = rig.next()!
            expect(descriptor.sequence).toBe(frame)
            expect(descriptor.droppedBefore).toBe(0)
            expect(descriptor.sizeBytes).toBe(FRAME_BYTES)
            expect(rig.pixels(descriptor.index)).toEqual(frameOf(frame))
            expect(rig.release(descriptor.index)).toBe(0)
        }
        expect(rig.counters()).toMatchObject({
            frames: 20,
            delivered: 20,
            dropped: 0,
            overruns: 0,
            irqs: 20,
        })
    })

    it("hands the frame to the port when it is lent", () => {
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)

        rig.next()

        expect(rig.delivered).toHaveLength(1)
        expect(rig.delivered[0]!.pixels).toEqual(frameOf(0))
        expect(rig.delivered[0]!.descriptor.sequence).toBe(0)
    })

    it("stamps a frame with the time of its end", () => {
        let endNs = 0
        rig.write32(0x6c, 17) // MODE_READOUT_US
        rig.camera.onEnd = () => (endNs = rig.clock.nowNs)
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        const end = endNs
        const descriptor = rig.next()!

        expect(descriptor.endUs).toBe(Math.floor(end / 1000))
        expect(descriptor.startUs).toBe(descriptor.endUs - 17)
    })

    it("ignores the frame that runs at the start, and counts it nowhere", () => {
        rig.camera.start()
        rig.run(10_000 + 5_000) // three rows into frame 0
        rig.control(START)
        rig.runPast(1)

        const descriptor = rig.next()!
        expect(rig.pixels(descriptor.index)).toEqual(frameOf(1))
        expect(descriptor.sequence).toBe(0)
        expect(rig.counters()).toMatchObject({ frames: 1, dropped: 0 })
    })

    it("is starved when both buffers wait, drops and counts the frames until one comes back", () => {
        rig.control(START)
        rig.camera.start()
        rig.runPast(1)
        expect(rig.u8(0x81)).toBe(2) // STATE starved
        rig.runPast(4)
        expect(rig.counters()).toMatchObject({ frames: 2, dropped: 3 })

        const first = rig.next()!
        expect(rig.pixels(first.index)).toEqual(frameOf(0))
        rig.release(first.index)
        expect(rig.u8(0x81)).toBe(1)
        rig.runPast(5)

        const second = rig.next()!
        const third = rig.next()!
        expect([second.sequence, third.sequence]).toEqual([1, 5])
        expect(third.droppedBefore).toBe(3)
        expect(rig.pixels(third.index)).toEqual(frameOf(5))
    })

    it("goes on with the next frame start when a buffer comes back in mid-frame", () => {
        rig.control(START)
        rig.camera.start()
        rig.runPast(1)
        const first = rig.next()!
        rig.run(36_000) // frame 2 started 9 us ago
        rig.release(first.index)
        rig.runPast(3)

        expect(rig.counters()).toMatchObject({ frames: 3, dropped: 1 })
        rig.next()
        const third = rig.next()!
        expect(third.sequence).toBe(3)
        expect(rig.pixels(third.index)).toEqual(frameOf(3))
    })

    it("never writes into a frame that is lent", () => {
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        const lent = rig.next()!

        for (let frame = 1; frame < 10; frame++) {
            rig.runPast(frame)
            const other = rig.next()
            if (other) rig.release(other.index)
            expect(rig.pixels(lent.index)).toEqual(frameOf(0))
        }
    })

    it("takes one interrupt per frame also while it is starved", () => {
        rig.control(START)
        rig.camera.start()
        rig.runPast(9)

        expect(rig.counters()).toMatchObject({
            frames: 2,
            dropped: 8,
            irqs: 10,
        })
    })

    it("counts the first frames after a start as settling and does not queue them", () => {
        rig.setMode({ buffers: 2, settle: 3 })
        rig.control(START)
        rig.camera.start()
        rig.runPast(3)

        expect(rig.counters()).toMatchObject({ frames: 4, settling: 3 })
        const descriptor = rig.next()!
        expect(descriptor.sequence).toBe(3)
        expect(rig.pixels(descriptor.index)).toEqual(frameOf(3))
        expect(rig.next()).toBeUndefined()
    })
})

describe("capture with KEEP_NEWEST", () => {
    it("takes back the oldest frame that nobody looked at, and counts it as skipped", async () => {
        const rig = await bootRig()
        rig.setMode({ buffers: 3, flags: KEEP_NEWEST })
        rig.control(START)
        rig.camera.start()
        rig.runPast(9)

        expect(rig.counters()).toMatchObject({ frames: 10, dropped: 0 })
        const older = rig.next()!
        const newest = rig.next()!
        expect([older.sequence, newest.sequence]).toEqual([8, 9])
        expect(rig.pixels(newest.index)).toEqual(frameOf(9))
        expect(rig.counters().skipped).toBe(8)
    })

    it("keeps the only whole frame: one buffer starves", async () => {
        const rig = await bootRig()
        rig.setMode({ buffers: 1, flags: KEEP_NEWEST })
        rig.control(START)
        rig.camera.start()
        rig.runPast(3)

        expect(rig.counters()).toMatchObject({ skipped: 0, dropped: 3 })
        expect(rig.next()!.sequence).toBe(0)
    })
})

describe("capture with crop", () => {
    const CROP = 1

    function crop(
        rig: Rig,
        window: { x: number; y: number; columns: number; rows: number }
    ): void {
        rig.setMode({
            flags: CROP,
            lineBytes: window.columns,
            lines: window.rows,
        })
        rig.write32(0x64, window.x | (window.y << 16))
        rig.write32(0x68, (window.columns - 1) | ((window.rows - 1) << 16))
    }

    it("stores the window of each frame, with two interrupts per frame", async () => {
        const rig = await bootRig()
        crop(rig, { x: 4, y: 2, columns: 8, rows: 3 })
        rig.control(START)
        rig.camera.start()

        for (let frame = 0; frame < 5; frame++) {
            rig.runPast(frame)
            const descriptor = rig.next()!
            const whole = frameOf(frame)
            const expected = [2, 3, 4].flatMap(row => [
                ...whole.subarray(row * 16 + 4, row * 16 + 12),
            ])
            expect([...rig.pixels(descriptor.index, 24)]).toEqual(expected)
            expect(descriptor.sequence).toBe(frame)
            rig.release(descriptor.index)
        }
        expect(rig.counters()).toMatchObject({
            frames: 5,
            dropped: 0,
            irqs: 10,
        })
    })

    it("captures every frame with one buffer that comes back before the sensor's frame ends", async () => {
        const rig = await bootRig()
        crop(rig, { x: 0, y: 0, columns: 16, rows: 2 })
        rig.send(0x52, 1)
        rig.control(START)
        rig.camera.start()

        for (let frame = 0; frame < 5; frame++) {
            while (rig.u8(0xc2) === 0) rig.run(500)
            expect(rig.camera.sent).toBe(frame) // the sensor still sends it
            const descriptor = rig.next()!
            expect(descriptor.sequence).toBe(frame)
            expect(rig.pixels(descriptor.index, 32)).toEqual(
                frameOf(frame).slice(0, 32)
            )
            rig.release(descriptor.index)
        }
        expect(rig.counters().dropped).toBe(0)
    })

    it("refuses a window whose bytes are not those of a frame in memory", async () => {
        const rig = await bootRig()
        crop(rig, { x: 0, y: 0, columns: 16, rows: 2 })
        rig.write32(0x68, 15 | (2 << 16))

        expect(rig.refusal(rig.control(START))).toBe(5)
        expect(rig.lastError()).toMatchObject({ value: 3, limit: 2 })
    })
})

describe("capture of frames that are not as the mode says", () => {
    it("counts a frame with too few rows as short, does not queue it, and captures the next", async () => {
        const rig = await bootRig()
        rig.setMode({})
        rig.camera.shape = frame => ({ columns: 16, rows: frame === 1 ? 5 : 8 })
        rig.control(START)
        rig.camera.start()
        rig.runPast(2)

        expect(rig.counters()).toMatchObject({
            frames: 2,
            shortFrames: 1,
            dropped: 0,
        })
        rig.next()
        const after = rig.next()!
        expect(after.sequence).toBe(2)
        expect(rig.pixels(after.index)).toEqual(frameOf(2))
    })

    it("never fills a frame that is one word short with a word of the next one", async () => {
        const rig = await bootRig()
        rig.setMode({ lineBytes: 4 })
        rig.camera.shape = frame => ({ columns: 4, rows: frame === 1 ? 7 : 8 })
        rig.control(START)
        rig.camera.start()
        rig.runPast(3)

        // The frame after it goes by while the missing word is waited for.
        expect(rig.counters()).toMatchObject({ shortFrames: 1, dropped: 1 })
        rig.release(rig.next()!.index)
        rig.runPast(5)
        for (let lent = rig.next(); lent; lent = rig.next()) {
            expect(rig.pixels(lent.index, 32)).toEqual(
                frameOf(lent.sequence, 4)
            )
            rig.release(lent.index)
        }
    })

    it("counts a frame that is too long as an overrun, and its words do not shift the next one", async () => {
        for (const rows of [9, 12]) {
            const rig = await bootRig()
            rig.setMode({ lineBytes: 16 })
            rig.camera.shape = frame => ({
                columns: 16,
                rows: frame === 1 ? rows : 8,
            })
            rig.control(START)
            rig.camera.start()
            rig.runPast(2)

            expect(rig.counters()).toMatchObject({ frames: 2, overruns: 1 })
            rig.next()
            const after = rig.next()!
            expect(after.sequence).toBe(2)
            expect(rig.pixels(after.index)).toEqual(frameOf(2))
        }
    })

    it("recovers from an overrun within the frame time of the next frame", async () => {
        const rig = await bootRig()
        rig.setMode({})
        rig.control(START)
        rig.camera.start()
        rig.runPast(0)
        // Another bus master keeps the stream from its words: EN is taken away behind our back.
        rig.run(32_000) // some rows into frame 1
        const control = rig.chip.bus.read32(0x40026428)
        rig.chip.bus.write32(0x40026428, control & ~1)
        rig.runPast(2)

        expect(rig.counters()).toMatchObject({
            frames: 2,
            overruns: 1,
            dropped: 0,
        })
        rig.next()
        const after = rig.next()!
        expect(after.sequence).toBe(2)
        expect(rig.pixels(after.index)).toEqual(frameOf(2))
    })
})

describe("capture: stop and start", () => {
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
        rig.setMode({ buffers: 2 })
        rig.control(START)
        rig.camera.start()
    })

    it("lets the frame in progress end, counts what nobody looked at as skipped, switches all off", () => {
        rig.run(10_000 + 5_000) // three rows into frame 0
        expect(rig.control(STOP)).toBe(0)

        expect(rig.camera.sent).toBe(1)
        expect(rig.u8(0x81)).toBe(0)
        expect(rig.counters()).toMatchObject({ frames: 1, skipped: 1 })
        expect(rig.chip.bus.read32(0x50050000) & 0x4001).toBe(0) // DCMI_CR: ENABLE, CAPTURE
        expect(rig.chip.bus.read32(0x5005000c)).toBe(0) // DCMI_IER
        expect(rig.chip.bus.read32(0x40026428) & 1).toBe(0) // DMA2_S1CR: EN
        expect(rig.next()).toBeUndefined()
    })

    it("stops a sensor that died in mid-frame after two frame times", () => {
        rig.run(10_000 + 5_000)
        rig.camera.stop()
        rig.chip.dcmi.vsync = () => {}
        const beforeNs = rig.clock.nowNs
        expect(rig.control(STOP)).toBe(0)

        expect(rig.clock.nowNs - beforeNs).toBeGreaterThan(99_000)
        expect(rig.clock.nowNs - beforeNs).toBeLessThan(110_000)
        expect(rig.u8(0x81)).toBe(0)
        expect(rig.chip.bus.read32(0x40026428) & 1).toBe(0)
    })

    it("starts again with a new count of frames", () => {
        rig.runPast(1)
        rig.control(STOP)
        rig.control(START)
        rig.runPast(rig.camera.sent + 1)

        expect(rig.next()!.sequence).toBe(0)
    })

    it("keeps a lent frame through stop and start with the same mode", () => {
        rig.runPast(0)
        const lent = rig.next()!
        rig.control(STOP)
        expect(rig.control(START)).toBe(0)
        rig.runPast(rig.camera.sent + 3)

        expect(rig.pixels(lent.index)).toEqual(frameOf(0))
        expect(rig.release(lent.index)).toBe(0)
    })

    it("refuses a start with another frame size while a frame is lent, and allows it after its release", () => {
        rig.runPast(0)
        const lent = rig.next()!
        rig.control(STOP)
        rig.write16(0x62, 4)
        expect(rig.refusal(rig.control(START))).toBe(3)
        expect(rig.lastError().value).toBe(1 << lent.index)

        rig.release(lent.index)
        expect(rig.control(START)).toBe(0)
    })
})
