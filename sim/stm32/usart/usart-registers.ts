// SPDX-License-Identifier: MIT
// USART register map (RM0090 §30.6, RM0390 §25.6), its baud rate, and the pins of each instance.

import type { AlternatePin } from "../../../boards/board-file.ts"
import type { ChipKind } from "../chip-kind.ts"

export const USART_BASES = {
    USART1: 0x40011000,
    USART2: 0x40004400,
    USART3: 0x40004800,
    UART4: 0x40004c00,
    UART5: 0x40005000,
    USART6: 0x40011400,
} as const
export const USART_SIZE_BYTES = 0x400
export type UsartName = keyof typeof USART_BASES

export enum UsartRegister {
    SR = 0x00,
    DR = 0x04,
    BRR = 0x08,
    CR1 = 0x0c,
    CR2 = 0x10,
    CR3 = 0x14,
    GTPR = 0x18,
}

export enum UsartSr {
    PE = 1 << 0,
    FE = 1 << 1,
    NF = 1 << 2,
    ORE = 1 << 3,
    IDLE = 1 << 4,
    RXNE = 1 << 5,
    TC = 1 << 6,
    TXE = 1 << 7,
    LBD = 1 << 8,
    CTS = 1 << 9,
}

export enum UsartBrr {
    DIV_Fraction = 0xf << 0,
    DIV_Mantissa = 0xfff << 4,
}

export enum UsartCr1 {
    SBK = 1 << 0,
    RWU = 1 << 1,
    RE = 1 << 2,
    TE = 1 << 3,
    IDLEIE = 1 << 4,
    RXNEIE = 1 << 5,
    TCIE = 1 << 6,
    TXEIE = 1 << 7,
    PEIE = 1 << 8,
    PS = 1 << 9, // 1 odd
    PCE = 1 << 10,
    WAKE = 1 << 11,
    M = 1 << 12, // 1: nine bits, the parity bit among them
    UE = 1 << 13,
    OVER8 = 1 << 15,
}

export enum UsartCr2 {
    ADD = 0xf << 0,
    LBDL = 1 << 5,
    LBDIE = 1 << 6,
    LBCL = 1 << 8,
    CPHA = 1 << 9,
    CPOL = 1 << 10,
    CLKEN = 1 << 11,
    STOP = 3 << 12, // 0 one, 1 half, 2 two, 3 one and a half
    LINEN = 1 << 14,
}

export enum UsartCr3 {
    EIE = 1 << 0,
    IREN = 1 << 1,
    IRLP = 1 << 2,
    HDSEL = 1 << 3,
    NACK = 1 << 4,
    SCEN = 1 << 5,
    DMAR = 1 << 6,
    DMAT = 1 << 7,
    RTSE = 1 << 8,
    CTSE = 1 << 9,
    CTSIE = 1 << 10,
    ONEBIT = 1 << 11,
}

/** Bit times of the stop bits, by CR2_STOP. */
const STOP_BITS = [1, 0.5, 2, 1.5]

/**
 * Bits per second that BRR gives (RM0090 §30.3.4): PCLK / (8 x (2 - OVER8) x USARTDIV); USARTDIV has four bits of fraction,
 * or three with OVER8. 0 when BRR is below the least divider of 1.
 */
export function baudOf(brr: number, over8: boolean, pclkHz: number): number {
    const divider = over8 ? ((brr >>> 4) << 3) | (brr & 7) : brr
    const least = over8 ? 8 : 16
    return divider < least ? 0 : pclkHz / divider
}

/** Bit times of a character: start bit, 8 or 9 bits, stop bits. */
export function characterBits(cr1: number, cr2: number): number {
    const data = (cr1 & UsartCr1.M) !== 0 ? 9 : 8
    return 1 + data + STOP_BITS[(cr2 & UsartCr2.STOP) >>> 12]!
}

/** Level of the interrupt line (RM0090 table 148). */
export function usartInterrupt(sr: number, cr1: number, cr3: number): boolean {
    // The enables of TXE, TC, RXNE and IDLE stand at the positions of their flags.
    const own = UsartSr.TXE | UsartSr.TC | UsartSr.RXNE | UsartSr.IDLE
    if ((sr & cr1 & own) !== 0) return true
    if ((cr1 & UsartCr1.RXNEIE) !== 0 && (sr & UsartSr.ORE) !== 0) return true
    if ((cr1 & UsartCr1.PEIE) !== 0 && (sr & UsartSr.PE) !== 0) return true
    const lineErrors = UsartSr.FE | UsartSr.NF | UsartSr.ORE
    const enables = UsartCr3.EIE | UsartCr3.DMAR
    return (cr3 & enables) === enables && (sr & lineErrors) !== 0
}

export interface UsartPins {
    readonly tx: readonly AlternatePin[]
    readonly rx: readonly AlternatePin[]
}

function pins(af: number, tx: string, rx: string): UsartPins {
    const list = (names: string): AlternatePin[] =>
        names.split(" ").map(pin => ({ pin, af }))
    return { tx: list(tx), rx: list(rx) }
}

const PINS_F40_F42: Readonly<Record<UsartName, UsartPins>> = {
    USART1: pins(7, "PA9 PB6", "PA10 PB7"),
    USART2: pins(7, "PA2 PD5", "PA3 PD6"),
    USART3: pins(7, "PB10 PC10 PD8", "PB11 PC11 PD9"),
    UART4: pins(8, "PA0 PC10", "PA1 PC11"),
    UART5: pins(8, "PC12", "PD2"),
    USART6: pins(8, "PC6 PG14", "PC7 PG9"),
}

/** Data sheets, alternate function tables: DS8626 table 9, DS9405 table 12, DS10693 table 11. */
export const USART_PINS: Readonly<
    Record<ChipKind, Readonly<Record<UsartName, UsartPins>>>
> = {
    stm32f407: PINS_F40_F42,
    stm32f429: PINS_F40_F42,
    stm32f446: {
        ...PINS_F40_F42,
        USART3: pins(7, "PB10 PC10 PD8", "PB11 PC5 PC11 PD9"),
        UART5: {
            tx: [
                { pin: "PC12", af: 8 },
                { pin: "PE8", af: 8 },
            ],
            rx: [
                { pin: "PD2", af: 8 },
                { pin: "PE7", af: 8 },
            ],
        },
    },
}
