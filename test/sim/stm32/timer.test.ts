// SPDX-License-Identifier: MIT
// Timers: counting, update and compare flags, one-pulse mode, preloads, PWM as the sensor's clock, refusals.

import { beforeEach, describe, expect, it } from "vitest"
import { makeChip, pass, type TestChip } from "../../support/stm32/chip.ts"

// RM0090 §17.4, §18.4. TIM2 (32 bits) and TIM3 run at 90 MHz on this board, TIM1 at 180 MHz.
const TIM1 = 0x40010000
const TIM2 = 0x40000000
const TIM3 = 0x40000400
const TIM7 = 0x40001400
const TIM10 = 0x40014400
const CR1 = 0x00
const SMCR = 0x08
const DIER = 0x0c
const SR = 0x10
const EGR = 0x14
const CCMR1 = 0x18
const CCER = 0x20
const CNT = 0x24
const PSC = 0x28
const ARR = 0x2c
const CCR1 = 0x34
const CCR2 = 0x38
const BDTR = 0x44
const CEN = 1
const UDIS = 1 << 1
const URS = 1 << 2
const OPM = 1 << 3
const ARPE = 1 << 7
const UIF = 1
const CC1IF = 2
const PWM_1 = 6 << 4
const NVIC_ISER0 = 0xe000e100
const US = 1000

let c: TestChip

/** A timer at 1 MHz that counts 0 to arr. */
function run(base: number, psc: number, arr: number, cr1 = 0): void {
    c.write(base + PSC, psc)
    c.write(base + ARR, arr)
    c.write(base + EGR, 1)
    c.write(base + SR, 0)
    c.write(base + CR1, CEN | cr1)
}

beforeEach(() => {
    c = makeChip()
    c.write(0x40023840, (1 << 0) | (1 << 1)) // TIM2, TIM3
    c.write(0x40023844, (1 << 0) | (1 << 17)) // TIM1, TIM10
})

describe("timer counting up", () => {
    it("divides its clock by PSC + 1", () => {
        run(TIM2, 89, 0xffffffff)
        pass(c.clock, 1234 * US)

        expect(c.read(TIM2 + CNT)).toBe(1234)
    })

    it("overflows after ARR + 1 clocks and sets UIF, also when nobody looked for many periods", () => {
        run(TIM3, 89, 99)
        pass(c.clock, 100 * US - 1)
        expect(c.read(TIM3 + SR) & UIF).toBe(0)
        pass(c.clock, 1)
        expect(c.read(TIM3 + SR) & UIF).toBe(UIF)
        c.write(TIM3 + SR, ~UIF >>> 0)
        pass(c.clock, 1050 * US)

        expect(c.read(TIM3 + SR) & UIF).toBe(UIF)
        expect(c.read(TIM3 + CNT)).toBe(50)
    })

    it("counts 32 bits in TIM2 and 16 in TIM3", () => {
        expect(c.read(TIM2 + ARR)).toBe(0xffffffff)
        expect(c.read(TIM3 + ARR)).toBe(0xffff)
        c.write(TIM3 + CNT, 0x10005)
        expect(c.read(TIM3 + CNT)).toBe(5)
        expect(c.rules.warnings[0]?.message).toContain(
            "TIM3_CNT = 0x00010005: reserved bits 0x10000"
        )
    })

    it("interrupts at the update, on time", () => {
        c.write(NVIC_ISER0, 1 << 29)
        run(TIM3, 89, 99)
        c.write(TIM3 + DIER, UIF)
        pass(c.clock, 99 * US)
        expect(c.chip.nvic.take()).toBeUndefined()
        pass(c.clock, 1 * US)

        expect(c.chip.nvic.take()).toBe(29)
    })

    it("shares its line with another timer", () => {
        c.write(NVIC_ISER0, 1 << 25)
        for (const timer of [TIM1, TIM10]) c.write(timer + DIER, UIF)
        run(TIM1, 179, 9)
        run(TIM10, 179, 19)
        pass(c.clock, 25 * US)
        c.write(TIM1 + CR1, 0)
        c.write(TIM1 + SR, 0)
        expect(c.chip.nvic.take()).toBe(25)
        c.write(TIM10 + CR1, 0)
        c.write(TIM10 + SR, 0)
        c.chip.nvic.complete(25)

        expect(c.chip.nvic.take()).toBeUndefined()
    })

    it("sets CC1IF when the counter meets CCR1, on line 29", () => {
        c.write(NVIC_ISER0, 1 << 29)
        c.write(TIM3 + CCR1, 30)
        c.write(TIM3 + DIER, CC1IF)
        run(TIM3, 89, 99)
        pass(c.clock, 29 * US)
        expect(c.read(TIM3 + SR) & CC1IF).toBe(0)
        pass(c.clock, 1 * US)

        expect(c.read(TIM3 + SR) & CC1IF).toBe(CC1IF)
        expect(c.chip.nvic.take()).toBe(29)
    })

    it("stops at the first update in one-pulse mode", () => {
        run(TIM3, 89, 99, OPM)
        pass(c.clock, 500 * US)

        expect(c.read(TIM3 + CR1) & CEN).toBe(0)
        expect(c.read(TIM3 + CNT)).toBe(0)
        expect(c.read(TIM3 + SR) & UIF).toBe(UIF)
    })

    it("takes PSC at the update, and ARR too with ARPE", () => {
        run(TIM3, 89, 99, ARPE)
        pass(c.clock, 50 * US)
        c.write(TIM3 + PSC, 179)
        c.write(TIM3 + ARR, 9)
        pass(c.clock, 50 * US)
        expect(c.read(TIM3 + CNT)).toBe(0)
        pass(c.clock, 10 * US)

        expect(c.read(TIM3 + CNT)).toBe(5)
    })

    it("is updated by UG, without UIF when URS is set", () => {
        c.write(TIM3 + CR1, URS)
        c.write(TIM3 + CNT, 7)
        c.write(TIM3 + EGR, 1)
        expect([c.read(TIM3 + CNT), c.read(TIM3 + SR)]).toEqual([0, 0])
        c.write(TIM3 + CR1, 0)
        c.write(TIM3 + EGR, 1)

        expect(c.read(TIM3 + SR)).toBe(UIF)
    })
})

