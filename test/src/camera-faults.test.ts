// SPDX-License-Identifier: MIT
// One I2C transfer to the sensor that fails, at every place of every call: the camera stays usable, and frames come again.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import { FaultCause } from "../../protocol/faults.ts"
import { CaptureState, GrabberReg } from "../../protocol/grabber-page.ts"
import { connect, type Device } from "../../sim/devicescript/stand-ins/core.ts"
import type { CameraFault } from "../../src/camera-fault.ts"
import { Camera } from "../../src/camera.ts"
import { FakeGrabber } from "../support/drivers/fake-grabber.ts"
import { FakeSensor } from "../support/drivers/fake-sensor.ts"

const REQUEST: CaptureRequest = {
    window: { width: 220, height: 220 },
    fps: 120,
}
const SENSOR = 0x48
const NACK_DATA = -2
const TIMEOUT = -3
const HARDWARE = 9
const RECOMMENDED_20 = 0x20

let chip: FakeSensor
let page: FakeGrabber
let device: Device
let camera: Camera
let frames: number
let told: CameraFault[]
/** Transfers to the sensor since failFrom() was called. */
let transfers: number
let fails: (transfer: number) => boolean
let status: number
/** Nobody is at the sensor's address. */
let unplugged: boolean

function transfer(
    address: number,
    write: Uint8Array,
    read: Uint8Array
): number {
    if (address === 0x7e && write[0] === GrabberReg.MOVE_SENSOR)
        return moveSensor(write, read)
    if (address === 0x7e) return page.transfer(address, write, read)
    if (unplugged) return -1
    if (address === SENSOR && fails(transfers++)) return status
    return chip.transfer(address, write, read)
}

/** The grabber hands the bytes on. */
function moveSensor(write: Uint8Array, read: Uint8Array): number {
    if (unplugged || fails(transfers++))
        return page.refuse(HARDWARE, status >>> 0, SENSOR)
    chip.transfer(SENSOR, write.subarray(6), read)
    return page.transfer(0x7e, write, read)
}

/** Transfer number `from`, and so many in all, are answered with `code`. */
function failFrom(from: number, count = 1, code = NACK_DATA): void {
    transfers = 0
    status = code
    fails = transfer => transfer >= from && transfer < from + count
}

async function settle<T>(promise: Promise<T>): Promise<T> {
    let done = false
    const end = () => {
        done = true
    }
    promise.then(end, end)
    for (let ms = 0; ms < 4000 && !done; ms++) await device.advance(1)
    expect(done).toBe(true)
    return await promise
}

/** A frame reaches the handler. */
async function expectFrames(): Promise<void> {
    const before = frames
    page.queue.push({ sequence: 7 })
    await device.notify("frame")
    expect(frames).toBe(before + 1)
}

beforeEach(() => {
    chip = new FakeSensor(SENSOR, 0x1324)
    page = new FakeGrabber()
    frames = 0
    told = []
    unplugged = false
    failFrom(0, 0)
    device = connect({ transfer })
    camera = new Camera(new MT9V034())
    camera.onFrame(() => {
        frames++
    })
    camera.onFault(fault => {
        told.push(fault)
    })
    vi.spyOn(console, "warn").mockReturnValue()
    vi.spyOn(console, "log").mockReturnValue()
})

afterEach(() => {
    vi.restoreAllMocks()
})

const CALLS: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["configure()", () => camera.configure({ ...REQUEST, fps: 60 })],
    ["moveWindow()", () => camera.moveWindow({ x: 100, y: 50 })],
    [
        "adjust()",
        () => camera.adjust({ ...REQUEST, exposureUs: 2000, gain: 2 }),
    ],
    [
        "stop() and start()",
        async () => {
            await camera.stop()
            await camera.start()
        },
    ],
    ["setTriggered()", () => camera.setTriggered(false)],
]

