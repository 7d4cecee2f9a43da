// SPDX-License-Identifier: MIT
// --press and --part: what they mean, and what is refused.

import { describe, expect, it } from "vitest"
import { pinOptions, readPart, readPress } from "../../host/pin-options.ts"
import { UsageError } from "../../protocol/errors.ts"

const board = {
    board: "nucleo-f446re",
    sensor: "mt9v034",
    target: "sim",
} as const

describe("--press", () => {
    it("presses for a tenth of a second, or as long as is said", () => {
        const press = [readPress("BUTTON@0.5"), readPress("D2@1+2.5")]
        expect(pinOptions({ press }, board, undefined).pins).toEqual([
            { at: 0.5, pin: "BUTTON", active: true },
            { at: 0.6, pin: "BUTTON", active: false },
            { at: 1, pin: "D2", active: true },
            { at: 3.5, pin: "D2", active: false },
        ])
    })

    it.each(["", "BUTTON", "BUTTON@", "BUTTON@-1", "BUTTON@1+0", "@1", "B@1s"])(
        "refuses %j and shows an example",
        text => {
            expect(() => readPress(text)).toThrow(UsageError)
            expect(() => readPress(text)).toThrow(/BUTTON@0\.5/)
        }
    )

    it("refuses a pin that there is not, or that is not a program's", () => {
        const pressed = (text: string) => () =>
            pinOptions({ press: [readPress(text)] }, board, undefined)
        expect(pressed("KNOB@1")).toThrow(
            'board nucleo-f446re has no pin "KNOB": it has LED, BUTTON'
        )
        expect(pressed("PA6@1")).toThrow(
            "pin PA6 carries the sensor's pixels (DCMI): take another one"
        )
    })

    it("refuses what comes after the end", () => {
        const press = [readPress("BUTTON@3")]
        expect(() => pinOptions({ press }, board, 3)).toThrow(
            "--press BUTTON@3 comes when the run is over, after --seconds 3"
        )
    })
})

describe("--part", () => {
    it("plugs in what is named", () => {
        const part = [readPart("SHTC3:-3.5,81")]
        expect(part).toMatchObject([{ name: "shtc3", address: 0x70 }])
        expect(pinOptions({ part }, board, undefined).parts).toHaveLength(1)
    })

    it.each([
        ["bme280", /no model: there is shtc3/],
        ["", /no model/],
        ["shtc3:131", /temperature in C must be -45 to 130, not 131/],
        ["shtc3:20,x", /humidity in percent must be 0 to 100, not x/],
        ["shtc3:,40", /temperature in C must be -45 to 130, not empty/],
        ["shtc3:20,40,3", /has 3 values/],
    ])("refuses %j", (text, message) => {
        expect(() => readPart(text)).toThrow(UsageError)
        expect(() => readPart(text)).toThrow(message)
    })

    it("refuses two at one address", () => {
        const part = [readPart("shtc3"), readPart("shtc3:20")]
        expect(() => pinOptions({ part }, board, undefined)).toThrow(
            /same I2C address, 0x70/
        )
    })
})

it("refuses both at a real board", () => {
    const port = { ...board, target: "/dev/ttyACM0" }
    expect(() =>
        pinOptions({ press: [readPress("BUTTON@1")] }, port, undefined)
    ).toThrow(/^--press is for the simulator/)
    expect(() =>
        pinOptions({ part: [readPart("shtc3")] }, port, undefined)
    ).toThrow(/^--part is for the simulator/)
})
