// SPDX-License-Identifier: MIT
// Camera on recording targets for sensor and frame grabber: order of set-up, lending of frames, snapshots.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034.ts"
import { connect, type Device } from "../../sim/devicescript/stand-ins/core.ts"
import { Camera } from "../../src/camera.ts"
import type { Frame } from "../../src/frame.ts"
import { FakeGrabber } from "../support/drivers/fake-grabber.ts"
import { FakeSensor } from "../support/drivers/fake-sensor.ts"
import {
    Strategy,
    TestPattern,
    type CaptureRequest,
} from "../../protocol/capture.ts"

const REQUEST: CaptureRequest = {
    window: { width: 220, height: 220 },
    fps: 120,
}

let chip: FakeSensor
let page: FakeGrabber
let device: Device
let camera: Camera
/** "sensor on", "grabber start", ... in the order in which they happened. */
let order: string[]
/** What the sensor's bus answers; 0: what the sensor does. */
let busStatus: number

function transfer(
    address: number,
    write: Uint8Array,
    read: Uint8Array
): number {
    if (address === 0x7e && write[0] === 0x80)
        order.push(["", "grabber start", "grabber stop"][write[1]!]!)
    if (address === 0x48 && write[0] === 0x07 && write.length === 3)
        order.push(write[2]! & 0x80 ? "sensor on" : "sensor off")
    if (address === 0x7e) return page.transfer(address, write, read)
    return busStatus || chip.transfer(address, write, read)
}

beforeEach(() => {
    chip = new FakeSensor(0x48, 0x1324)
    page = new FakeGrabber()
    order = []
    busStatus = 0
    device = connect({ transfer })
    camera = new Camera(new MT9V034())
})

/** Configure, start, and forget what that did. */
async function streaming(
    handler?: (frame: Frame) => void | Promise<void>
): Promise<void> {
    await camera.configure(REQUEST)
    if (handler) camera.onFrame(handler)
    await camera.start()
    order.length = 0
}

