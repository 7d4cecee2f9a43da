// SPDX-License-Identifier: MIT
// A handler that does nothing.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
camera.onFrame(async frame => {
    frame.sequence
})
await camera.start()
