// SPDX-License-Identifier: MIT
// The OV2640's driver on a recording two-bank target. Register numbers and bits are typed again from the data sheet.

import { beforeEach, describe, expect, it } from "vitest"
import { OV2640 } from "../../drivers/ov2640/ov2640.ts"
import { SensorError, type SensorOptions } from "../../drivers/sensor.ts"
import { connect, type Device } from "../../sim/devicescript/stand-ins/core.ts"
import { FakeOv2640 } from "../support/drivers/fake-ov2640.ts"
import {
    Flip,
    PixelFormat,
    TestPattern,
    TimingMode,
} from "../../protocol/capture.ts"

const XVCLK_HZ = 24_000_000
const FIELD = { x: 0, y: 0, width: 1600, height: 1200 }
const QVGA: SensorOptions = {
    window: FIELD,
    outputWidthPx: 320,
    outputHeightPx: 240,
    xclkHz: XVCLK_HZ,
}

let chip: FakeOv2640
let device: Device

function plug(pid = 0x26, ver = 0x42): void {
    chip = new FakeOv2640(pid, ver)
    device = connect({ transfer: (...transfer) => chip.transfer(...transfer) })
    chip.nowMs = () => device.nowMs()
}

/** Let time pass until a call of the driver, which sleeps, has ended. */
async function run<T>(call: Promise<T>): Promise<T> {
    const ended = call.then(
        () => undefined,
        () => undefined
    )
    await device.advance(1000)
    await ended
    return await call
}

async function ready(options: SensorOptions = QVGA): Promise<OV2640> {
    const sensor = new OV2640()
    await run(sensor.init())
    await run(sensor.configure(options))
    chip.writes.length = 0
    return sensor
}

function failure(call: Promise<unknown>): Promise<unknown> {
    return run(
        call.then(
            () => new Error("nothing was thrown"),
            (error: unknown) => error
        )
    )
}

beforeEach(() => plug())

describe("OV2640 init", () => {
    it.each([0x41, 0x42])("accepts PID 0x26 with VER %i", async ver => {
        plug(0x26, ver)

        await expect(run(new OV2640().init())).resolves.toBeUndefined()
    })

    it("says so when nothing answers at 0x30", async () => {
        connect({ transfer: () => -1 })

        await expect(new OV2640().init()).rejects.toThrow(
            "OV2640: no sensor at 0x30 (nothing answers)"
        )
    })

    it("does not take a time-out for an empty address", async () => {
        connect({ transfer: () => -3 })

        await expect(new OV2640().init()).rejects.toThrow(
            "OV2640: asking for PID (0x0a): I2C status -3"
        )
    })

    it("tells what another chip's PID reads", async () => {
        plug(0x76, 0x42)

        expect(await failure(new OV2640().init())).toMatchObject({
            message: "OV2640: PID reads 0x76, expected 0x26",
            part: "OV2640",
            register: "PID",
            got: 0x76,
            wanted: 0x26,
        })
    })

    it("tells what another version reads", async () => {
        plug(0x26, 0x40)

        expect(await failure(new OV2640().init())).toMatchObject({
            message: "OV2640: VER reads 0x40, expected 0x41 or 0x42",
            register: "VER",
            got: 0x40,
        })
    })

    it("resets the chip and lets it alone for 10 ms", async () => {
        await run(new OV2640().init())

        expect(chip.writes[0]).toMatchObject({
            bank: "sensor",
            register: 0x12,
            value: 0x80,
        })
        const pauseMs = chip.writes[1]!.atMs - chip.writes[0]!.atMs
        expect(pauseMs).toBeGreaterThanOrEqual(10)
        expect(pauseMs).toBeLessThanOrEqual(11)
    })

    it("leaves the port in reset and the scaler on", async () => {
        await run(new OV2640().init())

        expect(chip.dsp[0xe0]! & 0x04).toBe(0x04)
        expect(chip.dsp[0x86]! & 0x20).toBe(0x20)
        expect(chip.dsp[0x05]).toBe(0)
        expect(chip.sensor[0x13]! & 0x05).toBe(0x05)
    })

    it("does not touch documents' reserved ones", async () => {
        await run(new OV2640().init())

        expect(chip.sensor[0x04]! & 0x20).toBe(0x20)
        expect(chip.sensor[0x13]! & 0xc2).toBe(0xc2)
        expect(chip.sensor[0x45]! & 0xc0).toBe(0x40)
    })
})

