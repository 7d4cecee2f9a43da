// SPDX-License-Identifier: MIT
// The clock tree comes up in the manual's order, and falls back, said, when a part of it does not.

import { describe, expect, it } from "vitest"
import {
    FLASH_ACR,
    HEALTHY,
    PWR_CR,
    RCC_CFGR,
    RCC_CR,
    RCC_PLLCFGR,
    startClocks,
    type ClockRun,
} from "../../support/firmware/boot/clock-rig.ts"

const HSEON = 1 << 16
const HSEBYP = 1 << 18
const PLLON = 1 << 24
const SW_PLL = 2

/** Index of the first write that satisfies. */
function first(
    run: ClockRun,
    address: number,
    bits: number,
    mask = bits
): number {
    const index = run.writes.findIndex(
        ([register, value]) => register === address && (value & mask) === bits
    )
    expect(index).toBeGreaterThanOrEqual(0)
    return index
}

describe("the clocks of nucleo-f446re", () => {
    it("are 180, 45 and 90 MHz from its bypassed HSE", async () => {
        const { clocks, registers } = await startClocks(
            "nucleo-f446re",
            HEALTHY
        )
        expect(clocks).toEqual({
            source: "PLL from HSE",
            hseStarted: true,
            hclkHz: 180_000_000,
            pclk1Hz: 45_000_000,
            pclk2Hz: 90_000_000,
            timer1Hz: 90_000_000,
            timer2Hz: 180_000_000,
        })
        // M 8, N 360, P 2 (code 0), HSE, Q 8; PLLR, bit 29, stays.
        expect(registers.get(RCC_PLLCFGR)).toBe(0x28405a08)
        // APB1 by 4 (code 5), APB2 by 2 (code 4), HCLK undivided, PLL.
        expect(registers.get(RCC_CFGR)).toBe((5 << 10) | (4 << 13) | SW_PLL)
        // 5 wait states, prefetch, both caches.
        expect(registers.get(FLASH_ACR)).toBe(0x705)
    })

    it("come up in an order that never runs flash, bus or core too fast", async () => {
        const run = await startClocks("nucleo-f446re", HEALTHY)
        const bypass = first(run, RCC_CR, HSEBYP)
        const hse = first(run, RCC_CR, HSEON)
        const scale = first(run, PWR_CR, 3 << 14)
        const pll = first(run, RCC_CR, PLLON)
        const overDrive = first(run, PWR_CR, 1 << 16)
        const switching = first(run, PWR_CR, 1 << 17)
        const latency = first(run, FLASH_ACR, 5, 0xf)
        const buses = first(
            run,
            RCC_CFGR,
            (5 << 10) | (4 << 13),
            (7 << 10) | (7 << 13)
        )
        const core = first(run, RCC_CFGR, SW_PLL, 3)
        expect(bypass).toBeLessThan(hse)
        expect(scale).toBeLessThan(pll)
        expect(pll).toBeLessThan(overDrive)
        expect(overDrive).toBeLessThan(switching)
        for (const step of [switching, latency, buses])
            expect(step).toBeLessThan(core)
    })

    it("wait for nothing longer than 100 ms", async () => {
        const dead = {
            hse: false,
            pll: false,
            overDrive: false,
            latency: false,
        }
        const { longestWaitUs } = await startClocks("nucleo-f446re", dead)
        expect(longestWaitUs).toBe(100_000)
    })
})

describe("without HSE", () => {
    it("the PLL makes the same frequency from HSI", async () => {
        const run = await startClocks("stm32f407ve", { ...HEALTHY, hse: false })
        expect(run.clocks).toMatchObject({
            source: "PLL from HSI",
            hseStarted: false,
            hclkHz: 168_000_000,
            pclk1Hz: 42_000_000,
        })
        // M 16, N 336, HSI.
        expect(run.registers.get(RCC_PLLCFGR)! & 0x7fff).toBe((336 << 6) | 16)
        expect(run.registers.get(RCC_PLLCFGR)! & (1 << 22)).toBe(0)
        expect(run.registers.get(RCC_CR)! & HSEON).toBe(0)
    })
})