describe("Camera configure", () => {
    it("returns what was applied", async () => {
        const mode = await camera.configure(REQUEST)

        expect(mode).toMatchObject({
            strategy: "sensor-window",
            window: { x: 266, y: 130, width: 220, height: 220 },
            exposureUs: 0,
            gain: 0,
            buffers: 1,
            bytesPerFrame: 48_400,
            ramBytes: 48_400,
        })
        expect(Math.abs(mode.fps - 120)).toBeLessThan(0.05)
        expect(mode.exposureMaxUs).toBeGreaterThan(8000)
        expect(mode.exposureMaxUs).toBeLessThan(1e6 / mode.fps)
    })

    it("tells the grabber where the display is, how it lies, and to convert gray", async () => {
        const mode = await camera.configure({
            window: { width: 100, height: 60, x: 10, y: 60 },
            display: { base: 256, widthPx: 120, heightPx: 80, bottomUp: true },
        })

        expect(page.written(0x51)).toEqual([[2]])
        // The newest frame is kept: it is the one that is shown.
        // The DCMI drops the columns before the window's first word.
        expect(page.written(0x53)).toEqual([[3]])
        expect(page.written(0xd0)).toEqual([
            [
                ...[744 & 0xff, 744 >> 8, 2, 0, 60, 0, 0, 2],
                ...[0, 1, 0, 0, 240, 0, 80, 0, 3],
            ],
        ])
        expect(mode).toMatchObject({
            strategy: "line",
            bytesPerFrame: 19_200,
            ramBytes: 19_200,
        })
    })

    it("tells sensor and grabber the same window", async () => {
        await camera.configure({
            window: { width: 188, height: 120, x: 10, y: 60 },
            fps: 60,
        })

        expect([...chip.registers.subarray(0x01, 0x05)]).toEqual([
            11, 64, 120, 188,
        ])
        expect(page.written(0x54)).toEqual([[10, 0]])
        expect(page.written(0x56)).toEqual([[60, 0]])
        expect(page.written(0x58)).toEqual([[188, 0]])
        expect(page.written(0x5a)).toEqual([[120, 0]])
        expect(page.written(0x60)).toEqual([[188, 0]])
        expect(page.written(0x62)).toEqual([[120, 0]])
        expect(page.written(0x53)).toEqual([[0]])
    })

    it("has the data sampled on the rising edge, with both syncs active high", async () => {
        await camera.configure(REQUEST)

        expect(page.written(0x74)).toEqual([[1]])
    })

    it("leaves the sensor's whole field on for a DCMI crop", async () => {
        await camera.configure({ ...REQUEST, strategy: Strategy.DCMI_CROP })

        expect([...chip.registers.subarray(0x01, 0x05)]).toEqual([
            1, 4, 480, 752,
        ])
        expect(page.written(0x53)).toEqual([[1]])
        expect(page.page.getUint32(0x64, true)).toBe((130 << 16) | 266)
        expect(page.page.getUint32(0x68, true)).toBe((219 << 16) | 219)
        expect(page.page.getUint32(0x70, true)).toBe(360_960)
    })

    it("fixes exposure and gain when asked, and annotates frames with what the sensor really does", async () => {
        const mode = await camera.configure({
            ...REQUEST,
            exposureUs: 3000,
            gain: 2.1,
        })

        expect(mode.exposureUs).toBeLessThanOrEqual(3000)
        expect(mode.exposureUs).toBeGreaterThan(2950)
        expect(mode.gain).toBe(34 / 16)
        expect(chip.registers[0xaf]).toBe(0)
        expect(page.page.getUint32(0x78, true)).toBe(
            Math.round(mode.exposureUs)
        )
        expect(page.page.getUint16(0x7c, true)).toBe(34)
    })

    it("goes back to automatic exposure when the next request does not ask", async () => {
        await camera.configure({ ...REQUEST, exposureUs: 3000, gain: 2 })

        const mode = await camera.configure(REQUEST)

        expect(mode).toMatchObject({ exposureUs: 0, gain: 0 })
        expect(chip.registers[0xaf]).toBe(0x0303)
    })

    it("switches a test pattern on and off again", async () => {
        await camera.configure({
            ...REQUEST,
            testPattern: TestPattern.DIAGONAL,
        })
        expect(chip.registers[0x7f]).toBe(0x3800)
        await camera.configure(REQUEST)
        expect(chip.registers[0x7f]).toBe(0)
    })

    it("lets one frame settle, and with strict settling the two more that the shutter needs", async () => {
        await camera.configure(REQUEST)
        await camera.configure({ ...REQUEST, strictSettling: true })

        expect(page.written(0x75)).toEqual([[1], [3]])
    })

    it("refuses the impossible before it touches the sensor", async () => {
        await expect(
            camera.configure({ window: { width: 360, height: 360 } })
        ).rejects.toThrow(
            "window 360x360 needs 129600 bytes per frame; the board has 79616"
        )
        expect(chip.writes).toEqual([])
    })

    it("interrupts a stream and goes on", async () => {
        await streaming()

        await camera.configure({ ...REQUEST, fps: 60 })

        expect(order.filter(step => step.startsWith("grabber"))).toEqual([
            "grabber stop",
            "grabber start",
        ])
        expect(order.at(-1)).toBe("sensor on")
    })

    it("does not reset the sensor again", async () => {
        await camera.configure(REQUEST)
        chip.writes.length = 0

        await camera.configure(REQUEST)

        expect(chip.written(0x0c)).toEqual([])
    })
})

describe("Camera start and stop", () => {
    it("refuse to run before configure", async () => {
        await expect(camera.start()).rejects.toThrow(
            "configure() comes before start()"
        )
        await expect(camera.snapshot()).rejects.toThrow(
            "configure() comes before start()"
        )
    })

    it("arm the receiver before the sensor sends", async () => {
        await camera.configure(REQUEST)
        order.length = 0

        await camera.start()
        await camera.start()

        expect(order).toEqual(["grabber start", "sensor on"])
    })

    it("end the capture while the sensor still sends", async () => {
        await streaming()

        await camera.stop()
        await camera.stop()

        expect(order).toEqual(["grabber stop", "sensor off"])
    })

    it("give up when the frame grabber is not announced", async () => {
        device = connect({ transfer, bound: false })
        camera = new Camera(new MT9V034())
        await camera.configure(REQUEST)
        order.length = 0

        const failure = expect(camera.start()).rejects.toThrow(
            "frame grabber: no announcement in 3000 ms"
        )
        await device.advance(3010)
        await failure
        expect(order).toEqual([])
    })
})

