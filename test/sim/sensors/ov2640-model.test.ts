// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from "vitest"
import type { Scene } from "../../../sim/scene/scene.ts"
import { barsScene } from "../../../sim/scene/bars.ts"
import { noisyScene, Rig } from "../../support/sensors/ov2640-rig.ts"

const gray = noisyScene(false)

function flatScene(level: number): Scene {
    const luma = new Uint8Array(1600 * 1200).fill(level)
    const field = { width: 1600, height: 1200, luma }
    return { name: "flat", still: true, at: () => field }
}

/** Y8, 160 x 120 from SVGA. */
const SMALL = {
    mode: "SVGA",
    window: { x: 0, y: 0, width: 640, height: 480 },
    hDivider: 2,
    vDivider: 2,
    imageMode: 0x40,
} as const

describe("OV2640 control port", () => {
    let rig: Rig

    beforeEach(() => {
        rig = new Rig(gray)
    })

    it("answers at 0x30 with product 0x26, version 0x42, maker 0x7fa2", () => {
        expect(rig.model.address).toBe(0x30)
        expect(rig.read("sensor", 0x0a)).toBe(0x26)
        expect(rig.read("sensor", 0x0b)).toBe(0x42)
        expect(rig.read("sensor", 0x1c)).toBe(0x7f)
        expect(rig.read("sensor", 0x1d)).toBe(0xa2)
    })

    it("keeps the banks apart: 0x44 of one is not 0x44 of the other", () => {
        rig.write("dsp", 0x4c, 0x11)
        rig.write("sensor", 0x4c, 0x22)

        expect(rig.read("dsp", 0x4c)).toBe(0x11)
        expect(rig.read("sensor", 0x4c)).toBe(0x22)
    })

    it("reads with a STOP in between, as SCCB asks for, and without", () => {
        rig.raw(0xff, 0x01)
        rig.raw(0x0a)
        rig.model.start(true)
        expect(rig.model.read()).toBe(0x26)
        rig.model.stop()

        rig.model.start(false)
        rig.model.write(0x0b)
        rig.model.start(true)
        expect(rig.model.read()).toBe(0x42)
    })

    it("refuses two values in one transfer", () => {
        expect(() => rig.raw(0x46, 1, 2)).toThrow(
            /write of more than one value.*0x46/
        )
        rig.raw(0x0a)
        rig.model.start(true)
        rig.model.read()
        expect(() => rig.model.read()).toThrow(/read of more than one value/)
    })

    it("counts BPADDR up with every write of BPDATA", () => {
        rig.write("dsp", 0x7c, 3)
        rig.write("dsp", 0x7d, 0x48)
        rig.write("dsp", 0x7d, 0x49)

        expect(rig.read("dsp", 0x7c)).toBe(5)
        rig.write("dsp", 0x7c, 4)
        expect(rig.read("dsp", 0x7d)).toBe(0x49)
    })

    it.each([
        { name: "slave mode", register: 0x11, value: 0x40, says: "CLKRC" },
        { name: "snapshot", register: 0x0c, value: 0x39, says: "COM3" },
        { name: "dummy frames", register: 0x03, value: 0x4f, says: "COM1" },
        { name: "longer VSYNC", register: 0x2d, value: 1, says: "ADDVSL" },
    ])("refuses $name, which is not modelled", ({ register, value, says }) => {
        expect(() => rig.write("sensor", register, value)).toThrow(
            new RegExp(`OV2640_${says} = .* not modelled`)
        )
    })

    it("stores the zoom bit of COM7, with a warning", () => {
        rig.write("sensor", 0x12, 0x04)

        expect(rig.read("sensor", 0x12)).toBe(0x04)
        expect(rig.rules.warnings[0]?.message).toBe(
            "OV2640_COM7 = 0x00000004: zoom [2] is not modelled: the picture is that of the mode without it"
        )
    })

    it.each([
        ["sensor", 0x36],
        ["sensor", 0x5d],
        ["dsp", 0x00],
    ] as const)("stores 0x%s %i, which drivers write", (bank, register) => {
        rig.write(bank, register, 0x5a)

        expect(rig.read(bank, register)).toBe(0x5a)
        expect(rig.rules.warnings).toEqual([])
    })

    it("stores what is written to an address that nobody knows, with a warning", () => {
        rig.write("sensor", 0xf5, 0x5a)

        expect(rig.read("sensor", 0xf5)).toBe(0x5a)
        expect(rig.rules.warnings[0]?.message).toContain(
            "no register at 0xf5 of the sensor bank"
        )
    })

    it("refuses another address", () => {
        expect(() => new Rig(gray, { i2cAddress: 0x48 })).toThrow(
            /its address is 0x30 and cannot be set, not 0x48/
        )
    })
})

