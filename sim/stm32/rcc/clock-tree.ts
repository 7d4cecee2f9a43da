// SPDX-License-Identifier: MIT
// The clock tree (RM0090 §6.2, §7.2, RM0390 §6.2): frequencies by the registers, and the limits they must keep. Pure.

import type { ChipKind } from "../chip-kind.ts"
import {
    DCKCFGR_TIMPRE,
    RccCfgr,
    RccPllcfgr,
    RccRegister,
} from "./rcc-registers.ts"

export const HSI_HZ = 16_000_000
/** RM0090 §7.2.5: about 32 kHz. */
export const LSI_HZ = 32_000

/** CFGR_SW. */
export enum SystemClock {
    HSI = 0,
    HSE = 1,
    PLL = 2,
    PLL_R = 3, // F446 only
}

export interface ClockRegisters {
    readonly pllcfgr: number
    readonly cfgr: number
    readonly dckcfgr: number
    /** Of the external clock; 0: the board has none. */
    readonly hseHz: number
}

/** What PWR allows. */
export interface PowerState {
    /** 1 (most) to 3. */
    readonly scale: number
    /** The over-drive is switched on (F42x and F446). */
    readonly overDrive: boolean
}

export interface Frequencies {
    readonly sysclkHz: number
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
    /** Clock of the timers on APB1 and APB2. */
    readonly timer1Hz: number
    readonly timer2Hz: number
}

export interface ClockProblem {
    readonly register: RccRegister
    readonly rule: string
}

export function frequencies(registers: ClockRegisters): Frequencies {
    const { cfgr } = registers
    const sysclkHz = systemClockHz(registers)
    const hclkHz = sysclkHz / ahbDivider((cfgr & RccCfgr.HPRE) >>> 4)
    const divider1 = apbDivider((cfgr & RccCfgr.PPRE1) >>> 10)
    const divider2 = apbDivider((cfgr & RccCfgr.PPRE2) >>> 13)
    const fast = (registers.dckcfgr & DCKCFGR_TIMPRE) !== 0
    return {
        sysclkHz,
        hclkHz,
        pclk1Hz: hclkHz / divider1,
        pclk2Hz: hclkHz / divider2,
        timer1Hz: timerHz(hclkHz, divider1, fast),
        timer2Hz: timerHz(hclkHz, divider2, fast),
    }
}

/** Clock of timers behind an APB prescaler (RM0090 §6.2, DCKCFGR_TIMPRE): at most HCLK. */
export function timerHz(
    hclkHz: number,
    divider: number,
    fast: boolean
): number {
    if (divider === 1) return hclkHz
    return Math.min(hclkHz, (hclkHz / divider) * (fast ? 4 : 2))
}

/** MCO1 or MCO2, Hz (RM0090 §7.3.3). PLLI2S and LSE are not modelled: 0. */
export function mcoHz(output: 1 | 2, registers: ClockRegisters): number {
    const { cfgr, hseHz } = registers
    const pllHz = pllOutputHz(registers)
    const sources =
        output === 1
            ? [HSI_HZ, 0, hseHz, pllHz]
            : [frequencies(registers).sysclkHz, 0, hseHz, pllHz]
    const select = output === 1 ? (cfgr >>> 21) & 3 : (cfgr >>> 30) & 3
    const prescaler = output === 1 ? (cfgr >>> 24) & 7 : (cfgr >>> 27) & 7
    return sources[select]! / (prescaler < 4 ? 1 : prescaler - 2)
}

