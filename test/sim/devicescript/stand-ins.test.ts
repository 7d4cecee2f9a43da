// SPDX-License-Identifier: MIT
// The stand-ins for DeviceScript's libraries: buffers, transfers, virtual time, notifications.

import { beforeEach, describe, expect, it } from "vitest"
import type { Device } from "../../../sim/devicescript/stand-ins/core.ts"
import {
    _i2cTransaction,
    connect,
    FrameGrabber,
    millis,
    sleep,
} from "../../../sim/devicescript/stand-ins/core.ts"
import {
    DriverError,
    I2CDriver,
} from "../../../sim/devicescript/stand-ins/drivers.ts"
import { i2c, I2CError } from "../../../sim/devicescript/stand-ins/i2c.ts"

let device: Device

/** A target at 0x48 that answers with the register's address, counted up. */
function transfer(
    address: number,
    write: Uint8Array,
    read: Uint8Array
): number {
    if (address !== 0x48) return -1
    for (let i = 0; i < read.length; i++) read[i] = (write[0]! + i) & 0xff
    return 0
}

beforeEach(() => {
    device = connect({ transfer })
})

describe("Buffer as in DeviceScript", () => {
    it.each([
        ["u8", 0xfe, [0xfe]],
        ["i8", -2, [0xfe]],
        ["u16", 0x1234, [0x34, 0x12]],
        ["i16", -2, [0xfe, 0xff]],
        ["u32", 0xfedcba98, [0x98, 0xba, 0xdc, 0xfe]],
        ["i32", -2, [0xfe, 0xff, 0xff, 0xff]],
    ])("keeps a %s little endian", (format, value, bytes) => {
        const buffer = Buffer.alloc(8)

        buffer.setAt(1, format, value)

        expect([...buffer.subarray(1, 1 + bytes.length)]).toEqual(bytes)
        expect(buffer.getAt(1, format)).toBe(value)
    })

    it("refuses an unknown format and a place outside", () => {
        expect(() => Buffer.alloc(4).getAt(0, "u24")).toThrow(
            'no number format "u24"'
        )
        expect(() => Buffer.alloc(4).getAt(1, "u32")).toThrow(RangeError)
    })

    it("copies, fills, rotates and has bits", () => {
        const buffer = Buffer.alloc(4)

        buffer.blitAt(1, Buffer.from([7, 8, 9]), 1, 2)
        expect([...buffer]).toEqual([0, 8, 9, 0])
        buffer.fillAt(2, 2, 5)
        expect([...buffer]).toEqual([0, 8, 5, 5])
        buffer.rotate(1)
        expect([...buffer]).toEqual([8, 5, 5, 0])
        buffer.setBit(31, true)
        expect([buffer[3], buffer.getBit(31), buffer.getBit(30)]).toEqual([
            0x80,
            true,
            false,
        ])
    })

    it("has hex literals with spaces, and refuses half a byte", () => {
        expect([...hex`48 4C5c`]).toEqual([0x48, 0x4c, 0x5c])
        expect(() => hex`48 4`).toThrow(SyntaxError)
    })
})

describe("I2C", () => {
    it("reads what the connected world answers", async () => {
        expect([...(await i2c.readRegBuf(0x48, 0x10, 3))]).toEqual([
            0x10, 0x11, 0x12,
        ])
    })

    it("throws the status of a refused transfer", async () => {
        const failure = await i2c
            .writeReg(0x49, 1, 2)
            .catch((error: unknown) => error)

        expect(failure).toBeInstanceOf(I2CError)
        expect(failure).toMatchObject({ status: -1 })
    })

    it("fills a Buffer that exists", async () => {
        const read = Buffer.alloc(2)

        expect(await _i2cTransaction(0x48, Buffer.from([5]), read)).toBe(0)
        expect([...read]).toEqual([5, 6])
    })

    it("wraps in init() what is no DriverError", async () => {
        class Failing extends I2CDriver {
            constructor(private readonly failure: Error) {
                super(0x48)
            }
            protected override initDriver(): Promise<void> {
                return Promise.reject(this.failure)
            }
        }

        await expect(
            new Failing(new Error("bus on fire")).init()
        ).rejects.toThrow("I2C device not found or malfunctioning: bus on fire")
        const own = new DriverError("chip on fire")
        await expect(new Failing(own).init()).rejects.toBe(own)
    })
})

describe("virtual time", () => {
    it("stands still until it is advanced, and wakes sleepers in order", async () => {
        const woken: string[] = []
        const nap = async (ms: number): Promise<void> => {
            await sleep(ms)
            woken.push(`${ms} at ${millis()}`)
        }
        void nap(20)
        void nap(5)
        void nap(10)

        await device.advance(4)
        expect(woken).toEqual([])
        await device.advance(8)
        expect(woken).toEqual(["5 at 5", "10 at 10"])
        expect(millis()).toBe(12)
        await device.advance(100)
        expect(woken).toHaveLength(3)
    })
})

describe("the frame grabber's role", () => {
    it("is bound unless the world says otherwise", () => {
        expect(new FrameGrabber().isBound).toBe(true)
        connect({ transfer, bound: false })
        expect(new FrameGrabber().isBound).toBe(false)
    })

    it("merges notifications that come while the handler waits", async () => {
        let runs = 0
        new FrameGrabber().frame.subscribe(async () => {
            runs++
            await sleep(10)
        })

        const handled = device.notify("frame")
        await device.advance(5)
        void device.notify("frame")
        void device.notify("frame")
        await device.advance(50)
        await handled

        expect(runs).toBe(2)
    })

    it("notifies of only the event that is meant, and nobody after unsubscribe", async () => {
        const heard: string[] = []
        const role = new FrameGrabber()
        const forget = role.frame.subscribe(() => void heard.push("frame"))
        role.fault.subscribe(() => void heard.push("fault"))

        await device.notify("frame")
        await device.notify("fault")
        forget()
        await device.notify("frame")

        expect(heard).toEqual(["frame", "fault"])
    })

    it("hands on what a handler throws, and can be notified again", async () => {
        let fails = true
        new FrameGrabber().frame.subscribe(() => {
            if (fails) throw new Error("handler")
        })

        await expect(device.notify("frame")).rejects.toThrow("handler")
        fails = false
        await device.notify("frame")
    })
})
