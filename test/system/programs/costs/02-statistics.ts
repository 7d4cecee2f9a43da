// SPDX-License-Identifier: MIT
// Native statistics of each frame.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
camera.onFrame(async frame => {
    await frame.stats(128)
})
await camera.start()
