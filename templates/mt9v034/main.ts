// Captures a window of the MT9V034 around a point, and says now and then how bright it is.

import { Camera, MT9V034, windowName } from "camscript"
import { windowAround } from "./crop"

const camera = new Camera(new MT9V034())

// What the command line or a test asks for comes first.
const request = await camera.readRequest()
if (!request.window)
    request.window = windowAround(
        { x: 376, y: 240 },
        { width: 220, height: 220 }
    )
if (!request.fps) request.fps = 100

const mode = await camera.configure(request)
console.log(`${windowName(mode.window)} at ${Math.round(mode.fps)} fps`)

camera.onFrame(async frame => {
    if (frame.sequence % 50 !== 0) return
    const stats = await frame.stats(128)
    console.log(`frame ${frame.sequence}: mean ${Math.round(stats.mean)}`)
})
await camera.start()
