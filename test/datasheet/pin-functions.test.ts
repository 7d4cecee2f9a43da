// SPDX-License-Identifier: MIT
// Alternate functions, typed from ST's open pin data (STMicroelectronics/STM32_open_pin_data, commit 3d64b10:
// mcu/STM32F446R(C-E)Tx.xml, STM32F407V(E-G)Tx.xml, STM32F429ZITx.xml and their GPIO modes), against what board files are
// checked with and what the models accept. The board files' packages only.

import { describe, expect, it } from "vitest"
import { boardNames, DCMI_SIGNALS, readBoard } from "../../boards/board-file.ts"
import { headerPosition } from "../../boards/board-wiring.ts"
import {
    dcmiFunction,
    i2cFunction,
    mcoFunction,
    timerFunction,
    usart2Function,
} from "../../boards/pin-functions.ts"
import { freeDcmiPins, freeI2cPins } from "../../sim/stm32/gpio/free-pins.ts"
import { SENSORS } from "../../protocol/names.ts"

const CHIPS = ["stm32f446", "stm32f407", "stm32f429"] as const

/** Ports that the package brings out: LQFP64 (PD2 only of port D), LQFP100, LQFP144. */
const PORTS = { stm32f446: "ABC", stm32f407: "ABCDE", stm32f429: "ABCDEFG" }

/** Columns as in CHIPS. AF13. */
const DCMI: Readonly<Record<string, readonly [string, string, string]>> = {
    D0: ["PA9 PC6", "PA9 PC6", "PA9 PC6"],
    D1: ["PA10 PC7", "PA10 PC7", "PA10 PC7"],
    D2: ["PC8", "PC8 PE0", "PC8 PE0 PG10"],
    D3: ["PC9", "PC9 PE1", "PC9 PE1 PG11"],
    D4: ["PC11", "PC11 PE4", "PC11 PE4"],
    D5: ["PB6", "PB6", "PB6 PD3"],
    D6: ["PB8", "PB8 PE5", "PB8 PE5"],
    D7: ["PB9", "PB9 PE6", "PB9 PE6"],
    PIXCLK: ["PA6", "PA6", "PA6"],
    HSYNC: ["PA4", "PA4", "PA4"],
    VSYNC: ["PB7", "PB7", "PB7 PG9"],
}

/** SCL, SDA. AF4; FMPI2C1 of the F446 is not among them. */
const I2C = {
    I2C1: [
        ["PB6 PB8", "PB7 PB9"],
        ["PB6 PB8", "PB7 PB9"],
        ["PB6 PB8", "PB7 PB9"],
    ],
    I2C2: [
        ["PB10", "PB3 PC12"],
        ["PB10", "PB11"],
        ["PB10 PF1", "PB11 PF0"],
    ],
    I2C3: [
        ["PA8", "PB4 PC9"],
        ["PA8", "PC9"],
        ["PA8", "PC9"],
    ],
} as const

/** PB11 is a pin of the die that LQFP64 does not bring out. */
const NOT_ON_F446RE = ["PB11"]

describe.each(CHIPS.map((chip, column) => [chip, column] as const))(
    "alternate functions of the %s",
    (chip, column) => {
        const onPackage = (pins: readonly string[]): string[] =>
            pins
                .filter(pin => PORTS[chip].includes(pin.charAt(1)))
                .filter(
                    pin => chip !== "stm32f446" || !NOT_ON_F446RE.includes(pin)
                )
                .sort()

        it.each(DCMI_SIGNALS)("DCMI %s", signal => {
            const sheet = DCMI[signal]![column]!.split(" ").sort()
            const { pins, af } = dcmiFunction(chip, signal)
            expect(af).toBe(13)
            expect(onPackage(pins)).toEqual(sheet)
            expect(onPackage(freeDcmiPins(chip, signal))).toEqual(sheet)
        })

        it.each(["I2C1", "I2C2", "I2C3"] as const)("%s", instance => {
            for (const [index, line] of (["SCL", "SDA"] as const).entries()) {
                const sheet = I2C[instance][column]![index]!.split(" ").sort()
                const { pins, af } = i2cFunction(chip, instance, line)
                expect(af).toBe(4)
                expect(onPackage(pins)).toEqual(sheet)
                expect(onPackage(freeI2cPins(chip, instance, line))).toEqual(
                    sheet
                )
            }
        })

        it("timers and clock outputs", () => {
            const first = timerFunction(chip, "TIM1", 1)
            expect(first.af).toBe(1)
            expect(onPackage(first.pins)).toEqual(
                chip === "stm32f446" ? ["PA8"] : ["PA8", "PE9"]
            )
            expect(timerFunction(chip, "TIM8", 4)).toMatchObject({ af: 3 })
            expect(onPackage(timerFunction(chip, "TIM8", 4).pins)).toEqual([
                "PC9",
            ])
            expect(mcoFunction("mco1")).toEqual({ pins: ["PA8"], af: 0 })
            expect(mcoFunction("mco2")).toEqual({ pins: ["PC9"], af: 0 })
        })
    }
)

it("USART2", () => {
    expect(usart2Function("TX")).toEqual({ pins: ["PA2", "PD5"], af: 7 })
    expect(usart2Function("RX")).toEqual({ pins: ["PA3", "PD6"], af: 7 })
})

/** The signals of a board, by pin. */
function usedPins(name: string): Record<string, string> {
    const used: Record<string, string> = {}
    for (const sensor of SENSORS) {
        const board = readBoard(name, sensor)
        const { dcmi, i2c, xclk, resetPin, standbyPin, exposurePin } =
            board.sensor
        for (const signal of DCMI_SIGNALS) used[dcmi[signal].pin] = signal
        used[i2c.scl.pin] = "SCL"
        used[i2c.sda.pin] = "SDA"
        used[board.console.tx.pin] = "TX"
        used[board.console.rx.pin] = "RX"
        if (xclk.source !== "module") used[xclk.pin] = "XCLK"
        used[resetPin!] = "RESET"
        used[standbyPin!] = "STANDBY"
        used[exposurePin!] = "EXPOSURE"
    }
    return used
}

describe.each(boardNames())("%s", name => {
    it("has every signal on a header", () => {
        const { headers } = readBoard(name).wiring
        for (const [pin, signal] of Object.entries(usedPins(name))) {
            const places = headers[pin] ?? []
            expect(places.length, `${signal} ${pin}`).toBeGreaterThan(0)
            for (const place of places)
                expect(headerPosition(place), place).toBeDefined()
        }
    })

    it("leaves debugger, crystals and the board's other parts alone, but for the clashes that nothing can avoid", () => {
        const { onBoard } = readBoard(name).wiring
        const clashes = Object.entries(usedPins(name))
            .filter(([pin]) => onBoard[pin])
            .map(([pin, signal]) => `${signal} ${pin}`)
            .sort()
        expect(clashes).toEqual(UNAVOIDABLE[name])
        for (const clash of clashes)
            expect(onBoard[clash.split(" ")[1]!]!.remedy, clash).toBeTruthy()
    })
})

/** No other pin of the package can do it, or the other one is worse. */
const UNAVOIDABLE: Readonly<Record<string, readonly string[]>> = {
    "nucleo-f446re": [],
    "nucleo-f429zi": [],
    "stm32f4-discovery": [
        "D1 PC7",
        "D5 PB6",
        "HSYNC PA4",
        "PIXCLK PA6",
        "SCL PB10",
    ],
    stm32f407ve: ["D4 PE4", "D5 PB6", "PIXCLK PA6", "VSYNC PB7"],
}
