// SPDX-License-Identifier: MIT
// The MT9V034's driver on a recording I2C target. Register numbers and bits are typed again from the data sheet.

import { beforeEach, describe, expect, it } from "vitest"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034.ts"
import { SensorError } from "../../drivers/sensor.ts"
import { connect } from "../../sim/devicescript/stand-ins/core.ts"
import { I2C } from "../../sim/devicescript/stand-ins/i2c.ts"
import { FakeSensor } from "../support/drivers/fake-sensor.ts"
import { Flip, TestPattern, TimingMode } from "../../protocol/capture.ts"

const XCLK_HZ = 26_660_000
const WINDOW = { x: 266, y: 130, width: 220, height: 220 }

let chip: FakeSensor

function plug(address: number, chipVersion = 0x1324): void {
    chip = new FakeSensor(address, chipVersion)
    connect({ transfer: (...transfer) => chip.transfer(...transfer) })
}

async function ready(): Promise<MT9V034> {
    const sensor = new MT9V034()
    await sensor.init()
    await sensor.configure({
        window: WINDOW,
        fps: 120,
        timing: TimingMode.AUTO,
        xclkHz: XCLK_HZ,
    })
    chip.writes.length = 0
    return sensor
}

beforeEach(() => plug(0x48))

describe("MT9V034 probe", () => {
    it.each([0x48, 0x4c, 0x58, 0x5c])(
        "finds the chip at address %i",
        async address => {
            plug(address)
            const sensor = new MT9V034()

            await sensor.init()

            expect(sensor.devAddr).toBe(address)
        }
    )

    it("lists what answered at each address when no chip is an MT9V034", async () => {
        plug(0x48, 0x1313)

        await expect(new MT9V034().init()).rejects.toThrow(
            "MT9V034: no sensor at 0x48, 0x4c, 0x58, 0x5c (0x48 answers with CHIP_VERSION 0x1313)"
        )
    })

    it("says so when nothing answers", async () => {
        plug(0x30)

        await expect(new MT9V034().init()).rejects.toThrow(
            "MT9V034: no sensor at 0x48, 0x4c, 0x58, 0x5c (nothing answers)"
        )
    })

    it("asks only the address it was given, and tells got and wanted", async () => {
        plug(0x5c, 0x1311)
        const failure = await new MT9V034({ address: 0x5c })
            .init()
            .catch((error: unknown) => error)

        expect(failure).toBeInstanceOf(SensorError)
        expect(failure).toMatchObject({
            message: "MT9V034: CHIP_VERSION reads 0x1311, expected 0x1324",
            part: "MT9V034",
            register: "CHIP_VERSION",
            got: 0x1311,
            wanted: 0x1324,
        })
    })

    it("names the register and the status when the given address is silent", async () => {
        await expect(new MT9V034({ address: 0x5c }).init()).rejects.toThrow(
            "MT9V034: reading CHIP_VERSION (0x00): I2C status -1"
        )
    })

    it("does not take a time-out for an empty address", async () => {
        connect({ transfer: () => -3 })

        await expect(new MT9V034().init()).rejects.toThrow(
            "MT9V034: asking for CHIP_VERSION (0x00): I2C status -3"
        )
    })

    it("uses the client that it is given", async () => {
        const other = new FakeSensor(0x48, 0x1324)
        class OtherBus extends I2C {
            override xfer(
                address: number,
                write: Buffer,
                readBytes = 0
            ): Promise<Buffer> {
                const read = Buffer.alloc(readBytes)
                other.transfer(address, write, read)
                return Promise.resolve(read)
            }
        }

        await new MT9V034({ client: new OtherBus() }).init()

        expect(other.writes.length).toBeGreaterThan(0)
        expect(chip.writes.length).toBe(0)
    })
})

