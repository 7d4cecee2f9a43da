// SPDX-License-Identifier: MIT
// Watchdog, external interrupts, CRC unit, random numbers.

import { beforeEach, describe, expect, it } from "vitest"
import { makeChip, pass, type TestChip } from "../../support/stm32/chip.ts"

const MS = 1e6
let c: TestChip

beforeEach(() => {
    c = makeChip()
})

describe("IWDG", () => {
    // RM0090 §21.4.
    const KR = 0x40003000
    const PR = 0x40003004
    const RLR = 0x40003008
    const SR = 0x4000300c

    /** Prescaler 64, 2 ms per count at 32 kHz. */
    function start(reload: number): void {
        c.write(KR, 0x5555)
        c.write(PR, 4)
        c.write(RLR, reload)
        c.write(KR, 0xcccc)
    }

    it("resets the chip when it is not reloaded in time, and CSR says so", () => {
        const resets: [string, number][] = []
        c.chip.onReset = cause => resets.push([cause, c.clock.nowNs])
        start(499)
        pass(c.clock, 999 * MS)
        c.write(KR, 0xaaaa)
        pass(c.clock, 999 * MS)
        expect(resets).toEqual([])
        pass(c.clock, 2 * MS)

        expect(resets).toEqual([["iwdg", 1999 * MS]])
        expect((c.read(0x40023874) >>> 29) & 1).toBe(1)
        pass(c.clock, 5000 * MS)
        expect(resets.length).toBe(1)
    })

    it("counts 4096 x 4 periods of 32 kHz after reset: 512 ms", () => {
        c.write(KR, 0xcccc)

        expect(c.chip.system.iwdg.expiresNs).toBe(512 * MS)
    })

    it("shows an update of PR for five periods of the LSI", () => {
        c.write(KR, 0x5555)
        c.write(PR, 4)
        expect(c.read(SR)).toBe(1)
        expect(() => c.write(PR, 5)).toThrow("SR_PVU is 1")
        pass(c.clock, 156_250)

        expect(c.read(SR)).toBe(0)
    })

    it("refuses PR and RLR without the key, and after another key", () => {
        expect(() => c.write(RLR, 1)).toThrow("without the key 0x5555")
        c.write(KR, 0x5555)
        c.write(KR, 0xaaaa)
        expect(() => c.write(RLR, 1)).toThrow("IWDG_RLR")
    })
})

describe("EXTI and SYSCFG", () => {
    // RM0090 §9.2, §12.3.
    const IMR = 0x40013c00
    const RTSR = 0x40013c08
    const FTSR = 0x40013c0c
    const SWIER = 0x40013c10
    const PR = 0x40013c14
    const EXTICR4 = 0x40013814
    const PORT_C = 2

    beforeEach(() => {
        c.write(0x40023844, 1 << 14)
        c.write(0xe000e104, 1 << (40 - 32))
        c.chip.gpio.setInput("PC13", 1)
        c.write(EXTICR4, PORT_C << 4)
    })

    it("takes the falling edge of the selected pin to line 40 until PR is written", () => {
        c.write(FTSR, 1 << 13)
        c.write(IMR, 1 << 13)
        c.chip.gpio.setInput("PC13", 0)
        expect(c.chip.nvic.take()).toBe(40)
        expect(c.read(PR)).toBe(1 << 13)
        c.write(PR, 1 << 13)
        c.chip.nvic.complete(40)
        c.chip.gpio.setInput("PC13", 1)

        expect(c.chip.nvic.take()).toBeUndefined()
    })

    it("hears only the edge that is chosen, only while unmasked, only at the selected port", () => {
        c.write(RTSR, 1 << 13)
        c.write(IMR, 1 << 13)
        c.chip.gpio.setInput("PC13", 0)
        expect(c.read(PR)).toBe(0)
        c.write(EXTICR4, 0)
        c.chip.gpio.setInput("PC13", 1)
        expect(c.read(PR)).toBe(0)
        c.write(IMR, 0)
        c.write(EXTICR4, PORT_C << 4)
        c.chip.gpio.setInput("PC13", 0)
        c.chip.gpio.setInput("PC13", 1)

        expect(c.read(PR)).toBe(0)
    })

    it("is set by software, and PR clears SWIER with it", () => {
        c.write(IMR, 1 << 15)
        c.write(SWIER, 1 << 15)
        expect(c.chip.nvic.take()).toBe(40)
        c.write(PR, 1 << 15)

        expect([c.read(PR), c.read(SWIER)]).toEqual([0, 0])
    })

    it("has no port I on the F446", () => {
        expect(() => c.write(EXTICR4, 8)).toThrow("EXTI12 selects port 8")
    })
})

describe("CRC unit", () => {
    const DR = 0x40023000
    const CR = 0x40023008

    it("calculates CRC-32/MPEG-2 of big-endian words", () => {
        c.write(0x40023830, 1 << 12)
        // One zero word from 0xffffffff leaves this residue.
        c.write(DR, 0)
        expect(c.read(DR)).toBe(0xc704dd7b)
        c.write(CR, 1)

        expect(c.read(DR)).toBe(0xffffffff)
    })
})

describe("RNG", () => {
    const CR = 0x50060800
    const SR = 0x50060804
    const DR = 0x50060808

    it("gives a word every 40 periods of 48 MHz, other ones for another seed", () => {
        c = makeChip("nucleo-f429zi")
        c.write(0x40023834, 1 << 6)
        c.write(CR, 1 << 2)
        expect(c.read(SR)).toBe(0)
        expect(() => c.read(DR)).toThrow("SR_DRDY is 0")
        pass(c.clock, 834)
        expect(c.read(SR)).toBe(1)
        const first = c.read(DR)
        expect(c.read(SR)).toBe(0)
        pass(c.clock, 834)

        expect(c.read(DR)).not.toBe(first)
    })

    it("is not on the F446", () => {
        expect(() => c.read(CR)).toThrow("no block is modelled there")
    })
})
