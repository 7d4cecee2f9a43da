// SPDX-License-Identifier: MIT
// The facts of the blocks that only firmware on the emulated core uses: same notation as stm32-registers.ts.
// RM0090 §3.9, §4.4, §5.4, §9.2, §12.3, §18.4, §21.4, §24.4, §30.6; RM0390 the same chapters.

import { block, type Block } from "./stm32-registers.ts"

export const USART: Block = block(
    {
        USART1: 0x40011000,
        USART2: 0x40004400,
        USART3: 0x40004800,
        USART6: 0x40011400,
    },
    `
    SR 0x00 PE:0 FE:1 NF:2 ORE:3 IDLE:4 RXNE:5 TC:6 TXE:7 LBD:8 CTS:9
    DR 0x04 DR:0+9
    BRR 0x08 DIV_Fraction:0+4 DIV_Mantissa:4+12
    CR1 0x0c SBK:0 RWU:1 RE:2 TE:3 IDLEIE:4 RXNEIE:5 TCIE:6 TXEIE:7 PEIE:8 PS:9 PCE:10 WAKE:11 M:12 UE:13 OVER8:15
    CR2 0x10 ADD:0+4 LBDL:5 LBDIE:6 LBCL:8 CPHA:9 CPOL:10 CLKEN:11 STOP:12+2 LINEN:14
    CR3 0x14 EIE:0 IREN:1 IRLP:2 HDSEL:3 NACK:4 SCEN:5 DMAR:6 DMAT:7 RTSE:8 CTSE:9 CTSIE:10 ONEBIT:11
    GTPR 0x18 PSC:0+8 GT:8+8`
)

/** UARTs: addresses only, their registers are a USART's without GTPR. */
export const UART_BASES: Readonly<Record<string, number>> = {
    UART4: 0x40004c00,
    UART5: 0x40005000,
}

export const FLASH: Block = block(
    { FLASH: 0x40023c00 },
    `
    ACR 0x00 LATENCY:0+4 PRFTEN:8 ICEN:9 DCEN:10 ICRST:11 DCRST:12
    KEYR 0x04 KEY:0+32
    OPTKEYR 0x08 OPTKEY:0+32
    SR 0x0c EOP:0 OPERR:1 WRPERR:4 PGAERR:5 PGPERR:6 PGSERR:7 RDERR:8 BSY:16
    CR 0x10 PG:0 SER:1 MER:2 SNB:3+5 PSIZE:8+2 MER1:15 STRT:16 EOPIE:24 ERRIE:25 LOCK:31
    OPTCR 0x14 OPTLOCK:0 OPTSTRT:1 BOR_LEV:2+2 BFB2:4 WDG_SW:5 nRST_STOP:6 nRST_STDBY:7 RDP:8+8 nWRP:16+12 DB1M:30 SPRMOD:31
    OPTCR1 0x18 nWRP:16+12`
)

export const PWR: Block = block(
    { PWR: 0x40007000 },
    `
    CR 0x00 LPDS:0 PDDS:1 CWUF:2 CSBF:3 PVDE:4 PLS:5+3 DBP:8 FPDS:9 LPLVDS:10 MRLVDS:11 ADCDC1:13 VOS:14+2 ODEN:16 ODSWEN:17 UDEN:18+2 FMSSR:20 FISSR:21
    CSR 0x04 WUF:0 SBF:1 PVDO:2 BRR:3 EWUP2:7 EWUP:8 BRE:9 VOSRDY:14 ODRDY:16 ODSWRDY:17 UDRDY:18+2`
)

export const IWDG: Block = block(
    { IWDG: 0x40003000 },
    `
    KR 0x00 KEY:0+16
    PR 0x04 PR:0+3
    RLR 0x08 RL:0+12
    SR 0x0c PVU:0 RVU:1`
)

export const EXTI: Block = block(
    { EXTI: 0x40013c00 },
    `
    IMR 0x00
    EMR 0x04
    RTSR 0x08
    FTSR 0x0c
    SWIER 0x10
    PR 0x14`
)

