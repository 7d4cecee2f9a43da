// SPDX-License-Identifier: MIT
// A program's pins on the page: names, modes, levels, pulses and edges, and what is refused.

import { beforeEach, describe, expect, it } from "vitest"
import { bootRig, type Rig } from "../support/native/rig.ts"

// Typed again from docs/frame-grabber.md.
const PIN_FIND = 0xcb
const PIN_MODE = 0xcc
const PIN_WRITE = 0xcd
const PIN_READ = 0xce
const NO_PIN = 10
const PIN_TAKEN = 11
const EDGES_TAKEN = 12
const TOO_MANY_PINS = 13
const BAD_MODE = 14
const BAD_PULSE = 15
const INPUT = 0
const OUTPUT = 1
const OPEN_DRAIN = 2

const PA5 = 0x05
const PA10 = 0x0a
const PB5 = 0x15
const PC13 = 0x2d

let rig: Rig

function find(name: string): { pin: number; flags: number; use: number } {
    const found = rig.ask(
        4,
        PIN_FIND,
        ...[...name].map(character => character.charCodeAt(0))
    )
    const [pin, flags, use] = [0, 1, 2].map(at => found.getUint8(at))
    return { pin: pin!, flags: flags!, use: use! }
}

const setUp = (pin: number, mode: number, pull = 0, level = 0, edges = 0) =>
    rig.send(PIN_MODE, pin, mode, pull, level, edges)

const write = (pin: number, level: number, pulseUs = 0) =>
    rig.send(PIN_WRITE, pin, level, pulseUs & 0xff, pulseUs >> 8, 0, 0)

function read(pin: number): { level: number; edges: number; lastUs: number } {
    const state = rig.ask(8, PIN_READ, pin)
    return {
        level: state.getUint8(0),
        edges: state.getUint16(2, true),
        lastUs: state.getUint32(4, true),
    }
}

/** Numbers of the services whose events came. */
const eventServices = () =>
    rig.jacdac.map(frame => frame[13]!).filter(service => service !== 0)

beforeEach(async () => {
    rig = await bootRig()
})

describe("PIN_FIND", () => {
    it("knows the board's parts, its headers' names and the chip's pins", () => {
        expect(find("LED")).toEqual({ pin: PA5, flags: 0, use: 0 })
        expect(find("BUTTON")).toEqual({ pin: PC13, flags: 1, use: 0 })
        expect(find("D13")).toEqual({ pin: PA5, flags: 0, use: 0 })
        expect(find("PA10")).toEqual({ pin: PA10, flags: 0, use: 0 })
        expect(find("D2").pin).toBe(PA10)
    })

    it("says the pull that a part relies on", async () => {
        rig = await bootRig({ board: "stm32f407ve" })
        expect(find("BUTTON")).toEqual({ pin: 0x43, flags: 0b011, use: 0 })
        expect(find("K_UP")).toEqual({ pin: 0x00, flags: 0b100, use: 0 })
    })

    it.each([
        ["PA6", 1], // PIXCLK
        ["D9", 1], // PC7, D1
        ["PC12", 2], // SDA
        ["PC4", 3], // RESET
        ["PA2", 5], // console
        ["PA13", 6], // SWDIO
        ["PH0", 7], // HSE
        ["PC14", 8], // the 32 kHz crystal
        ["PI0", 9], // an F446 has no port I
        ["PB11", 9], // not on this package
    ])("says who has %s", (name, use) => {
        expect(find(name).use).toBe(use)
        expect(setUp(find(name).pin, OUTPUT)).toBe(-2)
        expect(rig.lastError()).toEqual({
            code: PIN_TAKEN,
            value: find(name).pin,
            limit: use,
        })
    })

    it("knows the sensor's clock and pins that are held, on a board that has them", async () => {
        rig = await bootRig({ board: "stm32f4-discovery" })
        expect(find("PA8").use).toBe(4)
        expect(find("PD4").use).toBe(8)
    })

    it.each(["LEDS", "LE", "PA16", "PA05", "PJ0", "P5", "led", "ELEVENCHARS"])(
        "refuses %s",
        name => {
            expect(() => find(name)).toThrow(`refused: ${NO_PIN}`)
        }
    )
})

describe("PIN_MODE and PIN_WRITE", () => {
    it("drive a pin, from its first moment at the level that is asked for", () => {
        const levels: number[] = []
        rig.chip.gpio.setInput("PA5", 1)
        rig.chip.gpio.onOutput("PA5", level => levels.push(level))
        expect(setUp(PA5, OUTPUT, 0, 1)).toBe(0)
        expect(rig.chip.gpio.isOutput("PA5")).toBe(true)
        expect(write(PA5, 0)).toBe(0)
        expect(write(PA5, 1)).toBe(0)
        expect(levels).toEqual([0, 1])
        expect(read(PA5).level).toBe(1)
    })

    it("let an open drain's wire go", () => {
        setUp(PA10, OPEN_DRAIN, 1, 1)
        expect(read(PA10).level).toBe(1)
        rig.chip.gpio.setInput("PA10", 0)
        expect(read(PA10).level).toBe(0)
        rig.chip.gpio.setInput("PA10", undefined)
        write(PA10, 0)
        expect(read(PA10).level).toBe(0)
    })

    it("pull an input", () => {
        setUp(PA10, INPUT, 1)
        expect(read(PA10).level).toBe(1)
        setUp(PA10, INPUT, 2)
        expect(read(PA10).level).toBe(0)
    })

    it("make a pulse of the length that is asked for", () => {
        setUp(PA5, OUTPUT)
        const times: number[] = []
        rig.chip.gpio.onOutput("PA5", () => times.push(rig.clock.nowNs))
        expect(write(PA5, 1, 250)).toBe(0)
        expect(times).toHaveLength(2)
        expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(250_000)
        expect(times[1]! - times[0]!).toBeLessThan(251_000)
        expect(rig.refusal(write(PA5, 1, 1001))).toBe(BAD_PULSE)
        expect(rig.lastError()).toMatchObject({ value: 1001, limit: 1000 })
    })

    it("refuse what there is not", () => {
        expect(rig.refusal(setUp(PA5, 3))).toBe(BAD_MODE)
        expect(rig.refusal(setUp(PA5, INPUT, 3))).toBe(BAD_MODE)
        expect(rig.refusal(setUp(PA5, INPUT, 0, 0, 4))).toBe(BAD_MODE)
        expect(rig.refusal(write(PA5, 1))).toBe(BAD_MODE)
        expect(rig.refusal(write(0xff, 1))).toBe(BAD_MODE)
        expect(() => read(PA5)).toThrow(`refused: ${BAD_MODE}`)
        setUp(PA5, INPUT)
        expect(rig.refusal(write(PA5, 1))).toBe(BAD_MODE)
        expect(rig.refusal(setUp(200, INPUT))).toBe(PIN_TAKEN)
    })
})

