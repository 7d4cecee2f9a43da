// SPDX-License-Identifier: MIT
// The MT9V034's two-wire port, reset and standby pins, byte by byte.

import { describe, expect, it } from "vitest"
import { Mt9v034Rig } from "../../support/sensors/mt9v034-rig.ts"

describe("MT9V034 control port", () => {
    it("goes to the next register after each 16-bit word, writing and reading", () => {
        const rig = new Mt9v034Rig()
        rig.transfer(0x03, 0x00, 0xdc, 0x01, 0x04, 0x01, 0xe4)
        expect(rig.readReg(0x03)).toBe(220)
        expect(rig.readReg(0x04)).toBe(260)
        expect(rig.readReg(0x05)).toBe(484)
        expect(rig.readBytes(0x03, 6)).toEqual([
            0x00, 0xdc, 0x01, 0x04, 0x01, 0xe4,
        ])
    })

    it("goes on at the same register in a second read transaction", () => {
        const rig = new Mt9v034Rig()
        rig.readReg(0x02)
        rig.sensor.start(true)
        expect([rig.sensor.read(), rig.sensor.read()]).toEqual([0x01, 0xe0])
        rig.sensor.stop()
    })

    it("changes a register only when all 16 bits have arrived", () => {
        const rig = new Mt9v034Rig()
        rig.sensor.start(false)
        rig.sensor.write(0x0b)
        rig.sensor.write(0x01)
        expect(rig.log.writes("MT9V034")).toHaveLength(0)
        rig.sensor.write(0x23)
        rig.sensor.stop()
        expect(rig.log.writes("MT9V034")).toHaveLength(1)
        expect(rig.readReg(0x0b)).toBe(0x0123)
    })

    it("logs each completed write with name, value and time", () => {
        const rig = new Mt9v034Rig()
        rig.runForNs(5000)
        rig.transfer(0x03, 0x00, 0xdc, 0x01, 0x04)
        expect(rig.log.writes("MT9V034")).toEqual([
            {
                timeNs: 5000,
                block: "MT9V034",
                register: "WINDOW_HEIGHT",
                access: "write",
                value: 220,
            },
            {
                timeNs: 5000,
                block: "MT9V034",
                register: "WINDOW_WIDTH",
                access: "write",
                value: 260,
            },
        ])
    })

    it("clears RESET by itself", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x0c, 0x0003)
        expect(rig.readReg(0x0c)).toBe(0)
    })

    it.each([0x48, 0x4c, 0x58, 0x5c])("has address %i by its pins", address => {
        expect(new Mt9v034Rig({ address }).sensor.address).toBe(address)
    })

    it("cannot have another address", () => {
        expect(() => new Mt9v034Rig({ address: 0x30 })).toThrow(
            /0x48, 0x4c, 0x58 or 0x5c, not 0x30/
        )
    })

    it.each([12_999_999, 27_000_001])("refuses a SYSCLK of %d Hz", xclkHz => {
        expect(() => new Mt9v034Rig({ xclkHz })).toThrow(/13 to 27 MHz/)
    })
})

describe("MT9V034 byte-wise access", () => {
    it("writes the high byte to the register and the low byte to R0xF0", () => {
        const rig = new Mt9v034Rig()
        rig.transfer(0x0b, 0x01)
        expect(rig.log.writes("MT9V034")).toHaveLength(0)
        rig.transfer(0xf0, 0x23)
        expect(rig.readReg(0x0b)).toBe(0x0123)
        expect(
            rig.log.writes("MT9V034").map(w => [w.register, w.value])
        ).toEqual([["TOTAL_SHUTTER_WIDTH", 0x0123]])
    })

    it("reads the high byte from the register and the low byte from R0xF0", () => {
        const rig = new Mt9v034Rig()
        expect(rig.readBytes(0x00, 1)).toEqual([0x13])
        expect(rig.readBytes(0xf0, 1)).toEqual([0x24])
    })

    it("refuses another register between the two writes", () => {
        const rig = new Mt9v034Rig()
        rig.transfer(0x0b, 0x01)
        expect(() => rig.readReg(0x03)).toThrow(
            /MT9V034_TOTAL_SHUTTER_WIDTH: its first byte 0x1 is lost/
        )
    })

    it("refuses a second byte without a first", () => {
        expect(() => new Mt9v034Rig().transfer(0xf0, 0x23)).toThrow(
            /second byte without a first/
        )
        expect(() => new Mt9v034Rig().readBytes(0xf0, 1)).toThrow(
            /second byte without a first/
        )
    })
})

