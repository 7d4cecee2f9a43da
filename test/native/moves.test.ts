// SPDX-License-Identifier: MIT
// Moves while streaming: each frame carries the window that it was taken with, whenever the move comes.

import { beforeEach, describe, expect, it } from "vitest"
import type { I2cTarget } from "../../sim/wires/i2c-bus.ts"
import { mix32 } from "../../sim/scene/random.ts"
import { bootRig, START, STOP, type Rig } from "../support/native/rig.ts"

const SENSOR = 0x48
const ROW_NS = 60_000
/** 9 row times and 32 us of blanking. */
const FRAME_US = 572
const FPS_MILLIHZ = Math.floor(1e9 / FRAME_US)

/** Acts like a context switch: what was written last is used from the next frame start on. */
class MovingSensor implements I2cTarget {
    readonly name = "sensor"
    readonly address = SENSOR
    /** What each frame was taken with, by its number. */
    readonly taken: number[] = []
    refuses = false
    private received: number[] = []
    private position = 0

    start(): boolean {
        this.received = []
        return true
    }

    write(byte: number): boolean {
        this.received.push(byte)
        if (this.received.length === 3)
            this.position = (this.received[1]! << 8) | this.received[2]!
        return !this.refuses
    }

    read(): number {
        return 0
    }

    stop(): void {}

    frameStarts(): void {
        this.taken.push(this.position)
    }
}

describe("MOVE_SENSOR", () => {
    let rig: Rig
    let sensor: MovingSensor

    beforeEach(async () => {
        rig = await bootRig()
        sensor = new MovingSensor()
        rig.chip.i2cBus.attach(sensor)
        rig.camera.rowNs = ROW_NS
        rig.camera.onStart = () => sensor.frameStarts()
        rig.setMode({ buffers: 3 })
        rig.write32(0x5c, FPS_MILLIHZ)
        rig.control(START)
        rig.camera.start()
    })

    function move(position: number): number {
        return rig.send(
            0xc7,
            SENSOR,
            position & 0xff,
            position >> 8,
            7,
            0,
            0x21,
            position >> 8,
            position & 0xff
        )
    }

    /** @returns frames taken from the queue; each has the window it was taken with */
    function drain(): number {
        let frames = 0
        for (let frame = rig.next(); frame; frame = rig.next(), frames++) {
            expect(frame.window.x, `frame ${frame.sequence}`).toBe(
                sensor.taken[frame.sequence]
            )
            expect(rig.release(frame.index)).toBe(0)
        }
        return frames
    }

    it("labels the first frame that was taken with it, and those after it", () => {
        rig.runPast(0)
        rig.run(100_000) // in frame 1
        expect(move(300)).toBe(0)
        rig.runPast(2)

        const labels = [rig.next()!, rig.next()!, rig.next()!].map(f => [
            f.sequence,
            f.window.x,
            f.window.y,
        ])
        expect(labels).toEqual([
            [0, 0, 0],
            [1, 0, 0],
            [2, 300, 7],
        ])
        expect(sensor.taken.slice(0, 3)).toEqual([0, 0, 300])
    })

    it("is on the wire at once when the frame under way lasts long enough", () => {
        rig.runPast(1)
        rig.run(100_000)
        const sent = rig.camera.sent
        move(300)
        expect(rig.camera.sent).toBe(sent)
    })

    it("waits for the next frame when its bytes would arrive too near to the next frame start", () => {
        rig.runPast(1)
        rig.run(450_000)
        const { sent } = rig.camera
        move(300)

        expect(rig.camera.sent).toBe(sent + 1)
        rig.runPast(5)
        drain()
    })

    it("keeps the labels of frames that wait while the window moves on", () => {
        rig.runPast(0)
        for (const position of [100, 200]) {
            rig.run(100_000)
            move(position)
            rig.runPast(rig.camera.sent)
        }
        expect(rig.u8(0xc2)).toBe(3)
        expect(drain()).toBe(3)
    })

    it("labels right at every moment of a frame", () => {
        for (let step = 0; step < 120; step++) {
            rig.run(FRAME_US * 1000 + step * 5_000)
            drain()
            move(step + 1)
        }
        const { overruns, shortFrames } = rig.counters()
        expect([overruns, shortFrames]).toEqual([0, 0])
    })

    it("labels right, and gives every frame, under moves at random times", () => {
        let drawn = 0
        const random = (): number => mix32(++drawn) / 2 ** 32
        let frames = 0
        for (let i = 0; i < 500; i++) {
            rig.run(Math.floor(random() * 900_000))
            frames += drain()
            if (random() < 0.7) move(1 + Math.floor(random() * 752))
        }
        rig.control(STOP)
        const { dropped, settling } = rig.counters()
        expect(settling).toBe(0)
        expect(frames).toBeGreaterThan(300)
        expect(dropped).toBeLessThan(200)
    })

    it("throws the frame away whose window is not certain, when the frame rate is not the planned one", () => {
        rig.control(STOP)
        rig.write32(0x5c, 1_000) // 1 fps: a frame would have much time left
        rig.control(START)
        sensor.taken.splice(0, sensor.taken.length)
        rig.runPast(rig.camera.sent + 1)
        drain()
        rig.run(515_000)
        move(300) // ends in the next frame
        rig.runPast(rig.camera.sent + 2)
        let last = 0
        for (let frame = rig.next(); frame; frame = rig.next()) {
            last = frame.window.x
            rig.release(frame.index)
        }

        // The other one is the first whose time does not fit the planned rate.
        expect(rig.counters().doubtful).toBe(2)
        expect(last).toBe(300)
    })

    it("starts the next capture where the window was moved to", () => {
        rig.runPast(0)
        drain()
        move(300)
        rig.control(STOP)
        expect(rig.ask(4, 0x54).getUint16(0, true)).toBe(300)
        rig.control(START)
        rig.runPast(rig.camera.sent + 1)
        expect(rig.next()!.window).toMatchObject({ x: 300, y: 7 })
    })

    it("says what the bus said when the sensor does not answer, and labels nothing", () => {
        sensor.refuses = true
        rig.runPast(0)
        expect(rig.refusal(move(300))).toBe(9) // HARDWARE
        expect(rig.lastError()).toMatchObject({
            value: 0x1_0000_0000 - 2,
            limit: SENSOR,
        })
        rig.runPast(2)
        expect(rig.ask(2, 0x54).getUint16(0, true)).toBe(0)
    })

    it("refuses no bytes and more than eight", () => {
        expect(rig.refusal(rig.send(0xc7, SENSOR, 0, 0, 0, 0))).toBe(2)
        expect(rig.lastError()).toMatchObject({ value: 6, limit: 7 })
        const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        expect(rig.refusal(rig.send(0xc7, SENSOR, 0, 0, 0, 0, ...nine))).toBe(2)
        expect(rig.lastError()).toMatchObject({ value: 9, limit: 8 })
    })
})