describe("OV2640 reset and power-down", () => {
    it("has its reset values back after COM7[7], which clears itself", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        rig.write("sensor", 0x12, 0x80)

        expect(rig.model.start(false)).toBe(true)
        rig.run(1e6)
        expect(rig.read("sensor", 0x12)).toBe(0x00)
        expect(rig.read("dsp", 0x05)).toBe(0x01)
        expect(rig.read("dsp", 0xda)).toBe(0x00)
    })

    it("warns of a write within 1 ms after a reset", () => {
        const rig = new Rig(gray)
        rig.write("sensor", 0x12, 0x80)
        rig.run(0.4e6)

        expect(rig.raw(0xff, 0x01)).toBe(true)
        expect(rig.rules.warnings[0]?.message).toMatch(
            /register 0xff .* written 400 us after a reset, which takes up to 1000 us/
        )
        rig.run(0.6e6)
        expect(rig.raw(0xff, 0x01)).toBe(true)
        expect(rig.rules.warnings[0]?.count).toBe(1)
    })

    it("does not answer while RESETB is low, and starts anew after it", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        rig.nextUsable()
        rig.model.setReset(0)

        expect(rig.model.start(false)).toBe(false)
        expect(rig.raw(0xff, 1)).toBe(false)
        rig.model.setReset(1)
        rig.run(1e6)
        expect(rig.read("dsp", 0xda)).toBe(0x00)
    })

    it("keeps its registers in power-down, but does not answer or send", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        const { sequence } = rig.nextUsable().frame
        rig.model.setStandby(1)
        rig.run(500e6)

        expect(rig.raw(0xff, 0)).toBe(false)
        rig.model.setStandby(0)
        expect(rig.read("dsp", 0xda)).toBe(0x40)
        expect(rig.nextFrame().frame.sequence).toBe(sequence + 1)
    })

    it("ends a running frame without telling of it when it is reset", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        const before = rig.nextUsable().frame
        rig.run(10e6)
        rig.model.setReset(0)
        rig.model.setReset(1)

        expect(rig.nextFrame().frame.sequence).toBe(before.sequence + 1)
    })

    it("stops with COM2 standby and goes on without it, still on the bus", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        const { sequence } = rig.nextUsable().frame
        rig.write("sensor", 0x09, 0x10)
        rig.run(500e6)
        rig.write("sensor", 0x09, 0x00)

        expect(rig.nextFrame().frame.sequence).toBe(sequence + 1)
    })

    it("sends frames of the bare sensor, marked unusable, after power-up", () => {
        const { frame, lines } = new Rig(gray).nextFrame()

        expect(frame).toMatchObject({ columns: 1600, rows: 1200 })
        expect(frame.unusable).toBe(true)
        expect(lines.length).toBe(1200)
    })
})

describe("OV2640 change of mode", () => {
    it.each([
        { what: "output size", bank: "dsp", register: 0x5b, value: 20 },
        { what: "format", bank: "dsp", register: 0xda, value: 0x00 },
        { what: "clock", bank: "sensor", register: 0x11, value: 0x01 },
        { what: "frame length", bank: "sensor", register: 0x46, value: 9 },
    ] as const)(
        "spoils the running frame and two more: $what",
        ({ bank, register, value }) => {
            const rig = new Rig(gray)
            rig.setUp(SMALL)
            rig.nextUsable()
            rig.run(5e6)
            rig.write(bank, register, value)
            const frames = [1, 2, 3, 4].map(() => rig.nextFrame().frame)

            expect(frames.map(frame => frame.unusable)).toEqual([
                true,
                true,
                true,
                false,
            ])
        }
    )

    it("sends something else than the scene in spoilt frames", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        rig.nextUsable()
        rig.write("dsp", 0x5b, 20)
        rig.nextFrame()
        const { frame, bytes } = rig.nextFrame()
        const truth = rig.model.expected(frame)

        expect(bytes.length).toBe(truth.length)
        expect(bytes.every((byte, i) => byte !== truth[i])).toBe(true)
    })

    it.each([
        { what: "exposure", bank: "sensor", register: 0x10, value: 0x40 },
        { what: "gain", bank: "sensor", register: 0x00, value: 0x08 },
        { what: "mirror", bank: "sensor", register: 0x04, value: 0xa0 },
        { what: "colour bar", bank: "sensor", register: 0x12, value: 0x42 },
        { what: "JPEG quality", bank: "dsp", register: 0x44, value: 30 },
    ] as const)("is not made by $what", ({ bank, register, value }) => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        rig.fixExposure(80)
        rig.nextUsable()
        rig.write(bank, register, value)

        expect(rig.nextFrame().frame.unusable).toBe(false)
        expect(rig.nextFrame().frame.unusable).toBe(false)
    })
})