describe("MT9V034 init", () => {
    it("unlocks the registers before anything else", async () => {
        await new MT9V034().init()

        expect(chip.writes[0]).toEqual({ register: 0xfe, value: 0xbeef })
    })

    it("resets logic, exposure and gain control, and leaves the output off", async () => {
        await new MT9V034().init()

        expect(chip.written(0x0c)).toEqual([3])
        expect(chip.registers[0x07]! & (1 << 7)).toBe(0)
        expect(chip.registers[0x07]! & (3 << 3)).toBe(1 << 3)
    })

    it("writes the recommended values of the reserved registers", async () => {
        await new MT9V034().init()

        expect(chip.registers[0x20]).toBe(0x03c7)
        expect(chip.registers[0x24]).toBe(0x001b)
        expect(chip.registers[0x2b]).toBe(0x0003)
        expect(chip.registers[0x2f]).toBe(0x0003)
        expect(chip.registers[0x13]).toBe(0x2d2e)
    })

    it("overwrites what a program before may have left: pattern, clock, binning, gain, window", async () => {
        for (const register of [
            0x7f, 0x72, 0x0d, 0x35, 0x01, 0x02, 0x03, 0x04, 0x70, 0xd5,
        ])
            chip.registers[register] = 0xffff

        await new MT9V034().init()

        expect(chip.registers[0x7f]).toBe(0)
        expect(chip.registers[0x72]).toBe(0)
        expect(chip.registers[0x0d]).toBe(0x0300)
        expect(chip.registers[0x35]).toBe(16)
        expect([...chip.registers.subarray(0x01, 0x07)]).toEqual([
            1, 4, 480, 752, 94, 45,
        ])
        expect(chip.registers[0x70]).toBe(0)
        expect(chip.registers[0xd5]).toBe(0)
    })

    it("names the register that refuses a write", async () => {
        chip.nackRegister = 0x04

        await expect(new MT9V034().init()).rejects.toThrow(
            "MT9V034: writing WINDOW_WIDTH (0x04): I2C status -2"
        )
    })

    it("names every register it writes", async () => {
        await new MT9V034().init()
        const reserved = [0x20, 0x24, 0x2b, 0x2f, 0x13]
        const used = new Set(chip.writes.map(write => write.register))

        for (const register of used) {
            plug(0x48)
            chip.nackRegister = register
            const failure = await new MT9V034()
                .init()
                .catch((error: unknown) => error)
            const name = (failure as SensorError).register

            if (reserved.includes(register)) expect(name).toBe("register")
            else expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/)
        }
    })
})