describe("MOVE_CROP", () => {
    const CROP = 1
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
        rig.setMode({ buffers: 3, flags: CROP, lineBytes: 4, lines: 8 })
        rig.write32(0x68, 3 | (7 << 16))
        rig.control(START)
        rig.camera.start()
    })

    function move(x: number): number {
        return rig.send(0xc8, x, 0, 3, 0, x, 0, 0, 0)
    }

    /** The camera sends 3 more in each column. */
    function expectLabelled(): number | undefined {
        const frame = rig.next()
        if (!frame) return undefined
        const first = rig.pixels(frame.index, 1)[0]!
        expect(first).toBe((frame.sequence * 31 + frame.window.x * 3) & 0xff)
        rig.release(frame.index)
        return frame.window.x
    }

    it("acts on the next frame and labels it, at every moment of a frame", () => {
        for (let step = 0; step < 100; step++) {
            rig.run(50_000 + step * 500)
            const moved = move(step % 13)
            expect(moved).toBe(0)
            // One that has had FRAME waits for its VSYNC.
            while (expectLabelled() !== undefined) continue
        }
        rig.runPast(rig.camera.sent + 1)
        expect(rig.counters()).toMatchObject({ overruns: 0, shortFrames: 0 })
    })

    it("moves with the next frame and not with the one under way", () => {
        rig.runPast(0)
        rig.run(35_000) // three rows into frame 1
        move(8)
        rig.runPast(2)

        expect([expectLabelled(), expectLabelled(), expectLabelled()]).toEqual([
            0, 0, 8,
        ])
        expect(rig.ask(2, 0x54).getUint16(0, true)).toBe(8)
    })

    it("uses the last of several moves in one frame", () => {
        rig.runPast(0)
        for (const x of [4, 8, 12]) move(x)
        rig.runPast(2)

        expect([expectLabelled(), expectLabelled(), expectLabelled()]).toEqual([
            0, 0, 12,
        ])
    })

    it("refuses bits that DCMI_CWSTRT does not have, and a capture without crop", async () => {
        expect(rig.refusal(rig.send(0xc8, 0, 0, 0, 0, 0, 0, 0, 0x20))).toBe(5)
        const other = await bootRig()
        other.setMode({})
        other.control(START)
        expect(other.refusal(other.send(0xc8, 0, 0, 0, 0, 4, 0, 0, 0))).toBe(5)
    })
})

