// SPDX-License-Identifier: MIT
// A program that moves the window to a random place at each frame, and does as the request block says otherwise.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
const mode = await camera.configure(request)
const columns = 752 - mode.window.width
const rows = 480 - mode.window.height

camera.onFrame(async frame => {
    // Back first: two I2C transfers take longer than the shortest blanking, and there may be one buffer only.
    await frame.release()
    const wanted = {
        x: Math.round(Math.random() * columns),
        y: Math.round(Math.random() * rows),
    }
    const window = await camera.moveWindow(wanted)
    if (window.x !== wanted.x || window.y !== wanted.y)
        throw new Error("not where it was wanted")
})
await camera.start()
