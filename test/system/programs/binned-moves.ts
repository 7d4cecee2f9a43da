// SPDX-License-Identifier: MIT
// A program that moves the window to a random place at each frame, and gets one on whole groups of binned pixels.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
const mode = await camera.configure(request)
const { width, height } = mode.window
const step = mode.binning

camera.onFrame(async frame => {
    await frame.release()
    const x = Math.round(Math.random() * (752 - width))
    const y = Math.round(Math.random() * (480 - height))
    const window = await camera.moveWindow({ x, y })
    if (window.x !== x - (x % step) || window.y !== y - (y % step))
        throw new Error("not where it was wanted")
})
await camera.start()