/** What is wrong with the PLL's factors, or undefined (RM0090 §7.3.2). */
export function pllProblem(
    chip: ChipKind,
    registers: ClockRegisters
): ClockProblem | undefined {
    const { pllcfgr } = registers
    const m = pllcfgr & RccPllcfgr.PLLM
    const n = (pllcfgr & RccPllcfgr.PLLN) >>> 6
    const q = (pllcfgr & RccPllcfgr.PLLQ) >>> 24
    const r = (pllcfgr & RccPllcfgr.PLLR) >>> 28
    const wrong = (rule: string): ClockProblem => ({
        register: RccRegister.PLLCFGR,
        rule,
    })
    if (m < 2) return wrong(`PLLM is ${m}, it must be 2 to 63`)
    if (n < 50 || n > 432) return wrong(`PLLN is ${n}, it must be 50 to 432`)
    if (q < 2) return wrong(`PLLQ is ${q}, it must be 2 to 15`)
    if (chip === "stm32f446" && r < 2)
        return wrong(`PLLR is ${r}, it must be 2 to 7`)
    const inputMhz = pllInputHz(registers) / m / 1e6
    if (inputMhz < 1 || inputMhz > 2)
        return wrong(
            `the VCO's input is ${inputMhz} MHz, it must be 1 to 2 MHz`
        )
    const vcoMhz = inputMhz * n
    if (vcoMhz < 100 || vcoMhz > 432)
        return wrong(`the VCO runs at ${vcoMhz} MHz, it must be 100 to 432 MHz`)
    return undefined
}

/** The first limit that the frequencies break, or undefined (DS8626, DS9405, DS10693: general operating conditions). */
export function limitProblem(
    chip: ChipKind,
    registers: ClockRegisters,
    power: PowerState
): ClockProblem | undefined {
    const { hclkHz, pclk1Hz, pclk2Hz } = frequencies(registers)
    const f407 = chip === "stm32f407"
    const mostMhz = f407 ? (power.scale === 1 ? 168 : 144) : fastestMhz(power)
    const how = f407
        ? `at voltage scale ${power.scale}`
        : `at voltage scale ${power.scale} ${power.overDrive ? "with" : "without"} over-drive`
    const fast = !f407 && power.overDrive
    const limits: [string, number, number][] = [
        ["HCLK", hclkHz, mostMhz],
        ["PCLK1", pclk1Hz, fast ? 45 : 42],
        ["PCLK2", pclk2Hz, fast ? 90 : 84],
    ]
    for (const [name, hz, mhz] of limits)
        if (hz > mhz * 1e6)
            return {
                register: RccRegister.CFGR,
                rule: `${name} would be ${hz / 1e6} MHz, ${mhz} MHz is the most ${how}`,
            }
    return undefined
}

function fastestMhz({ scale, overDrive }: PowerState): number {
    if (scale === 1) return overDrive ? 180 : 168
    if (scale === 2) return overDrive ? 168 : 144
    return 120
}

function systemClockHz(registers: ClockRegisters): number {
    switch ((registers.cfgr & RccCfgr.SW) as SystemClock) {
        case SystemClock.HSI:
            return HSI_HZ
        case SystemClock.HSE:
            return registers.hseHz
        case SystemClock.PLL:
            return pllOutputHz(registers)
        case SystemClock.PLL_R:
            return vcoHz(registers) / ((registers.pllcfgr >>> 28) & 7)
    }
}

function pllInputHz({ pllcfgr, hseHz }: ClockRegisters): number {
    return (pllcfgr & RccPllcfgr.PLLSRC) !== 0 ? hseHz : HSI_HZ
}

function vcoHz(registers: ClockRegisters): number {
    const { pllcfgr } = registers
    const n = (pllcfgr & RccPllcfgr.PLLN) >>> 6
    return (pllInputHz(registers) / (pllcfgr & RccPllcfgr.PLLM)) * n
}

function pllOutputHz(registers: ClockRegisters): number {
    const p = ((registers.pllcfgr & RccPllcfgr.PLLP) >>> 16) * 2 + 2
    return vcoHz(registers) / p
}

/** HPRE: 8 and more divide by 2, 4, 8, 16, 64, 128, 256, 512. */
function ahbDivider(code: number): number {
    if (code < 8) return 1
    return [2, 4, 8, 16, 64, 128, 256, 512][code - 8]!
}

/** PPREx: 4 and more divide by 2, 4, 8, 16. */
function apbDivider(code: number): number {
    return code < 4 ? 1 : 2 << (code - 4)
}
