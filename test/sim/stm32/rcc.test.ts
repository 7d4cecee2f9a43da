// SPDX-License-Identifier: MIT
// Clock gates, resets and the start-up that does not wait.

import { describe, expect, it } from "vitest"
import { Rules } from "../../../sim/rules.ts"
import type { ChipKind } from "../../../sim/stm32/chip-kind.ts"
import { Rcc } from "../../../sim/stm32/rcc/rcc.ts"

// RM0090 §7.3.
const CR = 0x00
const PLLCFGR = 0x04
const CFGR = 0x08
const AHB1RSTR = 0x10
const AHB2RSTR = 0x14
const AHB1ENR = 0x30
const AHB2ENR = 0x34
const APB1ENR = 0x40
const APB2ENR = 0x44

function makeRcc(chip: ChipKind = "stm32f446", resets: string[] = []): Rcc {
    return new Rcc(chip, new Rules(() => 0), {
        onReset: block => resets.push(block),
    })
}

describe("RCC clock gates", () => {
    it.each([
        ["GPIOA", AHB1ENR, 0],
        ["GPIOH", AHB1ENR, 7],
        ["DMA2", AHB1ENR, 22],
        ["DCMI", AHB2ENR, 0],
        ["I2C1", APB1ENR, 21],
        ["I2C2", APB1ENR, 22],
        ["I2C3", APB1ENR, 23],
        ["USART1", APB2ENR, 4],
    ])("switches %s by its bit", (block, register, bit) => {
        const rcc = makeRcc()
        expect(rcc.isEnabled(block)).toBe(false)

        rcc.writeUint32(register, 1 << bit)

        expect(rcc.isEnabled(block)).toBe(true)
        expect(rcc.readUint32(register)).toBe(1 << bit)
    })

    it("runs the CCM of F407 and F429 after reset", () => {
        expect(makeRcc("stm32f407").readUint32(AHB1ENR)).toBe(1 << 20)
        expect(makeRcc("stm32f429").isEnabled("CCMDATARAM")).toBe(true)
    })

    it.each([
        ["stm32f446", AHB1ENR, 1 << 8, "RCC_AHB1ENR", "RM0390 6.3.10"],
        ["stm32f446", AHB2ENR, 1 << 6, "0x40", "RM0390 6.3.11"],
        ["stm32f407", APB1ENR, 1 << 30, "RCC_APB1ENR", "RM0090 7.3.13"],
        ["stm32f407", AHB1RSTR, 1 << 20, "RCC_AHB1RSTR", "RM0090 7.3.5"],
    ] as const)(
        "ignores bits that the %s does not have, with a warning",
        (chip, register, bit, text, section) => {
            const rules = new Rules(() => 0)
            const rcc = new Rcc(chip, rules)
            const before = rcc.readUint32(register)
            rcc.writeUint32(register, before | bit)

            expect(rcc.readUint32(register)).toBe(before)
            expect(rules.warnings[0]).toMatchObject({
                message: expect.stringContaining(text) as string,
                section,
            })
        }
    )

    it("refuses registers it has no model for", () => {
        expect(() => makeRcc().readUint32(0x78)).toThrow("RCC_0x78: no model")
        expect(() => makeRcc("stm32f407").writeUint32(0x8c, 0)).toThrow(
            "no model"
        )
    })
})

describe("RCC resets", () => {
    it("resets a block once when its bit rises, and holds it while the bit is 1", () => {
        const resets: string[] = []
        const rcc = makeRcc("stm32f446", resets)
        rcc.writeUint32(AHB2ENR, 1)
        rcc.writeUint32(AHB2RSTR, 1)
        rcc.writeUint32(AHB2RSTR, 1)

        expect(resets).toEqual(["DCMI"])
        expect(rcc.isEnabled("DCMI")).toBe(false)

        rcc.writeUint32(AHB2RSTR, 0)
        expect(rcc.isEnabled("DCMI")).toBe(true)
    })
})

describe("RCC start-up", () => {
    it("runs on the HSI after reset", () => {
        expect(makeRcc().readUint32(CR)).toBe(0x83)
        expect(makeRcc().readUint32(PLLCFGR)).toBe(0x24003010)
        expect(makeRcc().readUint32(CFGR)).toBe(0)
    })

    it("shows HSE and PLL ready as soon as they are on", () => {
        const rcc = makeRcc()
        rcc.writeUint32(CR, (1 << 0) | (1 << 16) | (1 << 18) | (1 << 24))

        expect(rcc.readUint32(CR) & ((1 << 17) | (1 << 25))).toBe(
            (1 << 17) | (1 << 25)
        )
    })

    it("shows the selected system clock in SWS", () => {
        const rcc = makeRcc()
        rcc.writeUint32(CFGR, 2)

        expect((rcc.readUint32(CFGR) >>> 2) & 3).toBe(2)
    })
})