describe("MT9V034 configure", () => {
    it("writes the window with the field's offset, and the blanking of 120 fps", async () => {
        const sensor = new MT9V034()
        await sensor.init()
        const mode = await sensor.configure({
            window: WINDOW,
            fps: 120,
            timing: TimingMode.AUTO,
            xclkHz: XCLK_HZ,
        })

        expect([...chip.registers.subarray(0x01, 0x05)]).toEqual([
            267, 134, 220, 220,
        ])
        const rowPclk = 220 + chip.registers[0x05]!
        const fps = XCLK_HZ / ((220 + chip.registers[0x06]!) * rowPclk + 4)
        expect(Math.abs(fps - 120)).toBeLessThan(0.05)
        expect(mode.timing.fps).toBe(fps)
        expect(mode.window).toEqual(WINDOW)
    })

    it("keeps shutter and automatic exposure inside the frame: height + blanking - 3 rows at most", async () => {
        await ready()
        const rows = 220 + chip.registers[0x06]! - 3

        expect(chip.registers[0xad]).toBe(rows)
        expect(chip.registers[0x0b]).toBe(Math.min(480, rows))
    })

    it("lets automatic exposure count no further than CURRENT_EXPOSURE does, 2047 rows", async () => {
        const sensor = await ready()

        await sensor.configure({ fps: 12 })

        expect(chip.registers[0x06]).toBeGreaterThan(2047)
        expect(chip.registers[0xad]).toBe(2047)
    })

    it("solves the timing again for another size, at the frame rate asked for", async () => {
        const sensor = await ready()

        await sensor.configure({
            window: { x: 0, y: 0, width: 188, height: 120 },
        })

        const frame =
            (120 + chip.registers[0x06]!) * (188 + chip.registers[0x05]!) + 4
        expect(Math.abs(XCLK_HZ / frame - 120)).toBeLessThan(0.05)
    })

    it("keeps what is left out", async () => {
        const sensor = await ready()

        const mode = await sensor.configure({ request: { flip: Flip.VFLIP } })

        expect(mode.window).toEqual(WINDOW)
        expect(Math.abs(mode.timing.fps - 120)).toBeLessThan(0.05)
        expect(chip.registers[0x0d]).toBe(0x0310)
    })

    it.each([
        {
            window: { ...WINDOW, x: 600, y: 0 },
            message: "ends at column 820, the MT9V034 has 752",
        },
        {
            window: { ...WINDOW, y: 261 },
            message: "ends at row 481, the MT9V034 has 480",
        },
        {
            window: { ...WINDOW, width: 0 },
            message: "window 0x220+266+130 has no pixels",
        },
        {
            window: { ...WINDOW, x: -1 },
            message: "starts before column 0 or row 0",
        },
        {
            window: { x: 0, y: 479, width: 752, height: 1 },
            message: "starts at row 478 at most",
        },
    ])(
        "refuses a window off the field: $message",
        async ({ window, message }) => {
            const sensor = await ready()

            await expect(sensor.configure({ window })).rejects.toThrow(message)
            expect(chip.writes).toEqual([])
        }
    )

    it.each([
        { asked: 1, factor: 1, bits: 0x0300 },
        { asked: 2, factor: 2, bits: 0x0305 },
        { asked: 3, factor: 2, bits: 0x0305 },
        { asked: 4, factor: 4, bits: 0x030a },
        { asked: 8, factor: 4, bits: 0x030a },
    ])(
        "bins by $factor when asked for $asked",
        async ({ asked, factor, bits }) => {
            const sensor = await ready()

            const { binning } = await sensor.configure({ binning: asked })

            expect(binning).toBe(factor)
            expect(chip.registers[0x0d]).toBe(bits)
        }
    )

    it("makes the window whole groups of binned pixels", async () => {
        const sensor = await ready()

        const mode = await sensor.configure({
            window: { x: 0, y: 0, width: 751, height: 479 },
            binning: 4,
        })

        expect(mode.window).toEqual({ x: 0, y: 0, width: 748, height: 476 })
    })

    it.each([
        {
            binning: 1,
            readMode: 0x0300,
            rows: 256,
            hblank: 448,
            pixels: 44_000,
        },
        {
            binning: 2,
            readMode: 0x0305,
            rows: 128,
            hblank: 448,
            pixels: 16_384,
        },
        { binning: 4, readMode: 0x030a, rows: 64, hblank: 448, pixels: 4096 },
    ])(
        "bins by $binning in both contexts, with the exposure inside the rows that are left",
        async ({ binning, readMode, rows, hblank, pixels }) => {
            const sensor = await ready()

            const mode = await sensor.configure({
                window: { x: 248, y: 112, width: 256, height: 256 },
                binning,
                fps: 0,
                timing: TimingMode.FASTEST,
            })

            expect(mode).toMatchObject({ binning })
            for (const register of [0x0d, 0x0e])
                expect(chip.registers[register]).toBe(readMode)
            // Window registers count pixels of the field.
            for (const first of [0x01, 0xc9])
                expect([...chip.registers.subarray(first, first + 6)]).toEqual([
                    249,
                    116,
                    256,
                    256,
                    hblank,
                    4,
                ])
            // AEC_MAX_EXPOSURE: rows on the bus + blanking - 3.
            expect(chip.registers[0xad]).toBe(rows + 4 - 3)
            expect(chip.registers[0xb0]).toBe(pixels)
        }
    )

    it("flips without touching binning", async () => {
        const sensor = await ready()
        await sensor.configure({ binning: 2 })

        await sensor.configure({ request: { flip: Flip.HFLIP } })
        expect(chip.registers[0x0d]).toBe(0x0325)
        await sensor.configure({ request: { flip: Flip.BOTH } })
        expect(chip.registers[0x0d]).toBe(0x0335)
    })
})

