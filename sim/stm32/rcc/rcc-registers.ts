// SPDX-License-Identifier: MIT
// RCC register map (RM0090 §7.3, RM0390 §6.3) and the clock enable bits of each chip.

import type { ChipKind } from "../chip-kind.ts"

export const RCC_BASE = 0x40023800

/** Offsets of the registers that are modelled. */
export enum RccRegister {
    CR = 0x00,
    PLLCFGR = 0x04,
    CFGR = 0x08,
    CIR = 0x0c,
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
    AHB1LPENR = 0x50,
    AHB2LPENR = 0x54,
    AHB3LPENR = 0x58,
    APB1LPENR = 0x60,
    APB2LPENR = 0x64,
    BDCR = 0x70,
    CSR = 0x74,
    SSCGR = 0x80,
    PLLI2SCFGR = 0x84,
    PLLSAICFGR = 0x88, // F42x and F446
    DCKCFGR = 0x8c, // F42x and F446
    CKGATENR = 0x90, // F446
    DCKCFGR2 = 0x94, // F446
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
    PLLSAION = 1 << 28, // F42x and F446
    PLLSAIRDY = 1 << 29,
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

/** CIR: flags at 0..7, their enables 8 bits higher, the bits that clear them 16 bits higher. */
export enum RccCir {
    LSIRDYF = 1 << 0,
    LSERDYF = 1 << 1,
    HSIRDYF = 1 << 2,
    HSERDYF = 1 << 3,
    PLLRDYF = 1 << 4,
    PLLI2SRDYF = 1 << 5,
    PLLSAIRDYF = 1 << 6, // F42x and F446
    CSSF = 1 << 7,
    LSIRDYIE = 1 << 8,
    LSERDYIE = 1 << 9,
    HSIRDYIE = 1 << 10,
    HSERDYIE = 1 << 11,
    PLLRDYIE = 1 << 12,
    PLLI2SRDYIE = 1 << 13,
    PLLSAIRDYIE = 1 << 14,
    LSIRDYC = 1 << 16,
    LSERDYC = 1 << 17,
    HSIRDYC = 1 << 18,
    HSERDYC = 1 << 19,
    PLLRDYC = 1 << 20,
    PLLI2SRDYC = 1 << 21,
    PLLSAIRDYC = 1 << 22,
    CSSC = 1 << 23,
}

export enum RccBdcr {
    LSEON = 1 << 0,
    LSERDY = 1 << 1,
    LSEBYP = 1 << 2,
    LSEMOD = 1 << 3, // F446 only
    RTCSEL = 3 << 8,
    RTCEN = 1 << 15,
    BDRST = 1 << 16,
}

export enum RccCsr {
    LSION = 1 << 0,
    LSIRDY = 1 << 1,
    RMVF = 1 << 24,
    BORRSTF = 1 << 25,
    PADRSTF = 1 << 26,
    PORRSTF = 1 << 27,
    SFTRSTF = 1 << 28,
    WDGRSTF = 1 << 29,
    WWDGRSTF = 1 << 30,
    LPWRRSTF = 1 << 31,
}

/** DCKCFGR_TIMPRE: timers run faster (F42x and F446). */
export const DCKCFGR_TIMPRE = 1 << 24

/** Reset values of registers that are only stored (RM0090 §6.3, §7.3, RM0390 §6.3); bits that are 1 there exist. */
export const RCC_STORED: Readonly<Record<number, number>> = {
    [RccRegister.AHB1LPENR]: 0x7e6791ff,
    [RccRegister.AHB2LPENR]: 0x000000f1,
    [RccRegister.AHB3LPENR]: 0x00000001,
    [RccRegister.APB1LPENR]: 0x36fec9ff,
    [RccRegister.APB2LPENR]: 0x00075f33,
    [RccRegister.SSCGR]: 0,
    [RccRegister.PLLI2SCFGR]: 0x20003000,
    [RccRegister.PLLSAICFGR]: 0x24003000,
    [RccRegister.DCKCFGR]: 0,
    [RccRegister.CKGATENR]: 0,
    [RccRegister.DCKCFGR2]: 0,
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
