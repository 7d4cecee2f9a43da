// SPDX-License-Identifier: MIT
// Controllers with an index register: ILI9325 and SSD1289.

import { describe, expect, it } from "vitest"
import { ILI9325, IndexLcd, SSD1289 } from "../../../sim/displays/index-lcd.ts"

const RED = 0xf800
const GREEN = 0x07e0

function write(lcd: IndexLcd, index: number, ...values: number[]): void {
    lcd.writeCommand(index)
    for (const value of values) lcd.writeData(value)
}

function read(lcd: IndexLcd, index: number): number {
    lcd.writeCommand(index)
    return lcd.readData()
}

/** The first channel of the image's pixels. */
function redAt(lcd: IndexLcd, x: number, y: number): number {
    const { widthPx, rgb } = lcd.image()
    return rgb[(y * widthPx + x) * 3]!
}

describe("ILI9325", () => {
    it("says who it is, and keeps its registers", () => {
        const lcd = new IndexLcd(ILI9325)
        write(lcd, 0x2b, 0x1234)

        expect(read(lcd, 0)).toBe(0x9325)
        expect(read(lcd, 0x2b)).toBe(0x1234)
        expect(lcd.unmodelled()).toEqual([{ command: 0x2b, count: 1 }])
    })

    it("fills a window from the address on", () => {
        const lcd = new IndexLcd(ILI9325)
        for (const [index, value] of [
            [0x03, 0x1030],
            [0x50, 10],
            [0x51, 11],
            [0x52, 300],
            [0x53, 301],
            [0x20, 10],
            [0x21, 300],
        ] as const)
            write(lcd, index, value)
        write(lcd, 0x22, RED, GREEN, GREEN, RED)

        expect(redAt(lcd, 10, 300)).toBe(255)
        expect(redAt(lcd, 11, 300)).toBe(0)
        expect(redAt(lcd, 11, 301)).toBe(255)
        expect(lcd.filledWindows()).toEqual([
            { widthPx: 2, heightPx: 2, count: 1 },
        ])
        expect(read(lcd, 0x22)).toBe(0)
    })

    it.each([
        [0x1030, 240],
        [0x1000, 240],
        [0x1038, 320],
        [0x1018, 320],
        [0x1028, 320],
    ])(
        "has its first pixel top left of the image with entry mode %i",
        (entryMode, widthPx) => {
            const lcd = new IndexLcd(ILI9325)
            write(lcd, 0x03, entryMode)
            write(lcd, 0x20, entryMode & 0x10 ? 0 : 239)
            write(lcd, 0x21, entryMode & 0x20 ? 0 : 319)
            write(lcd, 0x22, RED, GREEN, RED)

            expect(lcd.image().widthPx).toBe(widthPx)
            expect([0, 1, 2, 3].map(x => redAt(lcd, x, 0))).toEqual([
                255, 0, 255, 0,
            ])
        }
    )

    it("is on with both bits of its display control, and not asleep", () => {
        const lcd = new IndexLcd(ILI9325)
        write(lcd, 0x07, 0x0133)
        expect(lcd.on).toBe(true)
        write(lcd, 0x10, 0x0002)
        expect(lcd.on).toBe(false)
    })
})

describe("SSD1289", () => {
    it("has the same in other registers", () => {
        const lcd = new IndexLcd(SSD1289)
        write(lcd, 0x11, 0x6070)
        write(lcd, 0x44, (11 << 8) | 10)
        write(lcd, 0x45, 20)
        write(lcd, 0x46, 21)
        write(lcd, 0x4e, 10)
        write(lcd, 0x4f, 20)
        write(lcd, 0x22, GREEN, GREEN, RED)

        expect(read(lcd, 0)).toBe(0x8989)
        expect(redAt(lcd, 10, 21)).toBe(255)
        write(lcd, 0x4e, 10)
        write(lcd, 0x4f, 21)
        lcd.writeCommand(0x22)
        expect([lcd.readData(), lcd.readData()]).toEqual([0, RED])
    })
})