describe("MT9V034 moveWindow", () => {
    it("prepares everything but the switch, which it returns", async () => {
        const sensor = await ready()
        await sensor.start()
        chip.writes.length = 0

        const move = await sensor.moveWindow(10.9, 60)

        expect(chip.writes).toEqual([
            { register: 0xc9, value: 11 },
            { register: 0xca, value: 64 },
        ])
        expect(move.address).toBe(0x48)
        // Context B, defect correction, simultaneous, output on, master mode.
        expect([...move.bytes]).toEqual([0x07, 0x83, 0x88])
    })

    it("goes back and forth between the contexts", async () => {
        const sensor = await ready()

        await sensor.moveWindow(10, 60)
        const first = await sensor.moveWindow(20, 70)

        expect([...first.bytes]).toEqual([0x07, 0x03, 0x08])
        expect(chip.registers[0xc9]).toBe(11)
        expect(chip.registers[0x01]).toBe(21)
    })

    it("finds both contexts alike but for the place", async () => {
        const sensor = await ready()
        await sensor.setExposure(2000)
        await sensor.setGain(2)
        await sensor.configure({ request: { flip: Flip.VFLIP } })

        const pairs = [
            [0x03, 0xcb],
            [0x04, 0xcc],
            [0x05, 0xcd],
            [0x06, 0xce],
            [0x0b, 0xd2],
            [0x0d, 0x0e],
            [0x35, 0x36],
            [0xd5, 0xd8],
        ] as const
        for (const [a, b] of pairs)
            expect(chip.registers[b]).toBe(chip.registers[a])
        expect(chip.registers[0xaf]! >> 8).toBe(chip.registers[0xaf]! & 0xff)
        expect(chip.registers[0xcc]).toBe(220)
    })

    it("refuses a place off the field and stays where it was", async () => {
        const sensor = await ready()

        await expect(sensor.moveWindow(533, 0)).rejects.toThrow(
            "ends at column 753"
        )
        await expect(sensor.moveWindow(0, 261)).rejects.toThrow(
            "ends at row 481"
        )
        await expect(sensor.moveWindow(-1, 0)).rejects.toThrow("before column")
        await expect(sensor.moveWindow(NaN, 0)).rejects.toThrow(SensorError)
        expect(chip.writes).toEqual([])
    })

    it("tries the same context again after a write that failed", async () => {
        const sensor = await ready()
        chip.nackRegister = 0xca

        await expect(sensor.moveWindow(10, 60)).rejects.toThrow(
            "MT9V034: writing COLUMN_START_B (0xc9): I2C status -2"
        )
        chip.nackRegister = -1
        chip.writes.length = 0
        await sensor.moveWindow(10, 60)

        expect(chip.written(0xc9)).toEqual([11])
    })
})

describe("MT9V034 setTriggered", () => {
    it("chooses snapshot mode in [4:3], and master mode again", async () => {
        const sensor = await ready()
        const mode = () => (chip.registers[0x07]! >> 3) & 3

        await sensor.setTriggered(true)
        expect(mode()).toBe(3)
        await sensor.start()
        expect(mode()).toBe(3)
        expect(chip.registers[0x07]! & (1 << 7)).toBe(1 << 7)
        await sensor.setTriggered(false)
        expect(mode()).toBe(1)
        expect(chip.registers[0x07]! & (1 << 7)).toBe(1 << 7)
    })
})

describe("MT9V034 start and stop", () => {
    it("switch the parallel output, and nothing else", async () => {
        const sensor = await ready()
        const before = chip.registers[0x07]!

        await sensor.start()
        expect(chip.registers[0x07]).toBe(
            before | (1 << 3) | (1 << 7) | (1 << 8)
        )
        await sensor.stop()
        expect(chip.registers[0x07]).toBe(before)
    })

    it("begin a frame anew before the output goes on", async () => {
        const sensor = await ready()

        await sensor.start()

        expect(chip.writes.map(write => write.register)).toEqual([0x0c, 0x07])
        expect(chip.written(0x0c)).toEqual([1])
    })
})

