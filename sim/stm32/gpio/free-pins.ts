// SPDX-License-Identifier: MIT
// Pins that can carry the camera's signals, for firmware whose board nobody described: it may use any set of them.
// Alternate function tables of the data sheets (DS8626 table 9, DS9405 table 12, DS10693 table 11); all chips have all
// of them but for packages that lack the port.

import { DCMI_SIGNALS, type DcmiSignal } from "../../../boards/board-file.ts"
import { GPIO_PORTS, type ChipKind } from "../chip-kind.ts"
import type { Gpio } from "./gpio.ts"

const DCMI_AF = 13
export const I2C_AF = 4

/** Columns of the F407's and the F429's tables; the F42x and F446 have D2, D3, D5 and VSYNC on ports D and G too. */
const DCMI_PINS: Readonly<Record<DcmiSignal, string>> = {
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
}
const DCMI_PINS_NOT_F407: Readonly<Partial<Record<DcmiSignal, string>>> = {
    VSYNC: "PG9",
    D2: "PG10",
    D3: "PG11",
    D5: "PD3",
}

export const I2C_INSTANCES = ["I2C1", "I2C2", "I2C3"] as const
export type I2cInstance = (typeof I2C_INSTANCES)[number]
type I2cSignal = "SCL" | "SDA"

const I2C_PINS: Readonly<
    Record<I2cInstance, Readonly<Record<I2cSignal, string>>>
> = {
    I2C1: { SCL: "PB6 PB8", SDA: "PB7 PB9" },
    I2C2: { SCL: "PB10 PF1 PH4", SDA: "PB11 PF0 PH5" },
    I2C3: { SCL: "PA8 PH7", SDA: "PC9 PH8" },
}
const I2C_PINS_F446: Readonly<Record<I2cInstance, string>> = {
    I2C1: "",
    I2C2: "PB3 PC12",
    I2C3: "PB4",
}

/** A pin's state, as far as it matters here. */
export interface PinStates {
    readonly gpio: Pick<Gpio, "isAlternate" | "isOpenDrain">
    /** RCC lets the pin's port run. */
    readonly runs: (pin: string) => boolean
}

/** The first DCMI signal (8 bits) that no pin carries, in words; undefined when all are there. */
export function freeDcmiPinProblem(
    chip: ChipKind,
    states: PinStates
): string | undefined {
    for (const signal of DCMI_SIGNALS) {
        const pins = freeDcmiPins(chip, signal)
        if (carrier(pins, DCMI_AF, states) === undefined)
            return `no pin carries ${signal}: ${pins.join(" or ")} must be alternate function ${DCMI_AF}`
    }
    return undefined
}

/** Pins of the chip that can be a signal of the DCMI. */
export function freeDcmiPins(
    chip: ChipKind,
    signal: DcmiSignal
): readonly string[] {
    const more = chip === "stm32f407" ? undefined : DCMI_PINS_NOT_F407[signal]
    return candidates(chip, DCMI_PINS[signal], more)
}

/** What is wrong with the pins of an I2C block, in words; undefined when a pair carries it. */
export function freeI2cPinProblem(
    chip: ChipKind,
    instance: I2cInstance,
    states: PinStates
): string | undefined {
    for (const signal of ["SCL", "SDA"] as const) {
        const pins = freeI2cPins(chip, instance, signal)
        const pin = carrier(pins, I2C_AF, states)
        if (pin === undefined)
            return `no pin carries ${signal}: ${pins.join(" or ")} must be alternate function ${I2C_AF}`
        if (!states.gpio.isOpenDrain(pin))
            return `${pin} (${signal}) is push-pull, it must be open drain`
    }
    return undefined
}

/** Pins of the chip that can be a signal of an I2C block. */
export function freeI2cPins(
    chip: ChipKind,
    instance: I2cInstance,
    signal: I2cSignal
): readonly string[] {
    const more =
        chip === "stm32f446" && signal === "SDA" ? I2C_PINS_F446[instance] : ""
    return candidates(chip, I2C_PINS[instance][signal], more)
}

function candidates(
    chip: ChipKind,
    pins: string,
    more: string | undefined
): readonly string[] {
    return `${pins} ${more ?? ""}`
        .split(" ")
        .filter(pin => pin !== "" && GPIO_PORTS[chip].includes(pin.charAt(1)))
}

function carrier(
    pins: readonly string[],
    af: number,
    { gpio, runs }: PinStates
): string | undefined {
    return pins.find(pin => runs(pin) && gpio.isAlternate(pin, af))
}