describe.each(CALLS)("%s while frames come", (_name, call) => {
    async function streaming(): Promise<void> {
        // A board with all pins.
        page.page.setUint32(GrabberReg.BOARD_FLAGS, 7, true)
        await camera.configure({ ...REQUEST })
        await camera.start()
    }

    it("does not notice one transfer that is not acknowledged, whichever it is", async () => {
        await streaming()
        failFrom(0, 0)
        await settle(call())
        const count = transfers
        expect(count).toBeGreaterThan(0)

        for (let n = 0; n < count; n++) {
            failFrom(n)
            await settle(call())
            failFrom(0, 0)
            await expectFrames()
        }
        expect(told).toEqual([])
    })

    it.each([
        ["three times not acknowledged", 3, NACK_DATA],
        ["timed out", 1, TIMEOUT],
    ] as const)(
        "ends with the register's name when a transfer is %s, and frames come again",
        async (_how, times, code) => {
            await streaming()
            failFrom(0, 0)
            await settle(call())
            const count = transfers

            for (let n = 0; n < count; n++) {
                failFrom(n, times, code)
                const error = await settle(
                    call().then(
                        () => undefined,
                        (problem: unknown) => problem as Error
                    )
                )
                if (error) expect(error.message).toMatch(/MT9V034: .*[A-Z_]{5}/)
                failFrom(0, 0)
                page.page.setUint32(GrabberReg.FRAMES, 1000 + n, true)
                const again = device.advance(400)
                await device.advance(100)
                page.page.setUint32(GrabberReg.FRAMES, 5000 + n, true)
                await again
                if (!camera.isStreaming()) await settle(camera.start())
                await expectFrames()
            }
        }
    )
})

describe("a move that the sensor does not take", () => {
    it("leaves the window where it was, and the next one works", async () => {
        await camera.configure({ ...REQUEST })
        await camera.start()
        await camera.moveWindow({ x: 100, y: 50 })
        page.writes.length = 0
        // The context's registers are written first; then three times the switch, which is the grabber's.
        failFrom(1, 3)

        await expect(camera.moveWindow({ x: 200, y: 60 })).rejects.toThrow(
            "MT9V034: moving the window: writing CHIP_CONTROL: I2C status -2"
        )
        const [back] = page.written(GrabberReg.MOVE_SENSOR)
        expect(back!.slice(1, 5)).toEqual([100, 0, 50, 0])
        const control = (back![6]! << 8) | back![7]!
        expect(chip.registers[0x07]).toBe(control)

        failFrom(0, 0)
        await camera.moveWindow({ x: 210, y: 70 })
        // The other context than the one that was active all the time.
        expect(chip.registers[0x07]).toBe(control ^ 0x8000)
        const first = control & 0x8000 ? 0x01 : 0xc9
        expect(chip.registers[first]).toBe(211)
        expect(chip.registers[first + 1]).toBe(74)
    })
})

