// SPDX-License-Identifier: MIT
// The chip's clocks by its registers: start-up times, the tree, limits, over-drive, resets and their causes.

import { beforeEach, describe, expect, it } from "vitest"
import { makeChip, pass, type TestChip } from "../../support/stm32/chip.ts"

// RM0090 §6.3, §7.3; RM0390 §6.3.
const RCC = 0x40023800
const CR = RCC + 0x00
const PLLCFGR = RCC + 0x04
const CFGR = RCC + 0x08
const CIR = RCC + 0x0c
const APB1ENR = RCC + 0x40
const AHB1LPENR = RCC + 0x50
const BDCR = RCC + 0x70
const CSR = RCC + 0x74
const DCKCFGR = RCC + 0x8c
const HSION = 1 << 0
const HSEON = 1 << 16
const HSERDY = 1 << 17
const HSEBYP = 1 << 18
const PLLON = 1 << 24
const PLLRDY = 1 << 25
const PWR_CR = 0x40007000
const PWR_CSR = 0x40007004
const ODEN = 1 << 16
const ODSWEN = 1 << 17
const VOS_SCALE_1 = 3 << 14
const FLASH_ACR = 0x40023c00
const HSE_8_BYPASS = { hse: { hz: 8e6, bypass: true } }
const APB_4_2 = (5 << 10) | (4 << 13)

let c: TestChip

/** Run until a bit is 1; the time that took, ns. */
function wait(address: number, bit: number): number {
    const beginNs = c.clock.nowNs
    for (let i = 0; i < 1e5; i++) {
        if ((c.read(address) & bit) !== 0) return c.clock.nowNs - beginNs
        pass(c.clock, 100)
    }
    return Infinity
}

function pll(m: number, n: number, p: number, q: number): number {
    const fromHse = 1 << 22
    return m | (n << 6) | ((p / 2 - 1) << 16) | fromHse | (q << 24) | (2 << 28)
}

/** The start-up of RM0390 §5.1.4: HSE, PLL, over-drive, wait states, dividers, switch. */
function start180(): void {
    c.write(APB1ENR, 1 << 28)
    c.write(CR, HSION | HSEBYP | HSEON)
    wait(CR, HSERDY)
    c.write(PLLCFGR, pll(8, 360, 2, 8))
    c.write(CR, HSION | HSEBYP | HSEON | PLLON)
    c.write(PWR_CR, VOS_SCALE_1 | ODEN)
    wait(PWR_CSR, 1 << 16)
    c.write(PWR_CR, VOS_SCALE_1 | ODEN | ODSWEN)
    wait(PWR_CSR, 1 << 17)
    wait(CR, PLLRDY)
    c.write(FLASH_ACR, 5)
    c.write(CFGR, APB_4_2)
    c.write(CFGR, APB_4_2 | 2)
}

beforeEach(() => {
    c = makeChip("nucleo-f446re", false, "rcc", HSE_8_BYPASS)
})

describe("clocks from the registers", () => {
    it("begin at 16 MHz from the HSI", () => {
        expect([
            c.chip.hclkHz(),
            c.chip.pclk1Hz(),
            c.chip.pclk2Hz(),
            c.chip.timerHz(2),
        ]).toEqual([16e6, 16e6, 16e6, 16e6])
    })

    it("reach 180, 45 and 90 MHz with timers at 90 and 180 MHz", () => {
        start180()

        expect((c.read(CFGR) >>> 2) & 3).toBe(2)
        expect([c.chip.hclkHz(), c.chip.pclk1Hz(), c.chip.pclk2Hz()]).toEqual([
            180e6, 45e6, 90e6,
        ])
        expect([c.chip.timerHz(2), c.chip.timerHz(1)]).toEqual([90e6, 180e6])
        c.write(DCKCFGR, 1 << 24)
        expect(c.chip.timerHz(2)).toBe(180e6)
    })

    it("divide the AHB by HPRE", () => {
        c.write(CFGR, 0xb << 4)

        expect(c.chip.hclkHz()).toBe(1e6)
    })

    it("give the USART its baud rate", () => {
        start180()
        c.write(APB1ENR, (1 << 28) | (1 << 17))
        c.write(0x40004408, 45)

        expect(c.chip.usart(2).baud).toBe(1e6)
    })

    it("come out at MCO1 and MCO2", () => {
        start180()
        c.write(CFGR, (APB_4_2 | 2 | (3 << 21) | (7 << 24)) >>> 0)
        expect(c.chip.mcoHz(1)).toBe(36e6)
        expect(c.chip.mcoHz(2)).toBe(180e6)
        c.write(CFGR, (APB_4_2 | 2 | (2 << 30) | (5 << 27)) >>> 0)

        expect([c.chip.mcoHz(1), c.chip.mcoHz(2)]).toEqual([16e6, 8e6 / 3])
    })
})

