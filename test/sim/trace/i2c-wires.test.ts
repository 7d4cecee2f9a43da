// SPDX-License-Identifier: MIT
// SDA and SCL of the I2C block, by the manual's sequences of register accesses.

import { beforeEach, describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import { I2cBus } from "../../../sim/wires/i2c-bus.ts"
import { Rules } from "../../../sim/rules.ts"
import { I2c } from "../../../sim/stm32/i2c/i2c.ts"
import { I2cWires } from "../../../sim/trace/i2c-wires.ts"
import { VcdWriter } from "../../../sim/trace/vcd.ts"
import { decodeI2c } from "../../support/waveforms/i2c-decoder.ts"
import { parseVcd, type Waveforms } from "../../support/waveforms/parsed-vcd.ts"
import { MemorySink } from "../../support/waveforms/text-sink.ts"
import { FakeTarget, pass, unservedDma } from "../../support/stm32/chip.ts"

// RM0090 §27.6.
const CR1 = 0x00
const CR2 = 0x04
const DR = 0x10
const SR1 = 0x14
const SR2 = 0x18
const CCR = 0x1c
const TRISE = 0x20
const PE = 1 << 0
const START = 1 << 8
const STOP = 1 << 9
const SWRST = 1 << 15
/** 100 kHz from 45 MHz. */
const STANDARD_225 = 225
const SCL_NS = 10_000

let clock: Clock
let bus: I2cBus
let target: FakeTarget
let i2c: I2c
let writer: VcdWriter
let sink: MemorySink

beforeEach(() => {
    clock = new Clock()
    bus = new I2cBus()
    target = new FakeTarget(0x48)
    bus.attach(target)
    i2c = new I2c({
        name: "I2C2",
        clock,
        rules: new Rules(() => clock.nowNs),
        bus,
        pclk1Hz: 45_000_000,
        hasFilter: true,
        pinProblem: () => undefined,
        eventIrq: () => {},
        errorIrq: () => {},
        connectDma: unservedDma,
    })
    sink = new MemorySink()
    writer = new VcdWriter(sink)
    const [scl, sda] = ["scl", "sda"].map(name =>
        writer.declare({ scope: "wires", name, type: "wire", initial: 1 })
    )
    const wires = new I2cWires({
        scl: (timeNs, level) => writer.set(scl!, timeNs, level),
        sda: (timeNs, level) => writer.set(sda!, timeNs, level),
    })
    i2c.wires = wires
    bus.onSdaHeld = held => wires.held(clock.nowNs, held)
    i2c.writeUint32(CR2, 45)
    i2c.writeUint32(CCR, STANDARD_225)
    i2c.writeUint32(TRISE, 46)
    i2c.writeUint32(CR1, PE)
})

/** START and an address, and the flags cleared; the bus rests for as long as `pauseNs` afterwards. */
function address(byte: number, pauseNs = 1000): void {
    i2c.writeUint32(CR1, PE | START)
    pass(clock, SCL_NS)
    i2c.readUint32(SR1)
    send(byte, pauseNs)
    i2c.readUint32(SR1)
    i2c.readUint32(SR2)
}

function send(byte: number, pauseNs = 1000): void {
    i2c.writeUint32(DR, byte)
    pass(clock, 9 * SCL_NS + pauseNs)
}

function stop(): void {
    i2c.writeUint32(CR1, PE | STOP)
    pass(clock, SCL_NS)
}

async function recorded(): Promise<Waveforms> {
    writer.close(clock.nowNs)
    return parseVcd(sink.text)
}

describe("SDA and SCL of an I2C block", () => {
    it("carry a write, with SCL low while software takes its time", async () => {
        address(0x90, 50_000)
        send(0x07)
        send(0x99)
        stop()

        const waves = await recorded()
        expect(decodeI2c(waves)).toMatchObject([
            {
                address: 0x48,
                read: false,
                bytes: [0x07, 0x99],
                acknowledged: [true, true, true],
                stopped: true,
            },
        ])
        // START ends at 10 us, the address at 100 us, and 50 us later the next byte begins.
        const low = waves
            .edges("wires.scl")
            .find(([ns, level]) => level === 0 && ns === 100_000)
        expect(low).toBeDefined()
        expect(waves.at("wires.scl", 154_999)).toBe(0)
        expect(waves.at("wires.scl", 155_001)).toBe(1)
        expect(waves.edges("wires.sda").at(-1)).toEqual([clock.nowNs, 1])
    })

    it("have nine clocks of 10 us for a byte, high for half of each in standard mode", async () => {
        address(0x90)

        const waves = await recorded()
        const highs = waves.pulses("wires.scl").slice(1)
        expect(highs).toHaveLength(9)
        highs.forEach(({ startNs, endNs }, bit) => {
            expect(startNs).toBe(10_000 + bit * 10_000 + 5_000)
            expect(endNs - startNs).toBe(5_000)
        })
    })

    it("carry a repeated START without a STOP before it", async () => {
        address(0x90)
        send(0x05)
        address(0x91)

        expect(decodeI2c(await recorded())).toMatchObject([
            { address: 0x48, read: false, bytes: [0x05], stopped: false },
            { address: 0x48, read: true },
        ])
    })

    it("show a data byte that is not acknowledged", async () => {
        target.acknowledges = 1
        address(0x90)
        send(0x07)
        send(0x99)
        stop()

        expect(decodeI2c(await recorded())[0]).toMatchObject({
            bytes: [0x07, 0x99],
            acknowledged: [true, true, false],
            stopped: true,
        })
    })

    it("are not known while another controller has the bus", async () => {
        i2c.inject({ kind: "arbitration lost", byte: 1 })
        address(0x90)
        send(0x07, 0)
        const lostNs = clock.nowNs - 1
        pass(clock, 10 * SCL_NS)

        const waves = await recorded()
        expect(waves.at("wires.scl", lostNs + 1)).toBeUndefined()
        expect(waves.at("wires.sda", lostNs + 1)).toBeUndefined()
        expect(waves.at("wires.scl", clock.nowNs)).toBe(1)
        expect(waves.at("wires.sda", clock.nowNs)).toBe(1)
    })

    it("rest with SCL low when a target stalls, until the block is reset", async () => {
        i2c.inject({ kind: "stall", byte: 1 })
        address(0x90)
        send(0x07, 100_000)
        const stalledNs = clock.nowNs - 1
        i2c.writeUint32(CR1, SWRST)
        pass(clock, 1000)

        const waves = await recorded()
        expect(waves.at("wires.scl", stalledNs)).toBe(0)
        expect(waves.at("wires.scl", clock.nowNs)).toBe(1)
        expect(waves.at("wires.sda", clock.nowNs)).toBe(1)
    })

    it("have SDA low as long as a confused target holds it", async () => {
        pass(clock, 500)
        bus.holdSda(2)
        pass(clock, 500)
        bus.pulseScl()
        pass(clock, 500)
        bus.pulseScl()
        pass(clock, 500)

        const waves = await recorded()
        expect(waves.edges("wires.sda").slice(1)).toEqual([
            [500, 0],
            [1500, 1],
        ])
    })

    it("show the bits that were sent when the block is reset in mid-byte", async () => {
        address(0x90)
        i2c.writeUint32(DR, 0xff)
        pass(clock, 3.5 * SCL_NS)
        i2c.writeUint32(CR1, SWRST)
        pass(clock, 10 * SCL_NS)

        const waves = await recorded()
        const highs = waves
            .pulses("wires.scl")
            .filter(({ startNs }) => startNs > 101_000)
        expect(highs).toHaveLength(3)
        expect(waves.at("wires.scl", clock.nowNs)).toBe(1)
    })
})