describe.each([
    ["PLL", { ...HEALTHY, pll: false }],
    ["over-drive", { ...HEALTHY, overDrive: false }],
    ["wait states", { ...HEALTHY, latency: false }],
])("without %s", (_part, silicon) => {
    it("everything runs at HSI's 16 MHz", async () => {
        const { clocks, registers } = await startClocks(
            "nucleo-f446re",
            silicon
        )
        expect(clocks).toEqual({
            source: "HSI",
            hseStarted: true,
            hclkHz: 16_000_000,
            pclk1Hz: 16_000_000,
            pclk2Hz: 16_000_000,
            timer1Hz: 16_000_000,
            timer2Hz: 16_000_000,
        })
        expect((registers.get(RCC_CFGR) ?? 0) & 3).toBe(0)
        expect(registers.get(RCC_CR)! & PLLON).toBe(0)
        expect(registers.get(PWR_CR)! & (3 << 16)).toBe(0)
    })
})

describe("the sensor's clock of stm32f4-discovery", () => {
    const TIM1 = 0x40010000

    it("is 168 MHz by 8 on TIM1's channel 1, pin PA8", async () => {
        const { xclkHz, registers } = await startClocks(
            "stm32f4-discovery",
            HEALTHY
        )
        expect(xclkHz).toBe(21_000_000)
        expect(registers.get(TIM1 + 0x2c)).toBe(7) // ARR
        expect(registers.get(TIM1 + 0x34)).toBe(4) // CCR1: high for four clocks of eight
        expect(registers.get(TIM1 + 0x18)).toBe(0x68) // CCMR1: PWM mode 1, preload
        expect(registers.get(TIM1 + 0x20)).toBe(1) // CCER: CC1E
        expect(registers.get(TIM1 + 0x44)).toBe(1 << 15) // BDTR: MOE
        expect(registers.get(TIM1)! & 1).toBe(1) // CR1: CEN
        // GPIOA: PA8 alternate function 1.
        expect((registers.get(0x40020000)! >> 16) & 3).toBe(2)
        expect(registers.get(0x40020024)! & 15).toBe(1)
    })

    it("says what is left of it after a fall-back", async () => {
        const { xclkHz } = await startClocks("stm32f4-discovery", {
            ...HEALTHY,
            pll: false,
        })
        expect(xclkHz).toBe(Math.floor(16_000_000 / 8))
    })

    it("comes after the codec's reset and the accelerometer's CS have their levels", async () => {
        const { registers, writes } = await startClocks(
            "stm32f4-discovery",
            HEALTHY
        )
        const GPIOD = 0x40020c00
        const GPIOE = 0x40021000
        const bsrr = writes.filter(([address]) => (address & 0x3ff) === 0x18)
        expect(bsrr.slice(0, 2)).toEqual([
            [GPIOD + 0x18, 1 << 20], // PD4 low
            [GPIOE + 0x18, 1 << 3], // PE3 high
        ])
        expect((registers.get(GPIOD)! >> 8) & 3).toBe(1) // outputs
        expect((registers.get(GPIOE)! >> 6) & 3).toBe(1)
        const level = writes.findIndex(([address]) => address === GPIOD + 0x18)
        const mode = writes.findIndex(([address]) => address === GPIOD)
        expect(level).toBeLessThan(mode)
    })

    it("leaves a module with an oscillator alone", async () => {
        const { xclkHz, writes } = await startClocks("stm32f407ve", HEALTHY)
        expect(xclkHz).toBe(26_660_000)
        expect(
            writes.some(
                ([address]) => address >= TIM1 && address < TIM1 + 0x400
            )
        ).toBe(false)
    })
})