describe("the state of the clocks", () => {
    it("names HSI after reset, and PLL from HSE after the start-up", () => {
        expect(c.chip.clockState()).toEqual({
            sysclkSource: "HSI",
            pllSource: "HSI",
            hseReady: false,
            hclkHz: 16e6,
            pclk1Hz: 16e6,
            pclk2Hz: 16e6,
        })
        start180()

        expect(c.chip.clockState()).toEqual({
            sysclkSource: "PLL",
            pllSource: "HSE",
            hseReady: true,
            hclkHz: 180e6,
            pclk1Hz: 45e6,
            pclk2Hz: 90e6,
        })
    })
})

describe("oscillators", () => {
    it("take 2 ms for a crystal and 10 us for a ready-made clock at the HSE", () => {
        c.write(CR, HSION | HSEBYP | HSEON)
        expect(wait(CR, HSERDY)).toBe(10_000)

        c = makeChip("nucleo-f446re", false, "rcc", {
            hse: { hz: 8e6, bypass: false },
        })
        c.write(CR, HSION | HSEON)
        expect(wait(CR, HSERDY)).toBe(2e6)
    })

    it("take as long at the HSE as the board says", () => {
        c = makeChip("nucleo-f446re", false, "rcc", {
            hse: { hz: 8e6, bypass: false, startUpNs: 0.5e6 },
        })
        c.write(CR, HSION | HSEON)

        expect(wait(CR, HSERDY)).toBe(0.5e6)
    })

    it("never become ready where the board has no HSE", () => {
        c = makeChip("nucleo-f446re", false, "rcc", { hse: undefined })
        c.write(CR, HSION | HSEON)

        expect(wait(CR, HSERDY)).toBe(Infinity)
    })

    it("interrupt by CIR when they are ready", () => {
        c.write(0xe000e100, 1 << 5)
        c.write(CIR, 1 << 11)
        c.write(CR, HSION | HSEBYP | HSEON)
        pass(c.clock, 20_000)
        expect(c.read(CIR)).toBe((1 << 11) | (1 << 3))
        expect(c.chip.nvic.take()).toBe(5)
        c.write(CIR, (1 << 11) | (1 << 19))

        expect(c.read(CIR)).toBe(1 << 11)
    })

    it("have an LSI in CSR, ready after 15 us", () => {
        c.write(CSR, 1)

        expect(wait(CSR, 2)).toBe(15_000)
    })

    it("are ready at once in board mode, at the frequencies of the board file", () => {
        c = makeChip()
        c.write(CR, HSION | HSEON | PLLON)

        expect(c.read(CR) & (HSERDY | PLLRDY)).toBe(HSERDY | PLLRDY)
        expect([c.chip.hclkHz(), c.chip.timerHz(1), c.chip.timerHz(3)]).toEqual(
            [180e6, 180e6, 90e6]
        )
    })
})