describe("MT9V034 exposure", () => {
    const rowUs = () => ((220 + chip.registers[0x05]!) * 1e6) / XCLK_HZ

    it("is rounded down to whole rows", async () => {
        const sensor = await ready()

        const applied = await sensor.setExposure(2000)

        const rows = chip.registers[0x0b]!
        expect(rows).toBe(Math.floor(2000 / rowUs()))
        expect(applied).toBeCloseTo(rows * rowUs(), 6)
    })

    it("is one row at least, and never slows the frame rate", async () => {
        const sensor = await ready()

        await sensor.setExposure(0.001)
        expect(chip.registers[0x0b]).toBe(1)
        await sensor.setExposure(1e9)
        expect(chip.registers[0x0b]).toBe(220 + chip.registers[0x06]! - 3)
    })

    it("switches automatic exposure off before it writes the shutter, and leaves automatic gain on", async () => {
        const sensor = await ready()

        await sensor.setExposure(1000)

        expect(chip.writes.map(write => write.register)).toEqual([
            0xaf, 0x0b, 0xd2,
        ])
        expect(chip.registers[0xaf]).toBe(0x0202)
    })

    it("stays the same time when the row time changes", async () => {
        const sensor = await ready()
        await sensor.setExposure(3000)

        await sensor.configure({
            window: { x: 0, y: 0, width: 752, height: 480 },
            fps: 30,
        })

        const row = ((752 + chip.registers[0x05]!) * 1e6) / XCLK_HZ
        expect(chip.registers[0x0b]).toBe(Math.floor(3000 / row))
    })

    it.each([0, -1, NaN])("of %d us is refused", async exposureUs => {
        const sensor = await ready()

        await expect(sensor.setExposure(exposureUs)).rejects.toThrow(
            SensorError
        )
        expect(chip.writes).toEqual([])
    })

    it("goes back to automatic", async () => {
        const sensor = await ready()
        await sensor.setExposure(1000)

        await sensor.setAutoExposure(true)

        expect(chip.registers[0xaf]).toBe(0x0303)
    })

    it("is read back in microseconds, the gain as a factor", async () => {
        const sensor = await ready()
        chip.registers[0xbb] = 100
        chip.registers[0xba] = 24
        const now = { exposureUs: 0, gain: 0 }

        await sensor.readExposure(now)

        expect(now.exposureUs).toBeCloseTo(100 * rowUs(), 6)
        expect(now.gain).toBe(1.5)
    })
})

describe("MT9V034 gain", () => {
    it.each([
        { asked: 0.5, code: 16 },
        { asked: 1, code: 16 },
        { asked: 1.06, code: 17 },
        { asked: 2, code: 32 },
        { asked: 2.04, code: 32 },
        { asked: 2.0625, code: 34 },
        { asked: 2.1, code: 34 },
        { asked: 3.99, code: 64 },
        { asked: 4, code: 64 },
        { asked: 100, code: 64 },
    ])("of $asked becomes $code / 16", async ({ asked, code }) => {
        const sensor = await ready()

        expect(await sensor.setGain(asked)).toBe(code / 16)
        expect(chip.registers[0x35]).toBe(code)
        expect(chip.registers[0xaf]).toBe(0x0101)
    })

    it.each([0, -2, NaN])("of %d is refused", async gain => {
        const sensor = await ready()

        await expect(sensor.setGain(gain)).rejects.toThrow("MT9V034: gain")
    })
})

describe("MT9V034 test pattern", () => {
    it.each([
        { pattern: TestPattern.NONE, value: 0x0000 },
        { pattern: TestPattern.VERTICAL, value: 0x2800 },
        { pattern: TestPattern.HORIZONTAL, value: 0x3000 },
        { pattern: TestPattern.DIAGONAL, value: 0x3800 },
    ])(
        "$pattern is $value, with the row noise correction off",
        async ({ pattern, value }) => {
            const sensor = await ready()
            chip.registers[0x70] = 0x0101

            await sensor.setTestPattern(pattern)

            expect(chip.registers[0x7f]).toBe(value)
            expect(chip.registers[0x70]! & 1).toBe(0)
        }
    )
})
