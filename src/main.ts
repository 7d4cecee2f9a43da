// SPDX-License-Identifier: MIT
// The default program: captures what was asked for, and says now and then how bright it is.

import { rounded } from "../drivers/format"
import { MT9V034 } from "../drivers/mt9v034/mt9v034"
import { windowName } from "../drivers/sensor-limits"
import { Camera } from "./camera"

/** Frames between two lines on the console. */
const REPORT_FRAMES = 60

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
if (!request.window) request.window = { width: 220, height: 220 }
if (request.fps === 0 && request.timing === 0) request.fps = 120

const mode = await camera.configure(request)
// In pieces: one format call of the VM takes seven values.
const exposure =
    mode.exposureUs > 0
        ? `${Math.round(mode.exposureUs)} us`
        : `automatic up to ${Math.round(mode.exposureMaxUs)} us`
const what = `${mode.strategy} ${windowName(mode.window)} at ${rounded(mode.fps)} fps`
const memory = `${mode.buffers} x ${mode.bytesPerFrame} bytes`
console.log(
    `${camera.sensor.limits.name} ${what}, exposure ${exposure}, ${memory} (${mode.rejected})`
)

let frames = 0
camera.onFrame(async frame => {
    frames++
    if (frames % REPORT_FRAMES !== 0) return
    const stats = await frame.stats(128)
    console.log(
        `frame ${frame.sequence}: mean ${rounded(stats.mean)}, ${stats.min}..${stats.max}`
    )
})
await camera.start()