describe("MOVE_SENSOR for the rows, MOVE_CROP for the columns", () => {
    it("labels with both what has both, when the sensor moves on while a crop waits", async () => {
        const rig = await bootRig()
        const sensor = new MovingSensor()
        rig.chip.i2cBus.attach(sensor)
        rig.camera.rowNs = ROW_NS
        rig.camera.onStart = () => sensor.frameStarts()
        rig.setMode({ buffers: 3, flags: 1, lineBytes: 4, lines: 8 })
        rig.write32(0x68, 3 | (7 << 16))
        rig.write32(0x5c, FPS_MILLIHZ)
        rig.control(START)
        rig.camera.start()
        const rows = (y: number): number =>
            rig.send(0xc7, SENSOR, 8, 0, y, 0, 0x21, 0, y)
        rig.runPast(0)
        rig.run(100_000) // in frame 1

        expect(rows(20)).toBe(0)
        expect(rig.send(0xc8, 8, 0, 20, 0, 8, 0, 0, 0)).toBe(0)
        expect(rows(30)).toBe(0)
        rig.runPast(2)

        const labels = [rig.next()!, rig.next()!, rig.next()!].map(
            ({ sequence, window: { x, y } }) => [sequence, x, y]
        )
        expect(sensor.taken.slice(0, 3)).toEqual([0, 0, 30])
        expect(labels).toEqual([
            [0, 0, 0],
            [1, 0, 0],
            [2, 8, 30],
        ])
    })
})

describe("TRIGGER", () => {
    const PORT_B_ODR = 0x40020414
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
        rig.setMode({ buffers: 3 })
        rig.control(START)
    })

    function trigger(pulseUs: number): number {
        return rig.write32(0xc9, pulseUs)
    }

    it("raises EXPOSURE for as long as asked, and lowers it", () => {
        const edges: [number, number][] = []
        rig.chip.onPin("PB0", level => edges.push([rig.clock.nowNs, level]))
        edges.length = 0
        expect(trigger(25)).toBe(0)

        expect(edges.map(([, level]) => level)).toEqual([1, 0])
        const widthNs = edges[1]![0] - edges[0]![0]
        expect(widthNs).toBeGreaterThanOrEqual(25_000)
        expect(widthNs).toBeLessThan(26_000)
        expect(rig.chip.bus.read32(PORT_B_ODR) & 1).toBe(0)
    })

    it("stamps the frame that it exposes, and no other", () => {
        rig.camera.start(20_000)
        const beforeUs = Math.floor(rig.clock.nowNs / 1000)
        trigger(5)
        rig.runPast(2)

        const first = rig.next()!
        expect(first.sequence).toBe(0)
        expect(first.triggerUs).toBe(beforeUs)
        expect([rig.next()!.triggerUs, rig.next()!.triggerUs]).toEqual([0, 0])
    })

    it("stamps the next frame when one is under way", () => {
        rig.camera.start()
        rig.run(15_000)
        trigger(5)
        rig.runPast(2)

        expect([0, 1, 2].map(() => rig.next()!.triggerUs > 0)).toEqual([
            false,
            true,
            false,
        ])
    })

    it("keeps the stamps of frames that wait", () => {
        rig.camera.start(20_000)
        for (let frame = 0; frame < 3; frame++) {
            trigger(5)
            rig.runPast(frame)
        }
        for (let frame = 3; frame < 9; frame++) {
            trigger(5) // of frames for which no buffer is free
            rig.runPast(frame)
        }
        const stamps = [0, 1, 2].map(() => rig.next()!.triggerUs)

        expect(stamps.every(stamp => stamp > 0)).toBe(true)
        expect(new Set(stamps).size).toBe(3)
        expect([...stamps].sort((a, b) => a - b)).toEqual(stamps)
    })

    it.each([0, 100_001])("refuses a pulse of %i us", pulseUs => {
        expect(rig.refusal(trigger(pulseUs))).toBe(5)
        expect(rig.lastError()).toMatchObject({
            value: pulseUs,
            limit: 100_000,
        })
    })

    it("is no register of a board without the pin", async () => {
        const { board } = rig
        const other = await bootRig({
            change: { sensor: { ...board.sensor, exposurePin: undefined } },
        })
        expect(other.refusal(other.write32(0xc9, 10))).toBe(1)
    })
})
