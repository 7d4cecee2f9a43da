// SPDX-License-Identifier: MIT
// example-lcd.png: what the simulated LCD shows, twice as large, with one place enlarged: its own pixels, nothing smoothed.

import { simulate } from "../../sim/testing.ts"
import { COLOURS, frame, image, MARGIN, saveImage, text } from "./svg-image.ts"

const ZOOM = 2
const BEZEL = 18
/** The enlarged place: the corner of the roof. */
const DETAIL = { x: 196, y: 62, width: 48, height: 60 }
const DETAIL_ZOOM = 8

export async function lcdImage(): Promise<void> {
    const { display, fps } = await simulate({
        app: "src/examples/ov2640-to-lcd.ts",
        board: "nucleo-f429zi",
        sensor: "ov2640",
        scene: "photo",
        frames: 20,
    })
    const { widthPx: width, heightPx: height, rgb } = display!
    const detail = new Uint8Array(3 * DETAIL.width * DETAIL.height)
    for (let row = 0; row < DETAIL.height; row++) {
        const from = 3 * ((DETAIL.y + row) * width + DETAIL.x)
        detail.set(
            rgb.subarray(from, from + 3 * DETAIL.width),
            3 * row * DETAIL.width
        )
    }
    const lcd = {
        x: MARGIN + BEZEL,
        y: MARGIN + BEZEL,
        width: ZOOM * width,
        height: ZOOM * height,
    }
    const enlarged = {
        x: lcd.x + lcd.width + BEZEL + 2 * MARGIN,
        y: lcd.y,
        width: DETAIL_ZOOM * DETAIL.width,
        height: DETAIL_ZOOM * DETAIL.height,
    }
    const mark = {
        x: lcd.x + ZOOM * DETAIL.x,
        y: lcd.y + ZOOM * DETAIL.y,
        width: ZOOM * DETAIL.width,
        height: ZOOM * DETAIL.height,
    }
    const base = lcd.y + lcd.height + BEZEL + 32
    await saveImage(
        "example-lcd.png",
        { width: enlarged.x + enlarged.width + MARGIN, height: base + 20 },
        [
            `<rect x="${MARGIN}" y="${MARGIN}" width="${lcd.width + 2 * BEZEL}" height="${lcd.height + 2 * BEZEL}" rx="14" fill="#000000" stroke="${COLOURS.grid}" stroke-width="2"/>`,
            await image({ bytes: rgb, width, height }, lcd),
            frame(mark, COLOURS.cyan),
            await image({ bytes: detail, ...DETAIL }, enlarged),
            frame(enlarged, COLOURS.cyan),
            text(
                MARGIN,
                base,
                `the LCD's memory: ${width}x${height} in RGB565, ${fps!.toFixed(0)} fps; each pixel is what the sensor sent`
            ),
            text(
                enlarged.x,
                base,
                "enlarged eight times",
                `fill="${COLOURS.cyan}"`
            ),
        ]
    )
}
