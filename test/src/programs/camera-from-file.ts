// A camera and no pins, imported from the files that it needs.

import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 188, height: 120 }, fps: 60 })
let frames = 0
camera.onFrame(() => {
    frames++
})
await camera.start()
