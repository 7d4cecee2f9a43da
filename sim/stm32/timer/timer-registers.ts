// SPDX-License-Identifier: MIT
// Timer register map (RM0090 §17.4, §18.4, §19.5, §19.6, §20.4) and what each timer has.

import { Irq } from "../nvic/irq.ts"

export const TIMER_SIZE_BYTES = 0x400

export enum TimerRegister {
    CR1 = 0x00,
    CR2 = 0x04,
    SMCR = 0x08,
    DIER = 0x0c,
    SR = 0x10,
    EGR = 0x14,
    CCMR1 = 0x18,
    CCMR2 = 0x1c,
    CCER = 0x20,
    CNT = 0x24,
    PSC = 0x28,
    ARR = 0x2c,
    RCR = 0x30,
    CCR1 = 0x34,
    CCR2 = 0x38,
    CCR3 = 0x3c,
    CCR4 = 0x40,
    BDTR = 0x44,
    DCR = 0x48,
    DMAR = 0x4c,
    OR = 0x50,
}

export enum TimerCr1 {
    CEN = 1 << 0,
    UDIS = 1 << 1,
    URS = 1 << 2,
    OPM = 1 << 3,
    DIR = 1 << 4,
    CMS = 3 << 5,
    ARPE = 1 << 7,
    CKD = 3 << 8,
}

/** SR; DIER has the enables and EGR the events at the same places. */
export enum TimerSr {
    UIF = 1 << 0,
    CC1IF = 1 << 1,
    CC2IF = 1 << 2,
    CC3IF = 1 << 3,
    CC4IF = 1 << 4,
    COMIF = 1 << 5,
    TIF = 1 << 6,
    BIF = 1 << 7,
    CC1OF = 1 << 9,
    CC2OF = 1 << 10,
    CC3OF = 1 << 11,
    CC4OF = 1 << 12,
}

export enum TimerBdtr {
    DTG = 0xff << 0,
    LOCK = 3 << 8,
    OSSI = 1 << 10,
    OSSR = 1 << 11,
    BKE = 1 << 12,
    BKP = 1 << 13,
    AOE = 1 << 14,
    MOE = 1 << 15,
}

export interface TimerKind {
    readonly name: string
    readonly base: number
    readonly bits: 16 | 32
    /** Capture/compare channels. */
    readonly channels: number
    /** TIM1 and TIM8: RCR, BDTR. */
    readonly advanced: boolean
    /** SMCR exists. */
    readonly slave: boolean
    readonly updateIrq: Irq
    /** The same as updateIrq but in TIM1 and TIM8. */
    readonly compareIrq: Irq
}

type Row = readonly [
    base: number,
    channels: number,
    updateIrq: Irq,
    compareIrq?: Irq,
]

const ROWS: Readonly<Record<number, Row>> = {
    1: [0x40010000, 4, Irq.TIM1_UP_TIM10, Irq.TIM1_CC],
    2: [0x40000000, 4, Irq.TIM2],
    3: [0x40000400, 4, Irq.TIM3],
    4: [0x40000800, 4, Irq.TIM4],
    5: [0x40000c00, 4, Irq.TIM5],
    6: [0x40001000, 0, Irq.TIM6_DAC],
    7: [0x40001400, 0, Irq.TIM7],
    8: [0x40010400, 4, Irq.TIM8_UP_TIM13, Irq.TIM8_CC],
    9: [0x40014000, 2, Irq.TIM1_BRK_TIM9],
    10: [0x40014400, 1, Irq.TIM1_UP_TIM10],
    11: [0x40014800, 1, Irq.TIM1_TRG_COM_TIM11],
    12: [0x40001800, 2, Irq.TIM8_BRK_TIM12],
    13: [0x40001c00, 1, Irq.TIM8_UP_TIM13],
    14: [0x40002000, 1, Irq.TIM8_TRG_COM_TIM14],
}

/** TIM1 to TIM14, by number. */
export const TIMERS: ReadonlyMap<number, TimerKind> = new Map(
    Object.entries(ROWS).map(
        ([key, [base, channels, updateIrq, compareIrq]]) => {
            const number = Number(key)
            return [
                number,
                {
                    name: `TIM${number}`,
                    base,
                    channels,
                    bits: number === 2 || number === 5 ? 32 : 16,
                    advanced: number === 1 || number === 8,
                    slave: channels >= 2,
                    updateIrq,
                    compareIrq: compareIrq ?? updateIrq,
                },
            ]
        }
    )
)