export const SYSCFG: Block = block(
    { SYSCFG: 0x40013800 },
    `
    MEMRM 0x00
    PMC 0x04
    EXTICR1 0x08 EXTI0:0+4 EXTI1:4+4 EXTI2:8+4 EXTI3:12+4
    EXTICR2 0x0c EXTI4:0+4 EXTI5:4+4 EXTI6:8+4 EXTI7:12+4
    EXTICR3 0x10 EXTI8:0+4 EXTI9:4+4 EXTI10:8+4 EXTI11:12+4
    EXTICR4 0x14 EXTI12:0+4 EXTI13:4+4 EXTI14:8+4 EXTI15:12+4
    CMPCR 0x20 CMP_PD:0 READY:8`
)

export const CRC: Block = block(
    { CRC: 0x40023000 },
    `
    DR 0x00 DR:0+32
    IDR 0x04 IDR:0+8
    CR 0x08`
)

/** Not on the F446. */
export const RNG: Block = block(
    { RNG: 0x50060800 },
    `
    CR 0x00 RNGEN:2 IE:3
    SR 0x04 DRDY:0 CECS:1 SECS:2 CEIS:5 SEIS:6
    DR 0x08 RNDATA:0+32`
)

/** Advanced timer: it has all that the others have but OR. */
export const TIM1: Block = block(
    { TIM1: 0x40010000, TIM8: 0x40010400 },
    `
    CR1 0x00 CEN:0 UDIS:1 URS:2 OPM:3 DIR:4 CMS:5+2 ARPE:7 CKD:8+2
    CR2 0x04
    SMCR 0x08
    DIER 0x0c UIE:0 CC1IE:1 CC2IE:2 CC3IE:3 CC4IE:4
    SR 0x10 UIF:0 CC1IF:1 CC2IF:2 CC3IF:3 CC4IF:4 COMIF:5 TIF:6 BIF:7 CC1OF:9 CC2OF:10 CC3OF:11 CC4OF:12
    EGR 0x14 UG:0 CC1G:1 CC2G:2 CC3G:3 CC4G:4
    CCER 0x20
    CNT 0x24
    PSC 0x28
    ARR 0x2c
    RCR 0x30
    CCR1 0x34
    CCR2 0x38
    CCR3 0x3c
    CCR4 0x40
    BDTR 0x44 DTG:0+8 LOCK:8+2 OSSI:10 OSSR:11 BKE:12 BKP:13 AOE:14 MOE:15
    DCR 0x48
    DMAR 0x4c`
)

/** Base, interrupt of the update, channels. */
export const TIMER_FACTS: Readonly<
    Record<string, readonly [number, string, number]>
> = {
    TIM1: [0x40010000, "TIM1_UP_TIM10", 4],
    TIM2: [0x40000000, "TIM2", 4],
    TIM3: [0x40000400, "TIM3", 4],
    TIM4: [0x40000800, "TIM4", 4],
    TIM5: [0x40000c00, "TIM5", 4],
    TIM6: [0x40001000, "TIM6_DAC", 0],
    TIM7: [0x40001400, "TIM7", 0],
    TIM8: [0x40010400, "TIM8_UP_TIM13", 4],
    TIM9: [0x40014000, "TIM1_BRK_TIM9", 2],
    TIM10: [0x40014400, "TIM1_UP_TIM10", 1],
    TIM11: [0x40014800, "TIM1_TRG_COM_TIM11", 1],
    TIM12: [0x40001800, "TIM8_BRK_TIM12", 2],
    TIM13: [0x40001c00, "TIM8_UP_TIM13", 1],
    TIM14: [0x40002000, "TIM8_TRG_COM_TIM14", 1],
}

/** Streams and channels of the USARTs: RM0090 tables 42 and 43. */
export const USART_DMA: Readonly<
    Record<string, readonly [string, string, string]>
> = {
    USART1: ["DMA2", "7.4", "2.4 5.4"],
    USART2: ["DMA1", "6.4", "5.4"],
    USART3: ["DMA1", "3.4 4.7", "1.4"],
    UART4: ["DMA1", "4.4", "2.4"],
    UART5: ["DMA1", "7.4", "0.4"],
    USART6: ["DMA2", "6.5 7.5", "1.5 2.5"],
}