describe("a counter above ARR", () => {
    it.each([
        ["TIM3, 16 bits", TIM3, 0x10000],
        ["TIM2, 32 bits", TIM2, 0x100000000],
    ])("of %s counts to its end, then from 0 with UIF", (_, timer, end) => {
        run(timer, 89, 99)
        c.write(timer + CNT, end - 50)
        pass(c.clock, 49 * US)
        expect([c.read(timer + CNT), c.read(timer + SR) & UIF]).toEqual([
            end - 1,
            0,
        ])
        pass(c.clock, 3 * US)

        expect([c.read(timer + CNT), c.read(timer + SR) & UIF]).toEqual([
            2,
            UIF,
        ])
    })

    it("comes of an ARR that is written below it, too", () => {
        run(TIM3, 89, 999)
        pass(c.clock, 500 * US)
        c.write(TIM3 + ARR, 99)
        pass(c.clock, 1 * US)
        expect([c.read(TIM3 + CNT), c.read(TIM3 + SR) & UIF]).toEqual([501, 0])
        pass(c.clock, (0x10000 - 501 + 250) * US)

        expect([c.read(TIM3 + CNT), c.read(TIM3 + SR) & UIF]).toEqual([50, UIF])
    })

    it("interrupts at its end, and not a period of ARR later", () => {
        c.write(NVIC_ISER0, 1 << 29)
        run(TIM3, 89, 99)
        c.write(TIM3 + DIER, UIF)
        c.write(TIM3 + CNT, 0xfff0)
        pass(c.clock, 16 * US - 1)
        expect(c.chip.nvic.take()).toBeUndefined()
        pass(c.clock, 1)

        expect(c.chip.nvic.take()).toBe(29)
    })

    it("matches a CCR on its way up, none that is behind it", () => {
        run(TIM3, 89, 99)
        c.write(TIM3 + CCR1, 0xfffe)
        c.write(TIM3 + CCR2, 0x8000)
        c.write(TIM3 + CNT, 0xfff0)
        pass(c.clock, 60 * US)

        expect(c.read(TIM3 + SR) & 7).toBe(UIF | CC1IF)
    })

    it("ends a single pulse at its end", () => {
        run(TIM3, 89, 99, OPM)
        c.write(TIM3 + CNT, 0xfff0)
        pass(c.clock, 500 * US)

        expect([c.read(TIM3 + CNT), c.read(TIM3 + CR1) & CEN]).toEqual([0, 0])
    })
})

