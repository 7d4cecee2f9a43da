// SPDX-License-Identifier: MIT
// The article's line mode into an LCD on the FSMC, and the DCMI's DMA straight into it, on an STM32F407 in the manner of
// two vendors' libraries: in strict mode, and the image on the glass is the sensor's.

import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { main } from "../../host/main.ts"
import type { LcdPlace } from "../../sim/displays/lcd-catalogue.ts"
import type { LcdImage } from "../../sim/displays/lcd-controller.ts"
import type { ForeignRun } from "../../sim/foreign/foreign-run.ts"
import { expectedGlass } from "../support/foreign/expected-glass.ts"
import {
    foreignOutcome,
    type Capture,
} from "../support/foreign/foreign-outcome.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildArticle, LIBRARIES, SENSOR_OF, type Library } from "./build.ts"

const WIDTH = 160
const HEIGHT = 120

type LcdWay = "lcd_lines" | "lcd_dma"
/** Both programs have ended by then. */
const SECONDS: Readonly<Record<LcdWay, number>> = {
    lcd_lines: 0.15,
    lcd_dma: 0.75,
}
/** The window on the glass. */
const PLACE = { lcd_lines: { x: 80, y: 60 }, lcd_dma: { x: 20, y: 100 } }

async function outcomeOf(
    library: Library,
    way: LcdWay,
    lcd: LcdPlace = { name: "ili9341", select: 1, dataLine: undefined }
): Promise<{ run: ForeignRun; text: string; last: Capture }> {
    const defines = lcd.name === "ili9325" ? ["LCD_ILI9325"] : []
    const { run, text, captures, ended } = await foreignOutcome({
        elf: buildArticle(library, way, defines),
        sensor: SENSOR_OF[way],
        seconds: SECONDS[way],
        scene: "photo",
        lcd,
    })
    expect(ended).toBeUndefined()
    return { run, text, last: captures.at(-1)! }
}

function expected(
    sent: Uint8Array,
    way: LcdWay,
    place: { x: number; y: number } = PLACE[way],
    size?: readonly [number, number]
): LcdImage {
    const pixels = way === "lcd_lines" ? "gray" : "rgb565le"
    const window = { ...place, width: WIDTH, height: HEIGHT }
    return expectedGlass(sent, pixels, window, size)
}

describe.each(LIBRARIES)("an LCD on the FSMC, in the manner of %s", library => {
    it.each(["lcd_lines", "lcd_dma"] as const)(
        "shows what the sensor sent: %s",
        async way => {
            const { run, text, last } = await outcomeOf(library, way)
            const { controller, dataLine } = run.lcd!
            const image = controller.image()
            const wanted = expected(last.sent, way)

            expect(text).toBe("done\r\n")
            expect(run.watch.overruns).toBe(0)
            expect(new Set(wanted.rgb).size).toBeGreaterThan(8)
            expect([image.widthPx, image.heightPx]).toEqual([320, 240])
            expect(Buffer.compare(image.rgb, wanted.rgb)).toBe(0)
            expect(last.frame.exact).toBe(true)
            expect(dataLine).toBe(18)
            expect(controller.on).toBe(true)
            const frames = way === "lcd_lines" ? 4 : 3
            expect(controller.filledWindows()).toEqual([
                { widthPx: 320, heightPx: 240, count: 1 },
                { widthPx: WIDTH, heightPx: HEIGHT, count: frames },
            ])
            expect(controller.unmodelled()).toEqual([
                { command: 0xb1, count: 1 },
            ])
        }
    )
})

describe("an ILI9325 at NE4 with A6, in portrait", () => {
    it("shows what the sensor sent, row by row", async () => {
        const lcd = { name: "ili9325", select: 4, dataLine: undefined } as const
        const { run, text, last } = await outcomeOf("hal", "lcd_lines", lcd)
        const { controller, dataLine } = run.lcd!
        const wanted = expected(
            last.sent,
            "lcd_lines",
            { x: 40, y: 100 },
            [240, 320]
        )

        expect(text).toBe("done\r\n")
        expect(dataLine).toBe(6)
        expect(controller.on).toBe(true)
        expect(controller.image().widthPx).toBe(240)
        expect(Buffer.compare(controller.image().rgb, wanted.rgb)).toBe(0)
        expect(controller.filledWindows().at(-1)).toEqual({
            widthPx: WIDTH,
            heightPx: HEIGHT,
            count: 4,
        })
    })
})

describe("camscript emulate --lcd", () => {
    it("saves the image and reports what was written", async () => {
        const file = join(
            mkdtempSync(join(tmpdir(), "camscript-lcd-")),
            "new",
            "glass.png"
        )
        const terminal = recordingTerminal()
        const exitCode = await main(
            [
                ...["emulate", buildArticle("spl", "lcd_lines"), "--json"],
                ...["--chip", "stm32f407", "--sensor", "mt9v034@I2C2"],
                ...["--lcd", "ili9341@NE1:A18", "--lcd-image", file],
                ...["--scene", "photo", "--seconds", String(SECONDS.lcd_lines)],
            ],
            terminal
        )
        const { last } = await outcomeOf("spl", "lcd_lines")

        expect([exitCode, terminal.stderr]).toEqual([0, ""])
        const report = JSON.parse(terminal.stdout) as EmulateReport
        expect(report.files).toEqual([file])
        expect(report.lcd).toEqual({
            controller: "ILI9341",
            select: "NE1",
            dataLine: "A18",
            on: true,
            pixels: 320 * 240 + 4 * WIDTH * HEIGHT,
            filledWindows: [
                { widthPx: 320, heightPx: 240, count: 1 },
                { widthPx: WIDTH, heightPx: HEIGHT, count: 4 },
            ],
            unmodelled: [{ command: "0xb1", count: 1 }],
            unconnected: [],
        })
        const { data } = await sharp(file)
            .raw()
            .toBuffer({ resolveWithObject: true })
        expect(Buffer.compare(data, expected(last.sent, "lcd_lines").rgb)).toBe(
            0
        )
    })
})