describe("OV2640 banks", () => {
    it("are selected only when the bank changes", async () => {
        const sensor = await ready()
        await sensor.readSensor(0x0a)
        chip.bankSwitches = 0

        await sensor.writeSensor(0x24, 0x70)
        await sensor.writeSensor(0x25, 0x60)
        expect(chip.bankSwitches).toBe(0)

        await sensor.writeDsp(0x44, 0x10)
        await sensor.writeDsp(0x44, 0x11)
        expect(chip.bankSwitches).toBe(1)
        expect(chip.dsp[0x44]).toBe(0x11)
        expect(chip.sensor[0x44]).not.toBe(0x11)
    })

    it("belong to the instance: two sensors do not disturb each other", async () => {
        const first = await ready()
        const firstChip = chip
        await first.readSensor(0x0a)
        plug()
        const second = await ready()
        await second.readDsp(0x05)
        connect({ transfer: (...t) => firstChip.transfer(...t) })

        expect(await first.readSensor(0x0a)).toBe(0x26)
    })

    it("are selected anew after a transfer that failed", async () => {
        const sensor = await ready()
        await sensor.readSensor(0x0a)
        chip.nack = { bank: "sensor", register: 0x24 }
        await expect(sensor.writeSensor(0x24, 1)).rejects.toThrow()
        chip.nack = undefined
        chip.bankSwitches = 0

        await sensor.writeSensor(0x24, 1)

        expect(chip.bankSwitches).toBe(1)
    })

    it("read and write the register that the bus error names", async () => {
        const sensor = await ready()
        chip.nack = { bank: "dsp", register: 0x5a }

        expect(await failure(sensor.configure(QVGA))).toMatchObject({
            message: "OV2640: writing ZMOW (0x5a): I2C status -2",
            part: "OV2640",
            register: "ZMOW",
        })
        connect({ transfer: () => -1 })
        await expect(sensor.readSensor(0x2f)).rejects.toThrow(
            "OV2640: writing BANK_SEL (0xff): I2C status -1"
        )
    })
})