describe("OV2640 exposure and gain", () => {
    function level(lines: number, gainRegister: number): number {
        const rig = new Rig(flatScene(100))
        rig.setUp(SMALL)
        rig.exposeOneToOne("SVGA") // 50 us lines
        rig.fixExposure(lines)
        rig.write("sensor", 0x00, gainRegister)
        return rig.nextUsable().bytes[0]!
    }

    it("gives the scene's values at 4 ms and 1x, and follows both linearly", () => {
        expect(level(80, 0x00)).toBe(100)
        expect(level(40, 0x00)).toBe(50)
        expect(level(80, 0x08)).toBe(150) // 1 + 8/16
        expect(level(80, 0x10)).toBe(200) // 2x
        expect(level(20, 0x30)).toBe(100) // 4x
        expect(level(160, 0x10)).toBe(255)
    })

    it("takes exposure from AEC, REG04[1:0] and REG45[5:0], in lines", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        rig.exposeOneToOne("SVGA")
        rig.write("sensor", 0x10, 0x81)
        rig.write("sensor", 0x04, 0x22)

        // 0x81 * 4 + 2 = 518 lines of 50 us.
        expect(rig.nextUsable().frame.exposureUs).toBeCloseTo(518 * 50, 3)
    })

    it("exposes no longer than a frame", () => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        rig.exposeOneToOne("SVGA")
        rig.write("sensor", 0x45, 0x3f)

        expect(rig.nextUsable().frame.exposureUs).toBeCloseTo(672 * 50, 3)
    })

    it.each([1, 16, 30])("tells the gain of GAIN = %i", value => {
        const rig = new Rig(gray)
        rig.setUp(SMALL)
        rig.fixExposure(80)
        rig.write("sensor", 0x00, value)
        const steps = 1 + (value & 15) / 16

        expect(rig.nextUsable().frame.gain).toBe((value & 0x10 ? 2 : 1) * steps)
    })

    it.each([8, 30, 100, 200, 255])(
        "settles by itself between AEB and AEW on a flat scene of %i",
        scene => {
            const rig = new Rig(flatScene(scene))
            rig.setUp(SMALL)
            let received = rig.nextUsable()
            for (let i = 0; i < 30; i++) received = rig.nextFrame()

            expect(received.bytes[0]).toBeGreaterThanOrEqual(0x68)
            expect(received.bytes[0]).toBeLessThanOrEqual(0x78)
            const next = rig.nextFrame().frame
            expect(next.exposureUs).toBe(received.frame.exposureUs)
            expect(next.gain).toBe(received.frame.gain)
        }
    )

    it("shows the automatic values in AEC and GAIN, the mean in YAVG", () => {
        const rig = new Rig(flatScene(8))
        rig.setUp(SMALL)
        for (let i = 0; i < 30; i++) rig.nextFrame()
        const { frame } = rig.nextFrame()
        const lines =
            (rig.read("sensor", 0x45) << 10) |
            (rig.read("sensor", 0x10) << 2) |
            (rig.read("sensor", 0x04) & 3)

        expect((lines * 1190) / 24).toBeCloseTo(frame.exposureUs, 3)
        expect(rig.read("sensor", 0x2f)).toBeGreaterThanOrEqual(0x68)
        expect(frame.exposureUs).toBeLessThan((672.5 * 1190) / 24)
    })

    it("needs the gain for a dark scene, but not more than COM9 allows", () => {
        const rig = new Rig(flatScene(1))
        rig.setUp(SMALL)
        rig.write("sensor", 0x14, 0x00) // 2x
        for (let i = 0; i < 30; i++) rig.nextFrame()

        expect(rig.nextFrame().frame.gain).toBe(2)
    })
})

describe("OV2640 scene", () => {
    it("must have the size of the field", () => {
        const small = barsScene({ width: 752, height: 480 })

        expect(() => new Rig(small)).toThrow(
            /scene "bars" has 752x480 pixels, the chip's field 1600x1200/
        )
    })

    it("is looked at anew in every frame when it moves", () => {
        const luma = new Uint8Array(1600 * 1200)
        const field = { width: 1600, height: 1200, luma }
        const scene: Scene = {
            name: "clock",
            still: false,
            at: timeNs => {
                luma.fill(Math.floor(timeNs / 1e7) % 200)
                return field
            },
        }
        const rig = new Rig(scene)
        rig.setUp(SMALL)
        rig.exposeOneToOne("SVGA")
        for (let i = 0; i < 3; i++) {
            const { frame, bytes } = rig.nextUsable()
            expect(bytes[0]).toBe(Math.floor(frame.startNs / 1e7) % 200)
            expect(Buffer.compare(bytes, rig.model.expected(frame))).toBe(0)
        }
    })
})
