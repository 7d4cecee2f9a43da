// SPDX-License-Identifier: MIT
// A program whose frame handler throws at the fifth frame.
import { Camera } from "../../../src/camera"
import { Frame } from "../../../src/frame"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"

function inspect(frame: Frame) {
    if (frame.sequence >= 5)
        throw new Error("frame " + frame.sequence + " displeases me")
}

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 120 })
camera.onFrame(async frame => {
    inspect(frame)
})
await camera.start()
