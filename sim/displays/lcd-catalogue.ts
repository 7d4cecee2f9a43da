// SPDX-License-Identifier: MIT
// The LCD controllers that are modelled, by name.

import { Ili9341 } from "./ili9341.ts"
import { ILI9325, IndexLcd, SSD1289 } from "./index-lcd.ts"
import type { LcdController } from "./lcd-controller.ts"

export const LCDS = ["ili9341", "ili9325", "ssd1289"] as const
export type LcdName = (typeof LCDS)[number]

/** An LCD controller and where it is wired. */
export interface LcdPlace {
    readonly name: LcdName
    /** 1 to 4, for NE1 to NE4. */
    readonly select: number
    /** Its data/command input is on this address line, 0 to 25; undefined: on the one that the program uses. */
    readonly dataLine: number | undefined
}

/** A new controller, as after its reset. */
export function createLcd(name: LcdName): LcdController {
    switch (name) {
        case "ili9341":
            return new Ili9341()
        case "ili9325":
            return new IndexLcd(ILI9325)
        case "ssd1289":
            return new IndexLcd(SSD1289)
    }
}
