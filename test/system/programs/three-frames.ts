// SPDX-License-Identifier: MIT
// Gets three frames, says so, and goes on.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const FRAMES = 3

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
let frames = 0
camera.onFrame(async frame => {
    const { mean } = await frame.stats(128)
    frames++
    if (frames > FRAMES) return
    console.log(`frame of ${frame.sizeBytes} bytes, mean ${mean}`)
    if (frames === FRAMES) console.log("done")
})
await camera.start()