describe("MT9V034 RESET_BAR", () => {
    it("answers nothing while low and has reset values after it", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x03, 200)
        rig.sensor.setReset(0)
        expect(rig.sensor.start(false)).toBe(false)
        expect(rig.sensor.start(true)).toBe(false)
        rig.runForNs(1000)
        rig.sensor.setReset(1)
        rig.runForNs(1000)
        expect(rig.readReg(0x03)).toBe(480)
    })

    it("ends a transfer that is under way with a NACK", () => {
        const rig = new Mt9v034Rig()
        rig.sensor.start(false)
        expect(rig.sensor.write(0x03)).toBe(true)
        rig.sensor.setReset(0)
        expect(rig.sensor.write(0x00)).toBe(false)
    })

    it("must be low for 20 SYSCLK and 750 ns", () => {
        // 20 clocks at 26.66 MHz are 750.2 ns, at 13 MHz 1538.5 ns.
        for (const [xclkHz, tooShortNs, enoughNs] of [
            [26_660_000, 749, 751],
            [13_000_000, 1537, 1539],
        ] as const) {
            const rig = new Mt9v034Rig({ xclkHz })
            rig.sensor.setReset(0)
            rig.runForNs(tooShortNs)
            expect(() => rig.sensor.setReset(1)).toThrow(
                /RESET_BAR was low for/
            )
            const other = new Mt9v034Rig({ xclkHz })
            other.sensor.setReset(0)
            other.runForNs(enoughNs)
            other.sensor.setReset(1)
            other.runFrames(1)
        }
    })

    it("is followed by 10 SYSCLK without I2C", () => {
        const rig = new Mt9v034Rig()
        rig.sensor.setReset(0)
        rig.runForNs(1000)
        rig.sensor.setReset(1)
        rig.runForNs(370)
        expect(() => rig.readReg(0x00)).toThrow(/10 SYSCLK after RESET_BAR/)
        rig.runForNs(50)
        expect(rig.readReg(0x00)).toBe(0x1324)
    })

    it("cuts a frame off and lowers the outputs; that frame is not reported", () => {
        const rig = new Mt9v034Rig()
        rig.runIntoFrame()
        rig.sensor.setReset(0)
        expect(rig.edges.at(-1)).toMatchObject({
            pin: "FV",
            level: 0,
            timeNs: rig.clock.nowNs,
        })
        rig.runForNs(100e6)
        expect(rig.sent).toHaveLength(0)
    })
})

describe("MT9V034 STANDBY", () => {
    it("completes the frame, then is silent on the bus and on I2C; registers are kept", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x0b, 100)
        rig.runIntoFrame()
        rig.sensor.setStandby(1)
        expect(rig.sensor.start(false)).toBe(false)
        rig.runForNs(100e6)
        expect(rig.sent).toHaveLength(1)
        expect(rig.edges.at(-1)).toMatchObject({ pin: "FV", level: 0 })
        rig.sensor.setStandby(0)
        expect(rig.readReg(0x0b)).toBe(100)
        rig.runFrames(1)
    })
})

describe("MT9V034 soft reset R0x0C[0]", () => {
    it("aborts the frame, keeps the registers and starts again with a vertical blanking", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0xaf, 0)
        rig.writeReg(0x0b, 100)
        rig.runIntoFrame()
        const resetNs = rig.clock.nowNs
        rig.writeReg(0x0c, 1)
        expect(rig.edges.at(-1)).toMatchObject({
            pin: "FV",
            level: 0,
            timeNs: resetNs,
        })
        const { frame } = rig.runFrames(1)
        expect(rig.readReg(0x0b)).toBe(100)
        expect(frame.sequence).toBe(1)
        // FV low: 45 rows of 846 + 4.
        expect(
            Math.abs(rig.clocks(frame.startNs - resetNs) - 38_074)
        ).toBeLessThan(1.1)
    })
})
