// SPDX-License-Identifier: MIT
// The ILI9341: window, orientations, pixel formats, what it reads, what it counts.

import { beforeEach, describe, expect, it } from "vitest"
import { Ili9341 } from "../../../sim/displays/ili9341.ts"

const RED = 0xf800
const GREEN = 0x07e0
const BLUE = 0x001f

let lcd: Ili9341

function send(command: number, ...parameters: number[]): void {
    lcd.writeCommand(command)
    for (const parameter of parameters) lcd.writeData(parameter, 16)
}

function window(x: number, y: number, width: number, height: number): void {
    const range = (first: number, count: number): number[] =>
        [first, first + count - 1].flatMap(at => [at >> 8, at & 0xff])
    send(0x2a, ...range(x, width))
    send(0x2b, ...range(y, height))
}

function read(command: number, count: number, width = 16): number[] {
    lcd.writeCommand(command)
    return Array.from({ length: count }, () => lcd.readData(width))
}

/** "r" red, "g" green, "b" blue, "." black of a rectangle of the image. */
function shown(x: number, y: number, width: number, height: number): string[] {
    const { widthPx, rgb } = lcd.image()
    const letter = (at: number): string =>
        ["r", "g", "b"].find((_, i) => rgb[at + i] === 255) ?? "."
    return Array.from({ length: height }, (_, row) =>
        Array.from({ length: width }, (__, column) =>
            letter(((y + row) * widthPx + x + column) * 3)
        ).join("")
    )
}

beforeEach(() => {
    lcd = new Ili9341()
    send(0x3a, 0x55)
})

describe("ILI9341", () => {
    it("fills a window row by row, and begins again at its first pixel", () => {
        window(10, 20, 2, 2)
        send(0x2c, RED, GREEN, BLUE, BLUE, GREEN)

        expect(shown(9, 19, 4, 4)).toEqual(["....", ".gg.", ".bb.", "...."])
        expect(lcd.pixels).toBe(5)
        expect(lcd.filledWindows()).toEqual([
            { widthPx: 2, heightPx: 2, count: 1 },
        ])
    })

    it("goes on behind another command with 3Ch, and begins anew with 2Ch", () => {
        window(0, 0, 3, 1)
        send(0x2c, RED)
        send(0x00)
        send(0x3c, GREEN, BLUE)
        expect(shown(0, 0, 3, 1)).toEqual(["rgb"])
        send(0x2c, BLUE)
        expect(shown(0, 0, 3, 1)).toEqual(["bgb"])
    })

    it.each([0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0])(
        "has its first pixel top left of the image with MADCTL %i",
        madctl => {
            send(0x36, madctl)
            window(1, 0, 3, 2)
            send(0x2c, RED, GREEN, BLUE, BLUE)

            const { widthPx, heightPx } = lcd.image()
            expect([widthPx, heightPx]).toEqual(
                madctl & 0x20 ? [320, 240] : [240, 320]
            )
            expect(shown(1, 0, 3, 2)).toEqual(["rgb", "b.."])
        }
    )

    it("turns and mirrors what was written before MADCTL", () => {
        window(0, 0, 2, 1)
        send(0x2c, RED, GREEN)
        send(0x36, 0x40)
        expect(shown(238, 0, 2, 1)).toEqual(["gr"])
        send(0x36, 0x80)
        expect(shown(0, 319, 2, 1)).toEqual(["rg"])
        send(0x36, 0x20)
        expect(shown(0, 0, 1, 2)).toEqual(["r", "g"])
    })

    it("loses pixels outside of its memory", () => {
        window(238, 0, 4, 1)
        send(0x2c, RED, GREEN, BLUE, BLUE)

        expect(shown(237, 0, 3, 1)).toEqual([".rg"])
        expect(lcd.pixels).toBe(4)
    })

    it("widens 5 and 6 bits to 8", () => {
        window(0, 0, 1, 1)
        send(0x2c, (0b10000 << 11) | (0b100001 << 5) | 0b00001)

        expect([...lcd.image().rgb.subarray(0, 3)]).toEqual([
            0b10000100, 0b10000110, 0b00001000,
        ])
    })

    it("takes pixels of 18 bits, two in three transfers, as after reset", () => {
        send(0x01)
        window(0, 0, 2, 1)
        send(0x2c, 0xfc04, 0x0800, 0xfc00)

        expect([...lcd.image().rgb.subarray(0, 6)]).toEqual([
            0xff, 4, 8, 0, 0xff, 0,
        ])
    })

    it("takes a pixel of 16 bits in two transfers of 8 data lines", () => {
        window(0, 0, 1, 1)
        lcd.writeCommand(0x2c)
        lcd.writeData(0x07, 8)
        lcd.writeData(0xe0, 8)

        expect(shown(0, 0, 1, 1)).toEqual(["g"])
    })

    it("reads its memory after a dummy, three bytes per pixel", () => {
        window(0, 0, 2, 1)
        send(0x2c, RED, BLUE)

        expect(read(0x2e, 4)).toEqual([0, 0xfc00, 0x0000, 0x00fc])
        expect(read(0x2e, 4, 8)).toEqual([0, 0xfc, 0, 0])
    })

    it("reads its identification and state", () => {
        expect(read(0xd3, 4)).toEqual([0, 0, 0x93, 0x41])
        expect(read(0x04, 4)).toEqual([0, 0, 0, 0])
        expect(read(0x0a, 2)).toEqual([0, 0x08])
        send(0x11)
        send(0x29)
        send(0x36, 0x48)
        expect(read(0x0a, 2)).toEqual([0, 0x9c])
        expect(read(0x0b, 2)).toEqual([0, 0x48])
        expect(read(0x0c, 2)).toEqual([0, 0x55])
    })

    it("is on when it is awake and switched on", () => {
        send(0x11)
        expect(lcd.on).toBe(false)
        send(0x29)
        expect(lcd.on).toBe(true)
        send(0x10)
        expect(lcd.on).toBe(false)
        send(0x11)
        send(0x28)
        expect(lcd.on).toBe(false)
    })

    it("takes and counts what is not modelled", () => {
        send(0xb1, 0, 0x1b)
        send(0xb1, 0, 0x1b)
        send(0xe0, 1, 2, 3)
        send(0x13)

        expect(lcd.unmodelled()).toEqual([
            { command: 0xb1, count: 2 },
            { command: 0xe0, count: 1 },
        ])
    })
})
