// SPDX-License-Identifier: MIT
// --lcd and --lcd-image.

import { describe, expect, it } from "vitest"
import {
    lcdImageFile,
    parseLcd,
} from "../../../../host/commands/emulate/lcd-options.ts"

describe("--lcd", () => {
    it.each([
        ["ili9341@NE1", { name: "ili9341", select: 1, dataLine: undefined }],
        ["ili9325@NE4:A6", { name: "ili9325", select: 4, dataLine: 6 }],
        ["ssd1289@ne2:a0", { name: "ssd1289", select: 2, dataLine: 0 }],
    ])("%s", (text, place) => {
        expect(parseLcd(text)).toEqual(place)
    })

    it.each([
        ["ili9341", "is not NAME@SELECT[:LINE]"],
        ["ili9341@NE1:18", "is not NAME@SELECT[:LINE]"],
        ["ili9341@NE5", "there is no NE5: bank 1 has the selects NE1 to NE4"],
        ["ili9341@NE1:A26", "there is no A26: the address lines are A0 to A25"],
        ["st7789@NE1", "ili9341, ili9325, ssd1289"],
    ])("%s is refused", (text, why) => {
        expect(() => parseLcd(text)).toThrow(why)
    })
})

describe("--lcd-image", () => {
    const lcd = parseLcd("ili9341@NE1")

    it("is lcd.png in the folder of images when it is left out", () => {
        expect(lcdImageFile({ lcd, out: "there" })).toBe("there/lcd.png")
        expect(lcdImageFile({ lcd, lcdImage: "a.PNG", out: "there" })).toBe(
            "a.PNG"
        )
        expect(lcdImageFile({ out: "there" })).toBeUndefined()
    })

    it("needs an LCD, and the name of a PNG", () => {
        expect(() => lcdImageFile({ lcdImage: "a.png", out: "" })).toThrow(
            "--lcd-image needs --lcd"
        )
        expect(() => lcdImageFile({ lcd, lcdImage: "a.jpg", out: "" })).toThrow(
            "the name must end in .png"
        )
    })
})
