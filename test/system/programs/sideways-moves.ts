// SPDX-License-Identifier: MIT
// A program that moves the window to a random column at each frame, and does as the request block says otherwise.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
const mode = await camera.configure(request)
const columns = 752 - mode.window.width
const y = mode.window.y

camera.onFrame(async () => {
    await camera.moveWindow({ x: Math.round(Math.random() * columns), y })
})
await camera.start()