describe("clock rules", () => {
    function hse(): void {
        c.write(CR, HSION | HSEBYP | HSEON)
        wait(CR, HSERDY)
    }

    it.each([
        ["PLLM 1", 1, 100, 8, "PLLM is 1"],
        ["PLLN 49", 8, 49, 8, "PLLN is 49"],
        ["PLLQ 1", 8, 360, 1, "PLLQ is 1"],
        ["an input of 0.8 MHz", 10, 360, 8, "input is 0.8 MHz"],
        ["an input of 2.67 MHz", 3, 100, 8, "1 to 2 MHz"],
        ["a VCO of 440 MHz", 4, 220, 8, "440 MHz"],
    ])("refuse %s", (_, m, n, q, message) => {
        hse()
        c.write(PLLCFGR, pll(m, n, 2, q))

        expect(() => c.write(CR, HSION | HSEBYP | HSEON | PLLON)).toThrow(
            message
        )
    })

    it("refuse a source that is not ready, for the system clock and for the PLL", () => {
        expect(() => c.write(CFGR, 1)).toThrow("SW selects HSE")
        c.write(PLLCFGR, pll(8, 360, 2, 8))
        expect(() => c.write(CR, HSION | HSEBYP | HSEON | PLLON)).toThrow(
            "its source HSE is not ready"
        )
    })

    it("refuse new factors while the PLL is on, and to stop what the CPU runs on", () => {
        start180()
        expect(() => c.write(PLLCFGR, pll(8, 336, 2, 7))).toThrow("PLLON is 1")
        expect(() => c.write(CR, HSION | HSEBYP | HSEON)).toThrow(
            "PLL is switched off"
        )
        expect(() => c.write(CR, HSION | HSEBYP | PLLON)).toThrow(
            "HSE is switched off"
        )
    })

    it("refuse too few wait states, too fast buses and 180 MHz without over-drive", () => {
        hse()
        c.write(APB1ENR, 1 << 28)
        c.write(PLLCFGR, pll(8, 360, 2, 8))
        c.write(CR, HSION | HSEBYP | HSEON | PLLON)
        wait(CR, PLLRDY)
        expect(() => c.write(CFGR, APB_4_2 | 2)).toThrow(
            "HCLK would be 180 MHz, 168 MHz is the most at voltage scale 1 without over-drive"
        )

        c = makeChip("nucleo-f446re", false, "rcc", HSE_8_BYPASS)
        start180()
        expect(() => c.write(CFGR, 2 | (4 << 13))).toThrow(
            "PCLK1 would be 180 MHz, 45 MHz is the most"
        )
        expect(() => c.write(FLASH_ACR, 4)).toThrow("needs 5 wait states")
    })

    it("refuse 168 MHz at scale 2 of the F407", () => {
        c = makeChip("nucleo-f446re", false, "rcc", {
            ...HSE_8_BYPASS,
            chip: "stm32f407",
        })
        c.write(APB1ENR, 1 << 28)
        expect(c.read(PWR_CR)).toBe(0x4000)
        c.write(PWR_CR, 0)
        hse()
        c.write(PLLCFGR, pll(8, 336, 2, 7) & 0x2fffffff)
        c.write(CR, HSION | HSEBYP | HSEON | PLLON)
        wait(CR, PLLRDY)
        c.write(FLASH_ACR, 5)

        expect(() => c.write(CFGR, APB_4_2 | 2)).toThrow(
            "144 MHz is the most at voltage scale 2"
        )
    })

    it("refuse a crystal in bypass and a ready-made clock without it", () => {
        expect(() => c.write(CR, HSION | HSEON)).toThrow("HSEBYP is 0")
        c = makeChip("nucleo-f446re", false, "rcc", {
            hse: { hz: 25e6, bypass: false },
        })
        expect(() => c.write(CR, HSION | HSEBYP | HSEON)).toThrow(
            "HSEBYP is 1, but the board has a crystal (emulate --hse 25000000:bypass:"
        )
    })

    it("refuse over-drive steps out of order and VOS while the PLL is on", () => {
        c.write(APB1ENR, 1 << 28)
        expect(() => c.write(PWR_CR, VOS_SCALE_1 | ODEN | ODSWEN)).toThrow(
            "CSR_ODRDY is 0"
        )
        start180()
        expect(() => c.write(PWR_CR, (2 << 14) | ODEN | ODSWEN)).toThrow(
            "VOS changes"
        )
    })
})

describe("backup domain and resets", () => {
    it("writes BDCR only with PWR_CR_DBP", () => {
        expect(() => c.write(BDCR, 1)).toThrow("DBP is 0")
        c.write(APB1ENR, 1 << 28)
        c.write(PWR_CR, VOS_SCALE_1 | (1 << 8))
        c.write(BDCR, (1 << 15) | (2 << 8))
        c.chip.reset("software")

        expect(c.read(BDCR)).toBe((1 << 15) | (2 << 8))
    })

    it("remembers why the chip was reset until RMVF", () => {
        expect(c.read(CSR)).toBe(0x0e000000)
        c.write(CSR, 1 << 24)
        expect(c.read(CSR)).toBe(0)
        c.chip.reset("software")
        expect(c.read(CSR)).toBe(0x14000000)
        c.chip.reset("iwdg")

        expect(c.read(CSR)).toBe(0x34000000)
    })

    it("resets blocks, clocks and gates, and keeps memory", () => {
        start180()
        c.memory[0x20000000] = 7
        c.write(RCC + 0x30, 1)
        c.write(0x40020000, 0xa8000001)
        c.write(AHB1LPENR, 0)
        c.chip.reset("pin")

        expect(c.chip.hclkHz()).toBe(16e6)
        expect(c.read(CR)).toBe(0x83)
        expect(c.read(FLASH_ACR)).toBe(0)
        expect(c.read(AHB1LPENR)).toBe(0x7e6791ff)
        expect(c.chip.rcc.isEnabled("GPIOA")).toBe(false)
        c.write(RCC + 0x30, 1)
        expect(c.read(0x40020000)).toBe(0xa8000000)
        expect(c.memory[0x20000000]).toBe(7)
    })
})