describe("OV2640 configure", () => {
    it.each([
        // COM7, COM1, REG32, HREFST, HREFEND, VSTRT, VEND
        ["UXGA", 1280, 1024, [0x00, 0x0f, 0x36, 0x11, 0x75, 0x01, 0x97]],
        ["SVGA", 640, 480, [0x40, 0x0a, 0x09, 0x11, 0x43, 0x00, 0x4b]],
        ["CIF", 320, 240, [0x20, 0x0a, 0x09, 0x11, 0x43, 0x00, 0x25]],
    ] as const)(
        "sets the core to %s for %i x %i",
        async (_, outputWidthPx, outputHeightPx, values) => {
            await ready({ ...QVGA, outputWidthPx, outputHeightPx })

            const registers = [0x12, 0x03, 0x32, 0x17, 0x18, 0x19, 0x1a]
            expect(registers.map(register => chip.sensor[register])).toEqual(
                values
            )
        }
    )

    it("writes in the order: bypass, sizes, clocks, DSP on, 10 ms, format, port", async () => {
        const sensor = await ready()

        await run(sensor.configure({ format: PixelFormat.RGB565 }))

        const order = chip.writes.map(w => `${w.bank} ${w.register}`)
        const at = (bank: string, register: number) =>
            order.indexOf(`${bank} ${register}`)
        const steps = [
            at("dsp", 0x05),
            at("dsp", 0xe0),
            at("sensor", 0x12),
            at("sensor", 0x1a),
            at("dsp", 0xc0),
            at("dsp", 0x51),
            at("dsp", 0x5c),
            at("sensor", 0x11),
            at("dsp", 0xd3),
            order.lastIndexOf("dsp 5"),
            at("dsp", 0xda),
            order.lastIndexOf("dsp 224"),
        ]
        expect(steps).toEqual([...steps].sort((a, b) => a - b))
        expect(steps[0]).toBe(0)
        expect(steps.at(-1)).toBe(order.length - 1)
        expect(chip.written("dsp", 0x05)).toEqual([1, 0])
        const pauseMs =
            chip.writes[steps[10]!]!.atMs - chip.writes[steps[9]!]!.atMs
        expect(pauseMs).toBeGreaterThanOrEqual(10)
        expect(pauseMs).toBeLessThanOrEqual(11)
    })

    it("returns what is applied", async () => {
        const sensor = await ready()

        const mode = await run(
            sensor.configure({
                window: { x: 101, y: 50, width: 1283, height: 963 },
                outputWidthPx: 323,
                outputHeightPx: 241,
                fps: 20,
                format: PixelFormat.JPEG,
                request: { quality: 50 },
            })
        )

        expect(mode).toMatchObject({
            window: { x: 100, y: 48, width: 1280, height: 960 },
            binning: 4,
            outputWidthPx: 320,
            outputHeightPx: 240,
            format: PixelFormat.JPEG,
            quality: 50,
        })
        // 12 MHz / 595 / 20 = 1008.4 lines.
        expect(mode.timing.fps).toBeCloseTo(20.008, 3)
        expect([chip.sensor[0x46], chip.sensor[0x47]]).toEqual([
            (1008 - 336) & 0xff,
            (1008 - 336) >> 8,
        ])
    })

    it("reads a window that is not scaled in UXGA", async () => {
        const sensor = await ready()

        const mode = await run(
            sensor.configure({
                window: { x: 690, y: 490, width: 220, height: 220 },
                binning: 1,
            })
        )

        expect(mode).toMatchObject({
            window: { x: 690, y: 490, width: 220, height: 220 },
            binning: 1,
            outputWidthPx: 220,
            outputHeightPx: 220,
        })
        // XOFF 690 = 0x2b2, YOFF 490 = 0x1ea, sizes 55 x 4.
        const registers = [0x51, 0x52, 0x53, 0x54, 0x55, 0x57, 0x50]
        expect(registers.map(register => chip.dsp[register])).toEqual([
            55, 55, 0xb2, 0xea, 0x12, 0, 0,
        ])
    })

    it("keeps what is left out", async () => {
        const sensor = await ready({ ...QVGA, format: PixelFormat.YUV422 })

        const mode = await run(sensor.configure({ fps: 10 }))

        expect(mode).toMatchObject({
            outputWidthPx: 320,
            outputHeightPx: 240,
            format: PixelFormat.YUV422,
        })
    })

    it("reaches the highest rates: CLKRC 1 for 60 fps in CIF, 0 for 30 in SVGA", async () => {
        const sensor = await ready()
        expect(chip.sensor[0x11]).toBe(1)

        await run(sensor.configure({ outputWidthPx: 640, outputHeightPx: 480 }))
        expect(chip.sensor[0x11]).toBe(0)
    })

    it("doubles the clock where that helps: CLKRC 0x80 at 18 MHz in UXGA", async () => {
        await ready({
            window: FIELD,
            outputWidthPx: 1600,
            outputHeightPx: 1200,
            xclkHz: 18_000_000,
        })

        expect(chip.sensor[0x11]).toBe(0x80)
    })

    it("sets the port's divider by hand: the automatic one is off", async () => {
        await ready()

        // 12 MHz x 320 / 400 = 9.6 MHz of bytes: 48 / 5.
        expect(chip.dsp[0xd3]).toBe(5)
    })

    it("slows by the clock alone with --timing default", async () => {
        const sensor = await ready()

        await run(sensor.configure({ fps: 30, timing: TimingMode.DEFAULT }))

        expect(chip.sensor[0x11]).toBe(3)
        expect([chip.sensor[0x46], chip.sensor[0x47]]).toEqual([0, 0])
    })

    it("holds the port while it works and lets it go again when streaming", async () => {
        const sensor = await ready()
        await sensor.start()
        chip.writes.length = 0

        await run(sensor.configure({ fps: 10 }))

        expect(chip.written("dsp", 0xe0)).toEqual([0x04, 0x00])
    })
})

