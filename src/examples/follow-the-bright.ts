// SPDX-License-Identifier: MIT
// A small, fast window that follows something bright over the whole field of the MT9V034:
// npx camscript run --app src/examples/follow-the-bright.ts --scene target:photo --seconds 12 --every 100

import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"
import type { Rectangle } from "../../protocol/capture"

const SIDE_PX = 96
/** Gray level from which on a pixel belongs to the target, and how many make one. */
const BRIGHT = 128
const PIXELS_MIN = 16
const REPORT_FRAMES = 150

const sensor = new MT9V034()
const camera = new Camera(sensor)
const mode = await camera.configure({
    window: { width: SIDE_PX, height: SIDE_PX },
    fps: 150,
    // Fixed: automatic exposure would brighten an empty window until its background counts as target.
    exposureUs: 4000,
    gain: 1,
})
console.log(`${SIDE_PX}x${SIDE_PX} at ${Math.round(mode.fps)} fps`)

// One object for all frames: what a handler allocates, the garbage collector has to find again.
const centre = {
    x: mode.window.x + SIDE_PX / 2,
    y: mode.window.y + SIDE_PX / 2,
}

/** Lost: look elsewhere, row by row. The places overlap, so that a target on an edge is whole in the next. */
function searchOn(): void {
    const stepPx = (SIDE_PX * 3) / 4
    centre.x += stepPx
    if (centre.x < sensor.limits.widthPx) return
    centre.x = SIDE_PX / 2
    centre.y += stepPx
    if (centre.y >= sensor.limits.heightPx) centre.y = SIDE_PX / 2
}

/** A move acts a frame later: what was on its way from the old place says nothing about the new one. */
function isAt(window: Rectangle, place: Rectangle): boolean {
    return window.x === place.x && window.y === place.y
}

let seen = 0
let asked = mode.window
camera.onFrame(async frame => {
    // The pixels stay where DMA put them: native code finds their centre, and seven numbers come here.
    const stats = await frame.stats(BRIGHT)
    if (stats.count >= PIXELS_MIN) {
        seen++
        // The frame says where its window was; by now it may be asked for elsewhere.
        centre.x = frame.window.x + stats.centroidX
        centre.y = frame.window.y + stats.centroidY
    } else if (isAt(frame.window, asked)) searchOn()
    if (frame.sequence % REPORT_FRAMES === 0) {
        const place = `${Math.round(centre.x)},${Math.round(centre.y)}`
        console.log(`frame ${frame.sequence}: seen ${seen}, now at ${place}`)
    }
    // Back before the move, which takes two I2C transfers: the sensor may need the buffer meanwhile.
    await frame.release()
    asked = await camera.centerOn(centre)
})
await camera.start()