describe("Camera frames", () => {
    it("go to the handler in order until none waits, and are given back", async () => {
        const seen: number[] = []
        await streaming(frame => {
            expect(page.lent.size).toBe(1)
            seen.push(frame.sequence)
        })
        page.queue.push(
            { sequence: 4 },
            { sequence: 5 },
            { sequence: 7, droppedBefore: 1 }
        )

        await device.notify("frame")

        expect(seen).toEqual([4, 5, 7])
        expect(page.released).toBe(3)
        expect(page.lent.size).toBe(0)
    })

    it("carry what the grabber says of them", async () => {
        let seen: Partial<Frame> = {}
        await streaming(frame => {
            seen = { ...frame, window: { ...frame.window } }
        })
        page.queue.push({ sequence: 9, droppedBefore: 3 })

        await device.notify("frame")

        expect(seen).toMatchObject({
            sequence: 9,
            startUs: 1009,
            endUs: 7009,
            droppedBefore: 3,
            window: { x: 266, y: 130, width: 220, height: 220 },
            lineBytes: 220,
            lines: 220,
            sizeBytes: 48_400,
        })
    })

    it("are handled one at a time, also those whose notification comes meanwhile", async () => {
        let inside = 0
        const seen: number[] = []
        await streaming(async frame => {
            expect(++inside).toBe(1)
            await device.sleep(25)
            inside--
            seen.push(frame.sequence)
        })

        page.queue.push({ sequence: 1 })
        const first = device.notify("frame")
        await device.advance(10)
        page.queue.push({ sequence: 2 })
        const second = device.notify("frame")
        await device.advance(60)
        await first
        await second

        expect(seen).toEqual([1, 2])
        expect(page.lent.size).toBe(0)
    })

    it("let other fibers run when they do not stop coming", async () => {
        await streaming(() => {
            page.queue.push({ sequence: 1 })
        })
        page.queue.push({ sequence: 0 })

        const handled = device.notify("frame")
        await device.advance(3)

        // A turn takes 16 frames, then it sleeps.
        expect(page.released).toBe(4 * 16)
        await camera.stop()
        await device.advance(1)
        await handled
    })

    it("are skipped when nobody handles them", async () => {
        await streaming()
        page.queue.push({ sequence: 1 }, { sequence: 2 })

        await device.notify("frame")

        expect(page.skipped).toBe(2)
        expect(page.released).toBe(0)
    })

    it("are not taken after stop", async () => {
        let handled = 0
        await streaming(() => {
            handled++
        })
        await camera.stop()
        page.queue.push({ sequence: 1 })

        await device.notify("frame")

        expect(handled).toBe(0)
    })

    it("may stop the stream from their handler", async () => {
        await streaming(() => camera.stop())
        page.queue.push({ sequence: 1 }, { sequence: 2 })

        await device.notify("frame")

        expect(page.released).toBe(1)
        expect(order).toEqual(["grabber stop", "sensor off"])
    })

    it("whose handler throws are given back, the stream stops, and the exception is the handler's", async () => {
        await streaming(() => {
            throw new Error("the handler's own")
        })
        page.queue.push({ sequence: 1 }, { sequence: 2 })

        await expect(device.notify("frame")).rejects.toThrow(
            "the handler's own"
        )

        expect(page.lent.size).toBe(0)
        expect(order).toEqual(["grabber stop", "sensor off"])
    })
})