describe("updates of a timer", () => {
    it("do not come with UDIS: neither flags nor preloads, and a single pulse goes on", () => {
        run(TIM3, 89, 99, UDIS | OPM | ARPE)
        c.write(TIM3 + ARR, 49)
        c.write(TIM3 + PSC, 179)
        c.write(TIM3 + DIER, UIF)
        pass(c.clock, 230 * US)
        expect([c.read(TIM3 + CNT), c.read(TIM3 + SR) & UIF]).toEqual([30, 0])
        c.write(TIM3 + CR1, CEN | ARPE)
        pass(c.clock, 70 * US)
        expect([c.read(TIM3 + CNT), c.read(TIM3 + SR) & UIF]).toEqual([0, UIF])
        pass(c.clock, 104 * US)

        expect(c.read(TIM3 + CNT)).toBe(2)
    })

    it("take ARR at once when ARPE is cleared", () => {
        run(TIM3, 89, 99, ARPE)
        c.write(TIM3 + ARR, 9)
        c.write(TIM3 + CR1, CEN)
        pass(c.clock, 10 * US)

        expect([c.read(TIM3 + CNT), c.read(TIM3 + SR) & UIF]).toEqual([0, UIF])
    })

    it("do not come while ARR is 0: the counter is blocked", () => {
        run(TIM3, 89, 0)
        c.write(TIM3 + DIER, UIF)
        pass(c.clock, 500 * US)

        expect([c.read(TIM3 + CNT), c.read(TIM3 + SR) & UIF]).toEqual([0, 0])
    })

    it("leave the prescaler in step when only CNT is written", () => {
        run(TIM3, 89, 99)
        pass(c.clock, 10 * US + 900)
        c.write(TIM3 + CNT, 50)
        pass(c.clock, 100)

        expect(c.read(TIM3 + CNT)).toBe(51)
    })
})

describe("timer with clocks from the registers", () => {
    it("keeps its count when the clock changes", () => {
        c = makeChip("nucleo-f446re", false, "rcc")
        c.write(0x40023840, 1)
        run(TIM2, 15, 0xffffffff)
        pass(c.clock, 100 * US)
        c.write(0x40023808, 8 << 4) // HPRE: 8 MHz
        pass(c.clock, 100 * US)

        expect(c.read(TIM2 + CNT)).toBe(150)
    })
})

describe("timer refusals", () => {
    it.each([
        ["counting down", TIM3 + CR1, 1 << 4],
        ["slave modes", TIM3 + SMCR, 4],
        ["DMA requests", TIM3 + DIER, 1 << 8],
        ["capture", TIM3 + CCMR1, 1],
        ["repetition", TIM1 + 0x30, 1],
    ])("name %s", (_, address, value) => {
        expect(() => c.write(address, value)).toThrow("TIM")
    })

    it("know what a timer lacks", () => {
        expect(() => c.write(TIM10 + SMCR, 0)).toThrow("TIM10_0x08")
        expect(() => c.write(TIM3 + BDTR, 0)).toThrow("TIM3_0x44")
        expect(() => c.read(TIM3 + 0x54)).toThrow("TIM3_0x54")
        expect(c.rules.warnings).toEqual([])
    })

    it("are warnings where a register that other timers have is only read", () => {
        c.write(0x40023840, (1 << 4) | (1 << 5)) // TIM6, TIM7
        for (const register of [SMCR, CCER, CCER, CCR1, BDTR])
            expect(c.read(TIM7 + register)).toBe(0)
        expect(c.read(TIM7 + CNT)).toBe(0)

        expect(
            c.rules.warnings.map(({ message, count }) => [message, count])
        ).toEqual([
            ["TIM7_0x08: is read: TIM7 has no SMCR (RM0090 20.4)", 1],
            ["TIM7_0x20: is read: TIM7 has no CCER (RM0090 20.4)", 2],
            ["TIM7_0x34: is read: TIM7 has no CCR1 (RM0090 20.4)", 1],
            ["TIM7_0x44: is read: TIM7 has no BDTR (RM0090 20.4)", 1],
        ])
    })
})

describe("a timer as the sensor's clock", () => {
    const xclk = {
        source: "timer",
        hz: 22.5e6,
        timer: "TIM1",
        channel: 1,
        divider: 8,
        pin: "PA8",
        af: 1,
    }

    it("gives 180 MHz / 8 at the pin once channel, MOE, counter and alternate function are set", () => {
        const sensor = { ...c.chip["options"].board.sensor, xclk }
        c = makeChip("nucleo-f446re", false, "board", { sensor })
        c.write(0x40023830, 1)
        c.write(0x40023844, 1)
        c.write(TIM1 + CCMR1, PWM_1)
        c.write(TIM1 + CCER, 1)
        c.write(TIM1 + CCR1, 4)
        c.write(TIM1 + BDTR, 1 << 15)
        run(TIM1, 0, 7)
        expect(c.chip.xclkHz()).toBe(0)
        c.write(0x40020024, 1)
        c.write(0x40020000, 0xa8000000 + (2 << 16))
        expect(c.chip.xclkHz()).toBe(22.5e6)
        c.write(TIM1 + BDTR, 0)

        expect(c.chip.xclkHz()).toBe(0)
    })

    it("is not needed by a module with its own oscillator", () => {
        expect(c.chip.xclkHz()).toBe(26.66e6)
    })
})