describe("edges", () => {
    it("are counted, timed and told", () => {
        rig.chip.gpio.setInput("PC13", 1)
        rig.native.poll()
        setUp(PC13, INPUT, 0, 0, 2)
        rig.run(1e6)
        rig.native.poll()
        expect(read(PC13)).toEqual({ level: 1, edges: 0, lastUs: 0 })
        expect(eventServices()).toEqual([])

        const pressedUs = Math.floor(rig.clock.nowNs / 1000)
        rig.chip.gpio.setInput("PC13", 0)
        rig.run(1e6)
        rig.chip.gpio.setInput("PC13", 1)
        rig.run(1e6)
        const seen = read(PC13)
        expect(seen).toMatchObject({ level: 1, edges: 1 })
        expect(seen.lastUs - pressedUs).toBeLessThanOrEqual(1)

        rig.native.poll()
        rig.native.poll()
        expect(eventServices()).toEqual([2])
    })

    it("are told again when the VM's queue was full", () => {
        rig.native.poll()
        setUp(PC13, INPUT, 0, 0, 3)
        rig.chip.gpio.setInput("PC13", 1)
        rig.run(1e3)
        rig.vmAccepts = false
        rig.native.poll()
        rig.vmAccepts = true
        rig.native.poll()
        expect(eventServices()).toEqual([2])
    })

    it.each([
        ["PA0", 0x00],
        ["PA1", 0x01],
        ["PD2", 0x32],
        ["PB3", 0x13],
        ["PB4", 0x14],
        ["PA5", 0x05],
        ["PA9", 0x09],
        ["PA10", 0x0a],
        ["PA15", 0x0f],
    ])("come from the line of %s", (name, pin) => {
        rig.chip.gpio.setInput(name, 0)
        expect(setUp(pin, INPUT, 0, 0, 3)).toBe(0)
        for (let edge = 1; edge <= 3; edge++) {
            rig.chip.gpio.setInput(name, (edge & 1) as 0 | 1)
            rig.run(1e3)
        }
        expect(read(pin).edges).toBe(3)
    })

    it("of two pins in one interrupt are told apart", () => {
        rig.chip.gpio.setInput("PA10", 0)
        rig.chip.gpio.setInput("PC13", 0)
        setUp(PA10, INPUT, 0, 0, 1)
        setUp(PC13, INPUT, 0, 0, 1)
        rig.chip.gpio.setInput("PC13", 1)
        rig.run(1e3)
        expect([read(PA10).edges, read(PC13).edges]).toEqual([0, 1])
    })

    it("of another port's pin of the same number are refused, until the first is let go", () => {
        expect(setUp(PA5, INPUT, 0, 0, 3)).toBe(0)
        expect(rig.refusal(setUp(PB5, INPUT, 0, 0, 3))).toBe(EDGES_TAKEN)
        expect(rig.lastError()).toEqual({
            code: EDGES_TAKEN,
            value: PB5,
            limit: PA5,
        })
        setUp(PA5, INPUT)
        expect(setUp(PB5, INPUT, 0, 0, 3)).toBe(0)
    })

    it("are counted of eight pins", () => {
        const pins = [0x00, 0x01, 0x32, 0x13, 0x14, 0x05, 0x08, 0x09]
        expect(pins.map(pin => setUp(pin, INPUT, 0, 0, 1))).toEqual(
            pins.map(() => 0)
        )
        expect(rig.refusal(setUp(PA10, INPUT, 0, 0, 1))).toBe(TOO_MANY_PINS)
        expect(setUp(PA10, INPUT)).toBe(0)
    })

    it("wrap after 65,535", () => {
        rig.chip.gpio.setInput("PA10", 0)
        setUp(PA10, INPUT, 0, 0, 3)
        for (let edge = 1; edge <= 65_537; edge++) {
            rig.chip.gpio.setInput("PA10", (edge & 1) as 0 | 1)
            rig.run(2e2)
        }
        expect(read(PA10).edges).toBe(1)
    })
})

describe("the end of a program", () => {
    it("gives its pins back", () => {
        setUp(PA5, OUTPUT, 0, 1)
        setUp(PC13, INPUT, 1, 0, 3)
        rig.native.programEnded()
        expect(rig.chip.gpio.isOutput("PA5")).toBe(false)
        expect(() => read(PC13)).toThrow(`refused: ${BAD_MODE}`)
        expect(rig.refusal(write(PA5, 1))).toBe(BAD_MODE)
        rig.native.poll()
        rig.chip.gpio.setInput("PC13", 1)
        rig.run(1e3)
        rig.native.poll()
        expect(eventServices()).toEqual([])
    })
})