describe("Camera with automatic exposure", () => {
    const AEC = 0xbb
    const AGC = 0xba

    /** Frames that come one by one: no other waits. */
    async function frames(count: number): Promise<void> {
        for (let i = 0; i < count; i++) {
            page.queue.push({ sequence: i })
            await device.notify("frame")
        }
    }

    /** How often the grabber was told what the sensor uses. */
    function annotations(): number {
        return page.written(0x78).length
    }

    afterEach(() => {
        vi.restoreAllMocks()
    })

    it("annotates frames with what the sensor does, at the first and then every 32 frames", async () => {
        await streaming(() => {})
        chip.registers[AEC] = 100
        chip.registers[AGC] = 24
        const before = annotations()

        await frames(32)
        expect(annotations() - before).toBe(1)
        await frames(1)

        const rowUs = ((220 + chip.registers[0x05]!) * 1e6) / 26_660_000
        expect(annotations() - before).toBe(2)
        expect(page.page.getUint32(0x78, true)).toBe(Math.round(100 * rowUs))
        expect(page.page.getUint16(0x7c, true)).toBe(24)
    })

    it("looks at the sensor when every frame is back and no other waits", async () => {
        await streaming(() => {})
        const read = vi.spyOn(camera.sensor, "readExposure")
        read.mockImplementation(() => {
            expect(page.lent.size).toBe(0)
            expect(page.queue).toEqual([])
            return Promise.resolve()
        })
        page.queue.push({ sequence: 0 }, { sequence: 1 }, { sequence: 2 })

        await device.notify("frame")

        expect(read).toHaveBeenCalledTimes(1)
        expect(page.released).toBe(3)
    })

    it("looks now and then also when another frame always waits", async () => {
        await streaming(() => {
            page.queue.push({ sequence: 1 })
        })
        const read = vi.spyOn(camera.sensor, "readExposure")
        page.queue.push({ sequence: 0 })

        // A turn takes 16 frames and 1 ms.
        const handled = device.notify("frame")
        await device.advance(8)

        expect(page.released).toBe(9 * 16)
        expect(read).toHaveBeenCalledTimes(2)
        await camera.stop()
        await device.advance(1)
        await handled
    })

    it.each([
        [-1, "address"],
        [-2, "register"],
        [-3, "time-out"],
        [-4, "bus error"],
    ])(
        "goes on when a look fails with status %i (%s), says so once, and asks again",
        async status => {
            const warned = vi.spyOn(console, "warn").mockReturnValue()
            const logged = vi.spyOn(console, "log").mockReturnValue()
            let handled = 0
            await streaming(() => {
                handled++
            })
            const before = annotations()

            busStatus = status
            await frames(65)
            expect(handled).toBe(65)
            expect(page.lent.size).toBe(0)
            expect(order).toEqual([])
            expect(annotations()).toBe(before)
            expect(warned.mock.calls).toEqual([
                [
                    `MT9V034: reading CURRENT_EXPOSURE (0xbb): I2C status ${status}; frames keep the exposure and gain that were read last`,
                ],
            ])
            expect(logged).not.toHaveBeenCalled()

            busStatus = 0
            await frames(32)
            expect(annotations()).toBe(before + 1)
            expect(logged.mock.calls).toEqual([
                ["MT9V034 answers again; looks at the exposure that failed: 3"],
            ])

            busStatus = status
            await frames(32)
            expect(warned).toHaveBeenCalledTimes(2)
        }
    )

    it("does not take a mistake of the driver for a fault of the bus", async () => {
        await streaming(() => {})
        vi.spyOn(camera.sensor, "readExposure").mockRejectedValue(
            new TypeError("a mistake")
        )

        await expect(frames(1)).rejects.toThrow("a mistake")
    })
})

describe("Frame", () => {
    async function withFrame(
        look: (frame: Frame) => Promise<void>
    ): Promise<void> {
        await streaming(look)
        page.queue.push({ sequence: 1 })
        await device.notify("frame")
    }

    it("reads each row into the same Buffer", async () => {
        expect.assertions(4)
        await withFrame(async frame => {
            const first = await frame.readRow(0)
            expect([first[0], first[219]]).toEqual([0, 219])
            const last = await frame.readRow(219)
            expect(last[0]).toBe((219 * 220) & 0xff)
            expect(last).toBe(first)
            await expect(frame.readRow(220)).rejects.toThrow(
                "rows 220..220 are not in the frame of 220 rows"
            )
        })
    })

    it("reads rows, into a new Buffer or a given one of the right size", async () => {
        expect.assertions(5)
        await withFrame(async frame => {
            expect((await frame.readRows(10, 2)).length).toBe(440)
            const mine = Buffer.alloc(440)
            expect(await frame.readRows(218, 2, mine)).toBe(mine)
            expect(mine[439]).toBe((220 * 220 - 1) & 0xff)
            await expect(
                frame.readRows(0, 2, Buffer.alloc(439))
            ).rejects.toThrow("2 rows are 440 bytes, the Buffer has 439")
            await expect(frame.readRows(219, 2)).rejects.toThrow(RangeError)
        })
    })

    it("refuses more rows than the heap holds, but fills a Buffer that is there", async () => {
        expect.assertions(2)
        await withFrame(async frame => {
            await expect(frame.readRows(0, 60)).rejects.toThrow(
                "13200 bytes of pixels may find no room in one piece"
            )
            expect(
                (await frame.readRows(0, 60, Buffer.alloc(13_200)))[300]
            ).toBe(300 & 0xff)
        })
    })

    it("has statistics", async () => {
        expect.assertions(1)
        await withFrame(async frame => {
            expect(await frame.stats(128)).toMatchObject({
                mean: 100.5,
                count: 77,
                centroidX: 12.25,
            })
        })
    })

    it("can be given back early, once, and is of no use afterwards", async () => {
        let kept: Frame | undefined
        await withFrame(async frame => {
            kept = frame
            await frame.release()
            await frame.release()
        })

        expect(page.released).toBe(1)
        await expect(kept!.readRow(0)).rejects.toThrow("was given back")
        await expect(kept!.stats(0)).rejects.toThrow("was given back")
    })
})

