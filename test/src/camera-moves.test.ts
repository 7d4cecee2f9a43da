// SPDX-License-Identifier: MIT
// Camera on recording targets for sensor and frame grabber: moves of the window, triggers, batches of rows.

import { beforeEach, describe, expect, it } from "vitest"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034.ts"
import { connect, type Device } from "../../sim/devicescript/stand-ins/core.ts"
import { Camera } from "../../src/camera.ts"
import { FakeGrabber } from "../support/drivers/fake-grabber.ts"
import { FakeSensor } from "../support/drivers/fake-sensor.ts"
import { Strategy, type CaptureRequest } from "../../protocol/capture.ts"

const WINDOW = { width: 220, height: 220, x: 100, y: 50 }
const MOVE_SENSOR = 0xc7
const MOVE_CROP = 0xc8
const TRIGGER = 0xc9

let chip: FakeSensor
let page: FakeGrabber
let device: Device
let camera: Camera

beforeEach(() => {
    chip = new FakeSensor(0x48, 0x1324)
    page = new FakeGrabber()
    device = connect({
        transfer: (address, write, read) =>
            address === 0x7e
                ? page.transfer(address, write, read)
                : chip.transfer(address, write, read),
    })
    camera = new Camera(new MT9V034())
})

async function streaming(request: CaptureRequest): Promise<void> {
    await camera.configure({ window: WINDOW, ...request })
    await camera.start()
    chip.writes.length = 0
    page.writes.length = 0
}

const low = (value: number) => value & 0xff
const high = (value: number) => value >> 8

describe("Camera moveWindow by the sensor's window", () => {
    beforeEach(() => streaming({ strategy: Strategy.SENSOR_WINDOW }))

    it("prepares the context that rests and leaves the switch to the grabber, with the label", async () => {
        const window = await camera.moveWindow({ x: 300, y: 200 })

        expect(window).toEqual({ x: 300, y: 200, width: 220, height: 220 })
        expect(chip.writes).toEqual([
            { register: 0xc9, value: 301 },
            { register: 0xca, value: 204 },
        ])
        expect(page.writes).toEqual([
            [MOVE_SENSOR, 0x48, low(300), high(300), 200, 0, 0x07, 0x83, 0x88],
        ])
    })

    it.each([
        { wanted: { x: -5, y: 1e6 }, x: 0, y: 260 },
        { wanted: { x: 9999, y: -0.5 }, x: 532, y: 0 },
        { wanted: { x: 10.9, y: 20.2 }, x: 10, y: 20 },
        { wanted: { x: NaN, y: 3 }, x: 0, y: 3 },
    ])("takes $wanted.x, $wanted.y as $x, $y", async ({ wanted, x, y }) => {
        expect(await camera.moveWindow(wanted)).toMatchObject({ x, y })
        expect(chip.written(0xc9)).toEqual([x + 1])
    })

    it("centres it on a point, as far as the field allows", async () => {
        expect(await camera.centerOn({ x: 400, y: 200 })).toMatchObject({
            x: 290,
            y: 90,
        })
        expect(await camera.centerOn({ x: 751, y: 479 })).toMatchObject({
            x: 532,
            y: 260,
        })
    })
})

describe("Camera moveWindow, binned by 4", () => {
    const request = { window: { ...WINDOW, width: 256 }, binning: 4 }

    it("moves the sensor's window in groups of pixels", async () => {
        await streaming({ ...request, strategy: Strategy.SENSOR_WINDOW })

        expect(await camera.moveWindow({ x: 303, y: 201.5 })).toEqual({
            x: 300,
            y: 200,
            width: 256,
            height: 220,
        })
        expect(chip.writes).toEqual([
            { register: 0xc9, value: 301 },
            { register: 0xca, value: 204 },
        ])
    })

    it("moves the DCMI's crop by binned pixels, and labels the frame with the field's", async () => {
        await streaming({ ...request, strategy: Strategy.DCMI_CROP })

        await camera.moveWindow({ x: 303, y: 203 })

        expect(chip.writes).toEqual([])
        expect(page.writes).toEqual([
            // HOFFCNT 300 / 4, VST 200 / 4.
            [MOVE_CROP, low(300), high(300), 200, 0, 75, 0, 50, 0],
        ])
    })

    it("ends on a whole group at the field's edge", async () => {
        await streaming({ ...request, strategy: Strategy.ROWS_CROP })

        expect(await camera.moveWindow({ x: 9999, y: 9999 })).toMatchObject({
            x: 496,
            y: 260,
        })
    })
})

describe("Camera moveWindow by crops", () => {
    it("moves both ways by the DCMI alone where the sensor sends its field", async () => {
        await streaming({ strategy: Strategy.DCMI_CROP })

        await camera.moveWindow({ x: 301, y: 200 })

        expect(chip.writes).toEqual([])
        expect(page.writes).toEqual([
            [
                MOVE_CROP,
                low(301),
                high(301),
                200,
                0,
                // HOFFCNT in [13:0], VST in [28:16].
                low(301),
                high(301),
                200,
                0,
            ],
        ])
    })

    it("moves to the side without the sensor where that sends rows", async () => {
        await streaming({ strategy: Strategy.ROWS_CROP })

        await camera.moveWindow({ x: 301, y: 50 })

        expect(chip.writes).toEqual([])
        expect(page.writes).toEqual([
            [MOVE_CROP, low(301), high(301), 50, 0, low(301), high(301), 0, 0],
        ])
    })

    it("moves up and down by the sensor where that sends rows, then to the side by the DCMI", async () => {
        await streaming({ strategy: Strategy.ROWS_CROP })

        await camera.moveWindow({ x: 99, y: 60 })

        expect(chip.writes).toEqual([
            { register: 0xc9, value: 1 },
            { register: 0xca, value: 64 },
        ])
        // The crop's label is the last word on where the window is.
        expect(page.writes).toEqual([
            [MOVE_SENSOR, 0x48, 100, 0, 60, 0, 0x07, 0x83, 0x88],
            [MOVE_CROP, 99, 0, 60, 0, 99, 0, 0, 0],
        ])
    })

    it("is refused for the line strategy while it streams", async () => {
        await streaming({ strategy: Strategy.LINE })

        await expect(camera.moveWindow({ x: 0, y: 0 })).rejects.toThrow(
            "camera: strategy line does not move while it streams; stop() first"
        )
    })
})

