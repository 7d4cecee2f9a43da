// SPDX-License-Identifier: MIT
// The address line that says command or data: given, or found from the program's accesses.

import { describe, expect, it } from "vitest"
import { Ili9341 } from "../../../sim/displays/ili9341.ts"
import { LcdModule } from "../../../sim/displays/lcd-module.ts"

/** Ask for the identification: 0x93, 0x41 come when the line is understood. */
function idOf(lcd: LcdModule, command: number, data: number): number[] {
    lcd.write(command, 0xd3, 16)
    return Array.from({ length: 4 }, () => lcd.read(data, 16))
}
const ID = [0, 0, 0x93, 0x41]

describe("the data/command line of an LCD", () => {
    it("is the given one, whatever the others do", () => {
        const lcd = new LcdModule(new Ili9341(), 18)

        expect(idOf(lcd, 0x1ffff, 1 << 18)).toEqual(ID)
        expect(lcd.addressLines).toBe(1 << 18)
    })

    it.each([
        ["A18 at 0x60000000", 0, 1 << 18, 18],
        ["A6 at 0x6c00007e", 0x3f, 0x40, 6],
        ["A0", 0, 1, 0],
        ["A25", 0x1ffffff, 0x3ffffff, 25],
    ])("is found: %s", (_, command, data, line) => {
        const lcd = new LcdModule(new Ili9341())
        expect(lcd.dataLine).toBeUndefined()
        lcd.write(command, 0x11, 16)
        lcd.write(command, 0x29, 16)

        expect(idOf(lcd, command, data)).toEqual(ID)
        expect(lcd.dataLine).toBe(line)
        expect(lcd.controller.on).toBe(true)
    })

    it("is found when a program touches its data address first", () => {
        const lcd = new LcdModule(new Ili9341())
        lcd.read(1 << 16, 16)

        expect(idOf(lcd, 0, 1 << 16)).toEqual(ID)
        expect(lcd.dataLine).toBe(16)
    })
})