describe("OV2640 formats", () => {
    const { GRAY8, RGB565, YUV422, JPEG, AUTO } = PixelFormat

    it.each([
        ["YUV422, Y first", YUV422, false, 0x00],
        ["YUV422, U first", YUV422, true, 0x01],
        ["RGB565, high byte first", RGB565, false, 0x08],
        ["RGB565, low byte first", RGB565, true, 0x09],
        ["gray", GRAY8, false, 0x40],
        ["gray, which has no order", GRAY8, true, 0x40],
        ["the driver's own choice: gray", AUTO, false, 0x40],
        ["JPEG", JPEG, false, 0x10],
        ["JPEG, which has no order", JPEG, true, 0x10],
    ])("has %s", async (_, format, lowByteFirst, imageMode) => {
        await ready({ ...QVGA, format, lowByteFirst })

        expect(chip.dsp[0xda]).toBe(imageMode)
    })

    it("switches the encoder on while it is in reset, and sets QS last", async () => {
        const sensor = await ready()

        await run(sensor.configure({ format: JPEG, request: { quality: 100 } }))

        expect(chip.written("dsp", 0xe0)).toEqual([0x04, 0x14, 0x04])
        expect(chip.dsp[0x44]).toBe(2)
        expect([0xd7, 0xe1, 0xe5, 0xd9, 0xdf].map(r => chip.dsp[r])).toEqual([
            0x03, 0x77, 0x1f, 0x10, 0x80,
        ])
    })

    it.each([
        [1, 63],
        [50, 33],
        [80, 14],
        [100, 2],
        [0, 14],
    ])("turns quality %i into QS %i (0: the driver's own)", async (q, qs) => {
        await ready({ ...QVGA, format: JPEG, request: { quality: q } })

        expect(chip.dsp[0x44]).toBe(qs)
    })
})

describe("OV2640 refusals", () => {
    it.each<[string, SensorOptions, string]>([
        [
            "a window off the field",
            { window: { ...FIELD, x: 4 } },
            "OV2640: window 1600x1200+4+0 ends at column 1604, the OV2640 has 1600",
        ],
        [
            "a frame larger than its window",
            { window: { x: 0, y: 0, width: 160, height: 120 } },
            "OV2640: frame 320x240 of window 160x120+0+0 would be enlarged, the OV2640 only scales down",
        ],
        [
            "a clock that is too fast",
            { xclkHz: 26_660_000 },
            "OV2640: XVCLK is 26660000 Hz, the OV2640 takes 6000000..24000000 Hz",
        ],
        [
            "a quality off the scale",
            { request: { quality: 101 } },
            "OV2640: quality 101 is not in 1..100",
        ],
        [
            "a format that is none",
            { format: 5 as PixelFormat },
            "OV2640: format 5 is none of gray8 (1), rgb565 (2), yuv422 (3), jpeg (4)",
        ],
    ])(
        "%s: nothing is written, the old mode stays",
        async (_, options, text) => {
            const sensor = await ready()

            const error = await failure(sensor.configure(options))

            expect(error).toBeInstanceOf(SensorError)
            expect((error as Error).message).toBe(text)
            expect(chip.writes).toEqual([])
            const mode = await run(sensor.configure({}))
            expect(mode).toMatchObject({
                outputWidthPx: 320,
                outputHeightPx: 240,
            })
        }
    )

    it("refuses the patterns that it does not have", async () => {
        const sensor = await ready()

        await expect(
            sensor.setTestPattern(TestPattern.DIAGONAL)
        ).rejects.toThrow(
            "OV2640: test pattern 3: the sensor has vertical colour bars (1) only"
        )
    })

    it.each([0, -1, NaN])("refuses exposure and gain %d", async value => {
        const sensor = await ready()

        await expect(sensor.setExposure(value)).rejects.toThrow(
            `OV2640: exposure ${value} us is not above 0`
        )
        await expect(sensor.setGain(value)).rejects.toThrow(
            `OV2640: gain ${value} is not above 0`
        )
    })
})

