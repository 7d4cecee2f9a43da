// SPDX-License-Identifier: MIT
// Which pins of an STM32F4 can carry which signal, and the number of the alternate function: the data sheets' tables
// (F405/F407: DS8626 table 9; F42x: DS9405 table 12; F446: DS10693 table 11). What a package does not bring out is not
// told apart: a board's headers say that.

export type Chip = "stm32f407" | "stm32f429" | "stm32f446"

/** Pins, and their alternate function. */
export interface PinFunction {
    readonly pins: readonly string[]
    readonly af: number
}

const DCMI_AF = 13
const I2C_AF = 4
const USART2_AF = 7
const TIMER_AF = { TIM1: 1, TIM8: 3 } as const
const MCO_AF = 0

const DCMI_PINS = {
    PIXCLK: "PA6",
    HSYNC: "PA4 PH8",
    VSYNC: "PB7 PI5",
    D0: "PA9 PC6 PH9",
    D1: "PA10 PC7 PH10",
    D2: "PC8 PE0 PH11",
    D3: "PC9 PE1 PH12",
    D4: "PC11 PE4 PH14",
    D5: "PB6 PI4",
    D6: "PB8 PE5 PI6",
    D7: "PB9 PE6 PI7",
} as const
/** What the F407 does not have. */
const DCMI_PINS_ADDED: Readonly<
    Partial<Record<keyof typeof DCMI_PINS, string>>
> = {
    VSYNC: "PG9",
    D2: "PG10",
    D3: "PG11",
    D5: "PD3",
}

const I2C_PINS = {
    I2C1: { SCL: "PB6 PB8", SDA: "PB7 PB9" },
    I2C2: { SCL: "PB10 PF1 PH4", SDA: "PB11 PF0 PH5" },
    I2C3: { SCL: "PA8 PH7", SDA: "PC9 PH8" },
} as const
const I2C_SDA_ADDED_F446 = { I2C1: "", I2C2: "PB3 PC12", I2C3: "PB4" } as const

const TIMER_PINS = {
    TIM1: ["PA8 PE9", "PA9 PE11", "PA10 PE13", "PA11 PE14"],
    TIM8: ["PC6 PI5", "PC7 PI6", "PC8 PI7", "PC9 PI2"],
} as const

/** F407 and F429 have ports A to I, the F446 A to H. */
export const CHIP_PORTS: Readonly<Record<Chip, string>> = {
    stm32f407: "ABCDEFGHI",
    stm32f429: "ABCDEFGHI",
    stm32f446: "ABCDEFGH",
}

export function dcmiFunction(
    chip: Chip,
    signal: keyof typeof DCMI_PINS
): PinFunction {
    const added = chip === "stm32f407" ? "" : (DCMI_PINS_ADDED[signal] ?? "")
    return of(chip, `${DCMI_PINS[signal]} ${added}`, DCMI_AF)
}

export function i2cFunction(
    chip: Chip,
    instance: keyof typeof I2C_PINS,
    signal: "SCL" | "SDA"
): PinFunction {
    const added =
        chip === "stm32f446" && signal === "SDA"
            ? I2C_SDA_ADDED_F446[instance]
            : ""
    return of(chip, `${I2C_PINS[instance][signal]} ${added}`, I2C_AF)
}

export function usart2Function(signal: "TX" | "RX"): PinFunction {
    return {
        pins: signal === "TX" ? ["PA2", "PD5"] : ["PA3", "PD6"],
        af: USART2_AF,
    }
}

/** @param channel 1 to 4 */
export function timerFunction(
    chip: Chip,
    timer: keyof typeof TIMER_PINS,
    channel: number
): PinFunction {
    return of(chip, TIMER_PINS[timer][channel - 1] ?? "", TIMER_AF[timer])
}

export function mcoFunction(output: "mco1" | "mco2"): PinFunction {
    return { pins: [output === "mco1" ? "PA8" : "PC9"], af: MCO_AF }
}

function of(chip: Chip, pins: string, af: number): PinFunction {
    return {
        pins: pins
            .split(" ")
            .filter(
                pin => pin !== "" && CHIP_PORTS[chip].includes(pin.charAt(1))
            ),
        af,
    }
}
