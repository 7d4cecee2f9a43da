// SPDX-License-Identifier: MIT
// GPIO ports: reset values, modes, levels in and out.

import { beforeEach, describe, expect, it } from "vitest"
import { Rules } from "../../../sim/rules.ts"
import { Gpio, type GpioPort } from "../../../sim/stm32/gpio/gpio.ts"

// RM0090 §8.4.
const MODER = 0x00
const OTYPER = 0x04
const OSPEEDR = 0x08
const PUPDR = 0x0c
const IDR = 0x10
const ODR = 0x14
const BSRR = 0x18
const LCKR = 0x1c
const AFRL = 0x20
const AFRH = 0x24
const OUTPUT = 1
const ALTERNATE = 2

describe("GPIO", () => {
    let rules: Rules
    let gpio: Gpio
    let a: GpioPort
    let b: GpioPort
    let c: GpioPort

    beforeEach(() => {
        rules = new Rules(() => 0)
        gpio = new Gpio("ABCDEFGH", rules)
        ;[a, b, c] = gpio.ports as [GpioPort, GpioPort, GpioPort]
    })

    it("gives the debug pins to the debugger after reset", () => {
        expect(a.readUint32(MODER)).toBe(0xa8000000)
        expect(a.readUint32(PUPDR)).toBe(0x64000000)
        expect(b.readUint32(MODER)).toBe(0x00000280)
        expect(b.readUint32(PUPDR)).toBe(0x00000100)
        expect(b.readUint32(OSPEEDR)).toBe(0x000000c0)
        expect(c.readUint32(MODER)).toBe(0)
    })

    it("selects an alternate function by AFRL for pins 0..7 and AFRH for pins 8..15", () => {
        c.writeUint32(MODER, (ALTERNATE << 12) | (ALTERNATE << 22))
        c.writeUint32(AFRL, 13 << 24)
        c.writeUint32(AFRH, 4 << 12)

        expect(gpio.isAlternate("PC6", 13)).toBe(true)
        expect(gpio.isAlternate("PC11", 4)).toBe(true)
        expect(gpio.isAlternate("PC11", 13)).toBe(false)
        expect(gpio.describe("PC11")).toBe("alternate function 4")
    })

    it("is not in an alternate function while MODER says input", () => {
        c.writeUint32(AFRL, 13 << 24)

        expect(gpio.isAlternate("PC6", 13)).toBe(false)
        expect(gpio.describe("PC6")).toBe("input")
    })

    it("sets by the low half of BSRR, resets by the high half, and setting wins", () => {
        c.writeUint32(BSRR, 0x0003)
        c.writeUint32(BSRR, (0x0001 << 16) >>> 0)
        expect(c.readUint32(ODR)).toBe(0x0002)

        c.writeUint32(BSRR, 0x00040004)

        expect(c.readUint32(ODR)).toBe(0x0006)
    })

    it("tells a watcher each change of an output's level", () => {
        const levels: number[] = []
        gpio.onOutput("PC4", level => levels.push(level))
        c.writeUint32(MODER, OUTPUT << 8)
        c.writeUint32(BSRR, 1 << 4)
        c.writeUint32(ODR, 1 << 4)
        c.writeUint32(BSRR, (1 << 20) >>> 0)

        expect(levels).toEqual([0, 1, 0])
    })

    it("reads the level of an input from outside", () => {
        gpio.setInput("PC2", 1)

        expect(c.readUint32(IDR)).toBe(1 << 2)
    })

    it("pulls an open input up or down", () => {
        c.writeUint32(PUPDR, 1 << 2)

        expect(c.readUint32(IDR)).toBe(1 << 1)
    })

    it("reads a line low that is held from outside although the open-drain output lets go", () => {
        let held = true
        gpio.setInput("PC1", () => (held ? 0 : 1))
        c.writeUint32(OTYPER, 1 << 1)
        c.writeUint32(BSRR, 1 << 1)
        c.writeUint32(MODER, OUTPUT << 2)
        expect(c.readUint32(IDR)).toBe(0)

        held = false

        expect(c.readUint32(IDR)).toBe(1 << 1)
    })

    it("pulls an open-drain line low while ODR is 0", () => {
        gpio.setInput("PC1", 1)
        c.writeUint32(OTYPER, 1 << 1)
        c.writeUint32(MODER, OUTPUT << 2)

        expect(c.readUint32(IDR)).toBe(0)
    })

    it("refuses LCKR", () => {
        expect(() => c.readUint32(LCKR)).toThrow("GPIOC_LCKR")
        expect(() => c.writeUint32(LCKR, 1)).toThrow("GPIOC_LCKR")
    })

    it("warns of a write to IDR, reserved bits and the reserved pull", () => {
        c.writeUint32(IDR, 1)
        c.writeUint32(ODR, 0x10000)
        c.writeUint32(OTYPER, 0x10000)
        c.writeUint32(PUPDR, 3 << 4)

        expect([c.readUint32(ODR), c.readUint32(OTYPER)]).toEqual([0, 0])
        expect(rules.warnings.map(({ message }) => message)).toEqual([
            "GPIOC_IDR = 0x00000001: is read only: the write takes no effect (RM0090 8.4.5)",
            "GPIOC_ODR = 0x00010000: reserved bits 0x10000 are written 1 and take no effect (RM0090 8.4.6)",
            "GPIOC_OTYPER = 0x00010000: reserved bits 0x10000 are written 1 and take no effect (RM0090 8.4.2)",
            "GPIOC_PUPDR = 0x00000030: pull 3 of pin 2 is reserved (RM0090 8.4.4)",
        ])
    })

    it.each(["PI0", "PA16", "A3", "PAx"])("knows no pin %s", pin => {
        expect(() => gpio.isAlternate(pin, 0)).toThrow(`no pin "${pin}"`)
    })
})