describe("Camera moveWindow of a stopped camera", () => {
    it("sets up the other place", async () => {
        await camera.configure({ window: WINDOW })

        const window = await camera.moveWindow({ x: 10, y: 700 })

        expect(window).toEqual({ x: 10, y: 260, width: 220, height: 220 })
        expect(page.page.getUint16(0x54, true)).toBe(10)
        expect(page.page.getUint16(0x56, true)).toBe(260)
        expect(page.written(MOVE_SENSOR)).toEqual([])
        expect(chip.registers[0x01]).toBe(11)
    })

    it("keeps the rest of the request", async () => {
        await camera.configure({ window: WINDOW, fps: 60, exposureUs: 1000 })
        const blanking = chip.registers[0x06]

        await camera.moveWindow({ x: 10, y: 70 })

        expect(chip.registers[0x06]).toBe(blanking)
        expect(chip.registers[0xaf]! & 1).toBe(0)
    })

    it("comes after configure()", async () => {
        await expect(camera.moveWindow({ x: 0, y: 0 })).rejects.toThrow(
            "configure() comes before"
        )
    })
})

describe("Camera with strict settling", () => {
    /** Frames at these places in a row; x is what the grabber labels them with. */
    async function framesAt(xs: readonly number[]): Promise<number[]> {
        const seen: number[] = []
        camera.onFrame(frame => {
            seen.push(frame.window.x)
        })
        for (const [sequence, x] of xs.entries()) {
            page.page.setUint16(0x54, x, true)
            page.queue.push({ sequence })
            await device.notify("frame")
        }
        return seen
    }

    it("leaves out each first frame at another place of the sensor's window", async () => {
        await streaming({
            strategy: Strategy.SENSOR_WINDOW,
            strictSettling: true,
        })

        expect(await framesAt([100, 100, 7, 7, 9, 100, 100])).toEqual([
            100, 100, 7, 100,
        ])
        expect(page.lent.size).toBe(0)
    })

    it("leaves out none that the DCMI moved", async () => {
        await streaming({ strategy: Strategy.DCMI_CROP, strictSettling: true })

        expect(await framesAt([100, 7, 9])).toEqual([100, 7, 9])
    })

    it("is not the default", async () => {
        await streaming({ strategy: Strategy.SENSOR_WINDOW })

        expect(await framesAt([100, 7, 9])).toEqual([100, 7, 9])
    })
})

describe("Camera trigger", () => {
    it("switches the sensor to snapshot mode and pulses EXPOSURE", async () => {
        page.page.setUint32(0x1c, 1 << 2, true)
        await streaming({})

        await camera.setTriggered(true)
        await camera.trigger()

        expect((chip.registers[0x07]! >> 3) & 3).toBe(3)
        expect(page.written(TRIGGER)).toEqual([[10, 0, 0, 0]])
    })

    it("is refused on a board without the wire", async () => {
        page.page.setUint32(0x1c, 3, true)
        await streaming({})

        await expect(camera.setTriggered(true)).rejects.toThrow(
            "camera: no EXPOSURE pin on this board"
        )
    })
})

describe("Camera with batches of rows", () => {
    it("tells the grabber about ring and rows, and hands batches to onLines only", async () => {
        await camera.configure({
            window: WINDOW,
            strategy: Strategy.LINE,
            batchRows: 20,
        })
        // MODE_CWSTRT 100, LINE_BUS_BYTES the 652 after them, LINE_SKIP_BYTES none, LINE_SKIP_ROWS 50, LINE_BATCH_ROWS,
        // LINE_DESTINATION ring.
        expect(page.page.getUint32(0x64, true)).toBe(100)
        expect(page.page.getUint16(0xd0, true)).toBe(652)
        expect(page.page.getUint16(0xd2, true)).toBe(0)
        expect(page.page.getUint16(0xd4, true)).toBe(50)
        expect(page.page.getUint8(0xd6)).toBe(20)
        expect(page.page.getUint8(0xd7)).toBe(1)
        let frames = 0
        let batches = 0
        camera.onFrame(() => {
            frames++
        })
        camera.onLines(() => {
            batches++
        })
        await camera.start()
        page.queue.push({ sequence: 0 }, { sequence: 1 })
        await device.notify("frame")

        expect({ frames, batches }).toEqual({ frames: 0, batches: 2 })
        await expect(camera.snapshot()).rejects.toThrow("no snapshot")
    })

    it("stores frames in RAM without them", async () => {
        await camera.configure({ window: WINDOW, strategy: Strategy.LINE })

        expect(page.page.getUint8(0xd7)).toBe(0)
    })
})