describe("OV2640 start and stop", () => {
    it("release the port from reset and hold it again", async () => {
        const sensor = await ready()

        await sensor.start()
        expect(chip.dsp[0xe0]).toBe(0)

        await sensor.stop()
        expect(chip.dsp[0xe0]).toBe(0x04)
    })

    it("leave the sensor awake: COM2's standby bit stays off", async () => {
        const sensor = await ready()
        await sensor.start()
        await sensor.stop()

        expect(chip.sensor[0x09]! & 0x10).toBe(0)
    })
})

describe("OV2640 exposure and gain", () => {
    // CIF at 12 MHz: 595 / 12 = 49.583 us each row.
    const ROW_US = 595 / 12

    it("writes rows into AEC[15:10], [9:2] and [1:0], and keeps their neighbours", async () => {
        const sensor = await ready({ ...QVGA, fps: 5 })

        const us = await sensor.setExposure(3003.7 * ROW_US)

        // 3003 = 0b10_11101110_11
        expect(us).toBeCloseTo(3003 * ROW_US, 6)
        expect(chip.sensor[0x45]).toBe(0x40 | 0b10)
        expect(chip.sensor[0x10]).toBe(0b11101110)
        expect(chip.sensor[0x04]).toBe(0x20 | 0b11)
        expect(chip.sensor[0x13]! & 0x01).toBe(0)
        expect(chip.sensor[0x13]! & 0x04).toBe(0x04)
    })

    it("stays between one row and the frame's rows less one", async () => {
        const sensor = await ready()

        expect(await sensor.setExposure(0.001)).toBeCloseTo(ROW_US, 6)
        expect(await sensor.setExposure(1e9)).toBeCloseTo(335 * ROW_US, 6)
    })

    it("gives a time that it returned once more", async () => {
        const sensor = await ready()

        for (const rows of [1, 7, 49, 335]) {
            const us = await sensor.setExposure((rows + 0.5) * ROW_US)
            expect(await sensor.setExposure(us)).toBe(us)
        }
    })

    it("keeps a fixed exposure through a new mode", async () => {
        const sensor = await ready()
        await sensor.setExposure(10_000)

        // SVGA at 24 MHz: the same row time; UXGA at 24 MHz: 80.08 us.
        await run(
            sensor.configure({ outputWidthPx: 1280, outputHeightPx: 960 })
        )

        const read = { exposureUs: 0, gain: 0 }
        await sensor.readExposure(read)
        expect(read.exposureUs).toBeCloseTo(124 * (1922 / 24), 6)
    })

    it.each([
        [0.5, 0x00, 1],
        [1, 0x00, 1],
        [1.5, 0x08, 1.5],
        [1.95, 0x0f, 1.9375],
        [1.98, 0x10, 2],
        [2, 0x10, 2],
        [3, 0x18, 3],
        [4, 0x30, 4],
        [8, 0x70, 8],
        [16, 0xf0, 16],
        [31, 0xff, 31],
        [100, 0xff, 31],
    ])("writes gain %d as %i", async (gain, code, applied) => {
        const sensor = await ready()

        expect(await sensor.setGain(gain)).toBe(applied)
        expect(chip.sensor[0x00]).toBe(code)
        expect(chip.sensor[0x13]! & 0x04).toBe(0)
    })

    it("reads what automatic exposure does", async () => {
        const sensor = await ready()
        chip.sensor[0x45] = 0xc0 | 0x01
        chip.sensor[0x10] = 0x10
        chip.sensor[0x04] = 0x22
        chip.sensor[0x00] = 0x32

        const read = { exposureUs: 0, gain: 0 }
        await sensor.readExposure(read)

        expect(read.exposureUs).toBeCloseTo((1024 + 64 + 2) * ROW_US, 6)
        // (1+1)(1+1)(1 + 2/16)
        expect(read.gain).toBe(4.5)
    })

    it("switches both automatics on and off", async () => {
        const sensor = await ready()

        await sensor.setAutoExposure(false)
        expect(chip.sensor[0x13]! & 0x05).toBe(0)

        await sensor.setAutoExposure(true)
        expect(chip.sensor[0x13]! & 0x05).toBe(0x05)
    })
})

