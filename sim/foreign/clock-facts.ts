// SPDX-License-Identifier: MIT
// The chip's clocks and where they come from, as its registers stand.

import type { Stm32F4 } from "../stm32/chip.ts"
import { SystemClock } from "../stm32/rcc/clock-tree.ts"
import {
    RccCfgr,
    RccCr,
    RccPllcfgr,
    RccRegister,
} from "../stm32/rcc/rcc-registers.ts"

const CFGR_SWS_SHIFT = 2

export interface ClockFacts {
    readonly source: "HSI" | "HSE" | "PLL from HSI" | "PLL from HSE"
    readonly hclkHz: number
    readonly pclk1Hz: number
    readonly pclk2Hz: number
    /** RCC_CR_HSEON and HSERDY. */
    readonly hseOn: boolean
    readonly hseReady: boolean
    /** HSEON is set, and a crystal or clock that is fitted is not ready yet. */
    readonly hseStarts: boolean
}

export function clockFacts(chip: Stm32F4): ClockFacts {
    const cr = chip.rcc.readUint32(RccRegister.CR)
    const cfgr = chip.rcc.readUint32(RccRegister.CFGR)
    const pllcfgr = chip.rcc.readUint32(RccRegister.PLLCFGR)
    return {
        source: sourceOf((cfgr & RccCfgr.SWS) >>> CFGR_SWS_SHIFT, pllcfgr),
        hclkHz: chip.hclkHz(),
        pclk1Hz: chip.pclk1Hz(),
        pclk2Hz: chip.pclk2Hz(),
        hseOn: (cr & RccCr.HSEON) !== 0,
        hseReady: (cr & RccCr.HSERDY) !== 0,
        hseStarts: chip.rcc.clocks.hseStarts,
    }
}

function sourceOf(sws: number, pllcfgr: number): ClockFacts["source"] {
    if ((sws as SystemClock) === SystemClock.HSI) return "HSI"
    if ((sws as SystemClock) === SystemClock.HSE) return "HSE"
    return (pllcfgr & RccPllcfgr.PLLSRC) !== 0 ? "PLL from HSE" : "PLL from HSI"
}
