// SPDX-License-Identifier: MIT
// A colour viewfinder: the OV2640 scales its field down to a quarter and sends RGB565; each row goes into the memory of a
// 320x240 LCD as it comes. There is no frame buffer besides that memory, and no pixel is converted.
// npx camscript run --board nucleo-f429zi --sensor ov2640 --app src/examples/ov2640-to-lcd.ts --scene photo --frames 30

import { OV2640 } from "../../drivers/ov2640/ov2640"
import { Camera } from "../camera"
import { PixelFormat, Strategy } from "../../protocol/capture"

/** 150 KB. A board with 128 KB of RAM has room for an LCD of 240x160. */
const LCD = { widthPx: 320, heightPx: 240 }

/** Pixels of the field per pixel of the LCD, each way; the sensor can do 1, 2 and 4 with all of its field. */
const SCALE = 4

const camera = new Camera(new OV2640())
const mode = await camera.configure({
    window: { width: SCALE * LCD.widthPx, height: SCALE * LCD.heightPx },
    size: { width: LCD.widthPx, height: LCD.heightPx },
    format: PixelFormat.RGB565,
    strategy: Strategy.LINE,
    // At the start of the frame memory; with the address of external memory or of an LCD's bus the rows go there.
    display: { base: 0, ...LCD },
    fps: 15,
})
console.log(`${LCD.widthPx}x${LCD.heightPx} at ${Math.round(mode.fps)} fps`)

let shown = 0
camera.onFrame(async frame => {
    shown++
    if (shown % 15 !== 0) return
    // The frame is the display's memory: what is read here is what the LCD shows.
    const row = await frame.readRow(LCD.heightPx / 2)
    const pixel = row.getAt(2 * (LCD.widthPx / 2), "u16")
    const [red, green, blue] = [pixel >> 11, (pixel >> 5) & 63, pixel & 31]
    console.log(`${shown} frames; in the middle: ${red} ${green} ${blue}`)
})
await camera.start()
