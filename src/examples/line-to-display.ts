// SPDX-License-Identifier: MIT
// A viewfinder: each row of the MT9V034 goes to a 240x320 display as it comes. Needs a board with 155,104 bytes for frames:
// npx camscript run --board nucleo-f429zi --app src/examples/line-to-display.ts

import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 220, height: 220 },
    display: { base: 0, widthPx: 240, heightPx: 320, bottomUp: true },
})
camera.onFrame(async frame => {
    if (frame.sequence % 60 !== 0) return
    // The display's memory: upside down, so that the window's top row is the last one.
    const top = await frame.readRow(frame.lines - 1)
    console.log(`frame ${frame.sequence}: top left ${top.getAt(0, "u16")}`)
})
await camera.start()
