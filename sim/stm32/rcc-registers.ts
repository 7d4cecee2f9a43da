// SPDX-License-Identifier: MIT
// RCC register map (RM0090 §7.3, RM0390 §6.3) and the clock enable bits of each chip.

import type { ChipKind } from "./chip-kind.ts"

export const RCC_BASE = 0x40023800

/** Offsets of the registers that are modelled. */
export enum RccRegister {
    CR = 0x00,
    PLLCFGR = 0x04,
    CFGR = 0x08,
    AHB1RSTR = 0x10,
    AHB2RSTR = 0x14,
    AHB3RSTR = 0x18,
    APB1RSTR = 0x20,
    APB2RSTR = 0x24,
    AHB1ENR = 0x30,
    AHB2ENR = 0x34,
    AHB3ENR = 0x38,
    APB1ENR = 0x40,
    APB2ENR = 0x44,
}

export enum RccCr {
    HSION = 1 << 0,
    HSIRDY = 1 << 1,
    HSITRIM = 0x1f << 3,
    HSICAL = 0xff << 8,
    HSEON = 1 << 16,
    HSERDY = 1 << 17,
    HSEBYP = 1 << 18,
    CSSON = 1 << 19,
    PLLON = 1 << 24,
    PLLRDY = 1 << 25,
    PLLI2SON = 1 << 26,
    PLLI2SRDY = 1 << 27,
}

export enum RccPllcfgr {
    PLLM = 0x3f << 0,
    PLLN = 0x1ff << 6,
    PLLP = 3 << 16,
    PLLSRC = 1 << 22,
    PLLQ = 0xf << 24,
    PLLR = 7 << 28, // F446 only
}

export enum RccCfgr {
    SW = 3 << 0,
    SWS = 3 << 2,
    HPRE = 0xf << 4,
    PPRE1 = 7 << 10,
    PPRE2 = 7 << 13,
    RTCPRE = 0x1f << 16,
    MCO1 = 3 << 21,
    I2SSRC = 1 << 23,
    MCO1PRE = 7 << 24,
    MCO2PRE = 7 << 27,
    MCO2 = 3 << 30,
}

export type ClockGroup = "AHB1" | "AHB2" | "AHB3" | "APB1" | "APB2"

/** Bit of each block in xxxENR; a block that can be reset has the same bit in xxxRSTR. */
export type ClockGates = Readonly<
    Record<ClockGroup, Readonly<Record<string, number>>>
>

/** Enable bits without a reset bit. */
export const NOT_RESETTABLE: readonly string[] = [
    "BKPSRAM",
    "CCMDATARAM",
    "ETHMACTX",
    "ETHMACRX",
    "ETHMACPTP",
    "OTGHSULPI",
    "ADC2",
    "ADC3",
]

const AHB1_ALL =
    "GPIOA 0 GPIOB 1 GPIOC 2 GPIOD 3 GPIOE 4 GPIOF 5 GPIOG 6 GPIOH 7 CRC 12 BKPSRAM 18 DMA1 21 DMA2 22 OTGHS 29 OTGHSULPI 30"
const AHB1_F40_F42 =
    " GPIOI 8 CCMDATARAM 20 ETHMAC 25 ETHMACTX 26 ETHMACRX 27 ETHMACPTP 28"
const APB1_ALL =
    "TIM2 0 TIM3 1 TIM4 2 TIM5 3 TIM6 4 TIM7 5 TIM12 6 TIM13 7 TIM14 8 WWDG 11 SPI2 14 SPI3 15 USART2 17 USART3 18 UART4 19 UART5 20 I2C1 21 I2C2 22 I2C3 23 CAN1 25 CAN2 26 PWR 28 DAC 29"
const APB2_ALL =
    "TIM1 0 TIM8 1 USART1 4 USART6 5 ADC1 8 ADC2 9 ADC3 10 SDIO 11 SPI1 12 SYSCFG 14 TIM9 16 TIM10 17 TIM11 18"

export const CLOCK_GATES: Readonly<Record<ChipKind, ClockGates>> = {
    stm32f407: {
        AHB1: bits(AHB1_ALL + AHB1_F40_F42),
        AHB2: bits("DCMI 0 RNG 6 OTGFS 7"),
        AHB3: bits("FSMC 0"),
        APB1: bits(APB1_ALL),
        APB2: bits(APB2_ALL),
    },
    stm32f429: {
        AHB1: bits(AHB1_ALL + AHB1_F40_F42 + " GPIOJ 9 GPIOK 10 DMA2D 23"),
        AHB2: bits("DCMI 0 CRYP 4 HASH 5 RNG 6 OTGFS 7"),
        AHB3: bits("FMC 0"),
        APB1: bits(APB1_ALL + " UART7 30 UART8 31"),
        APB2: bits(APB2_ALL + " SPI4 13 SPI5 20 SPI6 21 SAI1 22 LTDC 26"),
    },
    stm32f446: {
        AHB1: bits(AHB1_ALL),
        AHB2: bits("DCMI 0 OTGFS 7"),
        AHB3: bits("FMC 0 QSPI 1"),
        APB1: bits(APB1_ALL + " SPDIF 16 I2CFMP1 24 CEC 27"),
        APB2: bits(APB2_ALL + " SPI4 13 SAI1 22 SAI2 23"),
    },
}

function bits(list: string): Readonly<Record<string, number>> {
    const words = list.split(" ")
    const map: Record<string, number> = {}
    for (let i = 0; i < words.length; i += 2)
        map[words[i]!] = Number(words[i + 1])
    return map
}