describe("frames that do not come", () => {
    /** What SIGNALS and the sensor show. */
    async function stall(signals: number): Promise<void> {
        page.page.setUint8(GrabberReg.STATE, CaptureState.STALLED)
        page.page.setUint8(GrabberReg.SIGNALS, signals)
        page.page.setUint32(GrabberReg.LOST, 2, true)
        await device.notify("fault")
        await device.advance(0)
    }

    it.each([
        [
            "sensor-absent",
            FaultCause.SENSOR_ABSENT,
            0x10,
            () => {
                unplugged = true
            },
        ],
        [
            "sensor-reset",
            FaultCause.SENSOR_RESET,
            0x13,
            () => {
                chip.registers[RECOMMENDED_20] = 0x01c1
            },
        ],
        [
            "sensor-other",
            FaultCause.SENSOR_OTHER,
            0x13,
            () => {
                chip.registers[0x00] = 0x1311
            },
        ],
        ["no-pixclk", FaultCause.NO_PIXCLK, 0x10, () => {}],
        ["no-vsync", FaultCause.NO_VSYNC, 0x13, () => {}],
        ["capture-registers", FaultCause.CAPTURE_REGISTERS, 0x03, () => {}],
        [
            "i2c-stuck",
            FaultCause.I2C_STUCK,
            0x13,
            () => {
                failFrom(0, Infinity, -4)
            },
        ],
        [
            "i2c-timeout",
            FaultCause.I2C_TIMEOUT,
            0x13,
            () => {
                failFrom(0, Infinity, TIMEOUT)
            },
        ],
    ] as const)("are named %s", async (name, cause, signals, happen) => {
        await camera.configure({ ...REQUEST })
        await camera.start()
        happen()

        await stall(signals)

        expect(told[0]).toMatchObject({ cause, recovered: false })
        expect(told[0]!.message).toContain(`MT9V034: no frames, ${name}: `)
        expect(camera.isStreaming()).toBe(true)
        await settle(camera.stop())
    })

    it("are waited for, and what the program changes meanwhile counts", async () => {
        await camera.configure({ ...REQUEST })
        await camera.start()
        unplugged = true
        await stall(0x10)
        await device.advance(300)

        await settle(camera.moveWindow({ x: 20, y: 30 }))
        const wanted = { ...REQUEST, exposureUs: 3000 }
        expect(await settle(camera.adjust(wanted))).toMatchObject({
            exposureUs: 3000,
        })
        await expect(settle(camera.snapshot())).rejects.toThrow(
            "sensor-absent: it does not answer on I2C"
        )
        expect(told).toHaveLength(1)

        page.page.setUint8(GrabberReg.STATE, CaptureState.STREAMING)
        unplugged = false
        await device.advance(60)
        page.page.setUint32(GrabberReg.FRAMES, 1, true)
        await device.advance(10)

        expect(told[1]).toMatchObject({
            cause: FaultCause.SENSOR_ABSENT,
            recovered: true,
        })
        expect(chip.registers[0xaf]! & 0x0101).toBe(0) // AEC is off
        const moves = page.written(GrabberReg.MOVE_SENSOR)
        expect(moves.at(-1)!.slice(1, 5)).toEqual([20, 0, 30, 0])
        await expectFrames()
    })

    it("are waited for with a new request too, whose configure() says why it waits", async () => {
        await camera.configure({ ...REQUEST })
        await camera.start()
        unplugged = true
        await stall(0x10)

        await expect(
            settle(camera.configure({ ...REQUEST, fps: 60 }))
        ).rejects.toThrow("MT9V034: no sensor at 0x48, 0x4c, 0x58, 0x5c")
        page.page.setUint8(GrabberReg.STATE, CaptureState.STREAMING)
        unplugged = false
        await device.advance(60)
        page.page.setUint32(GrabberReg.FRAMES, 1, true)
        await device.advance(10)

        expect(camera.applied().fps).toBe(60)
        await expectFrames()
    })

    it("end with stop(), also while the sensor is away; start() then says so", async () => {
        await camera.configure({ ...REQUEST })
        await camera.start()
        unplugged = true
        await stall(0x10)

        await settle(camera.stop())
        expect(camera.isStreaming()).toBe(false)
        await device.advance(200)
        await expect(settle(camera.start())).rejects.toThrow("no sensor at")
        unplugged = false
        await settle(camera.start())
        await expectFrames()
    })
})

describe("camera.sleep()", () => {
    it("raises STANDBY, refuses what needs the sensor, and wake() streams again with the same settings", async () => {
        page.page.setUint32(GrabberReg.BOARD_FLAGS, 7, true)
        const mode = await camera.configure({ ...REQUEST, exposureUs: 3000 })
        await camera.start()
        page.writes.length = 0

        await settle(camera.sleep())
        expect(page.written(GrabberReg.CONTROL)).toEqual([[2], [6]])
        await expect(settle(camera.start())).rejects.toThrow(
            "the sensor stands by; wake() comes before start()"
        )
        chip.registers[RECOMMENDED_20] = 0x01c1

        await settle(camera.wake())
        expect(page.written(GrabberReg.CONTROL)).toEqual([[2], [6], [7], [1]])
        expect(chip.registers[RECOMMENDED_20]).toBe(0x03c7)
        expect(page.page.getUint32(GrabberReg.MODE_EXPOSURE_US, true)).toBe(
            Math.round(mode.exposureUs)
        )
        await expectFrames()
    })

    it("says what is missing where neither pin nor register can do it", async () => {
        await camera.configure({ ...REQUEST })

        await expect(settle(camera.sleep())).rejects.toThrow(
            "no STANDBY pin on this board, and the MT9V034 has no register for it"
        )
    })
})