describe("Camera snapshot", () => {
    it("of a stopped camera starts, takes the first frame, stops, and leaves the frame lent", async () => {
        await camera.configure(REQUEST)
        order.length = 0

        const snapshot = camera.snapshot()
        await device.advance(5)
        page.queue.push({ sequence: 1 })
        await device.notify("frame")
        await device.advance(5)
        const frame = await snapshot

        expect(frame.sequence).toBe(1)
        expect(order).toEqual([
            "grabber start",
            "sensor on",
            "grabber stop",
            "sensor off",
        ])
        expect(page.lent.size).toBe(1)
        await frame.release()
        expect(page.lent.size).toBe(0)
    })

    it("of a stream waits for a frame whose exposure began after the call; the handler gets the others", async () => {
        const handled: number[] = []
        await streaming(frame => {
            handled.push(frame.sequence)
        })
        page.queue.push({ sequence: 9 })

        const snapshot = camera.snapshot()
        await device.advance(1)
        for (const sequence of [10, 11, 12, 13]) {
            page.queue.push({ sequence })
            await device.notify("frame")
        }
        await device.advance(1)
        const frame = await snapshot

        // 9 waited before the call and is skipped; 10 was on the wires, 11 may have been exposing.
        expect(page.skipped).toBe(1)
        expect(frame.sequence).toBe(12)
        expect(handled).toEqual([10, 11, 13])
        await frame.release()
    })

    it("says of itself what is true after 256 changes of the frames between, too", async () => {
        await streaming(() => {})
        let sequence = 10
        const send = async (exposureUs: number): Promise<void> => {
            page.page.setUint32(0x78, exposureUs, true)
            page.queue.push({ sequence: sequence++ })
            await device.notify("frame")
            await device.advance(1)
        }
        const snapshot = async (exposureUs: number): Promise<number> => {
            const frame = camera.snapshot()
            await device.advance(1)
            for (let i = 0; i < 3; i++) await send(exposureUs)
            const seen = (await frame).exposureUs
            await (await frame).release()
            return seen
        }

        expect(await snapshot(1000)).toBe(1000)
        for (let i = 1; i < 256; i++) await send(1000 + i)

        expect(await snapshot(2000)).toBe(2000)
    })

    it("gives the frame before it back", async () => {
        await camera.configure(REQUEST)
        for (const sequence of [1, 2]) {
            const snapshot = camera.snapshot()
            await device.advance(5)
            page.queue.push({ sequence })
            await device.notify("frame")
            await device.advance(5)
            await snapshot
        }

        expect(page.lent.size).toBe(1)
        expect(page.released).toBe(1)
    })

    it("ends with an error when no frame comes, and stops what it started", async () => {
        await camera.configure(REQUEST)
        order.length = 0

        const failure = expect(camera.snapshot()).rejects.toThrow(
            /^snapshot: no frame in \d+ ms/
        )
        await device.advance(3000)
        await failure
        expect(order).toEqual([
            "grabber start",
            "sensor on",
            "grabber stop",
            "sensor off",
        ])
    })
})
