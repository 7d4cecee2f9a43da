// A camera and no pins, imported as a project of one's own does.

import { Camera, MT9V034 } from "../../../src/index"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 188, height: 120 }, fps: 60 })
let frames = 0
camera.onFrame(() => {
    frames++
})
await camera.start()