describe("OV2640 image", () => {
    it("is mirrored and turned by REG04, the row order with it", async () => {
        const sensor = await ready()

        await run(sensor.configure({ request: { flip: Flip.VFLIP } }))
        expect(chip.sensor[0x04]).toBe(0x20 | 0x40 | 0x10)
        await run(sensor.configure({ request: { flip: Flip.HFLIP } }))
        expect(chip.sensor[0x04]).toBe(0x20 | 0x80)
        await run(sensor.configure({ request: {} }))
        expect(chip.sensor[0x04]).toBe(0x20)
    })

    it("shows the same window when it is turned: the DSP's window moves to the other end", async () => {
        const sensor = await ready({
            ...QVGA,
            window: { x: 0, y: 0, width: 640, height: 480 },
        })

        await run(sensor.configure({ request: { flip: Flip.BOTH } }))

        // SVGA: XOFF 800 - 320 = 0x1e0, YOFF 600 - 240 = 0x168.
        const registers = [0x53, 0x54, 0x55]
        expect(registers.map(register => chip.dsp[register])).toEqual([
            0xe0, 0x68, 0x11,
        ])
    })

    it("stays turned through a new mode", async () => {
        const sensor = await ready({ ...QVGA, request: { flip: Flip.VFLIP } })

        await run(sensor.configure({ fps: 5 }))

        expect(chip.sensor[0x04]! & 0x40).toBe(0x40)
    })

    it("is colour bars on request, in every mode until they are switched off", async () => {
        const sensor = await ready()

        await sensor.setTestPattern(TestPattern.VERTICAL)
        expect(chip.sensor[0x12]).toBe(0x22)
        await run(sensor.configure({ outputWidthPx: 640, outputHeightPx: 480 }))
        expect(chip.sensor[0x12]).toBe(0x42)

        await sensor.setTestPattern(TestPattern.NONE)
        expect(chip.sensor[0x12]).toBe(0x40)
    })

    it("is binned by the read-out", async () => {
        const sensor = await ready()

        const two = await run(sensor.configure({ binning: 2 }))
        expect(two.binning).toBe(2)
        expect(chip.sensor[0x12]).toBe(0x40)
        const one = await run(sensor.configure({ binning: 1 }))
        expect(one.binning).toBe(1)
        expect(chip.sensor[0x12]).toBe(0x00)
    })

    it("never resets the chip by accident", async () => {
        const sensor = await ready()
        await run(sensor.configure({ format: PixelFormat.JPEG }))
        await sensor.setTestPattern(TestPattern.VERTICAL)

        for (const value of chip.written("sensor", 0x12))
            expect(value & 0x80).toBe(0)
    })
})
