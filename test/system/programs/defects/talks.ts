// SPDX-License-Identifier: MIT
// Puts a line of text together, piece by piece, for every frame.
import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(frame => {
    let bar = ""
    for (let i = 0; i < 40; i++) {
        bar = bar + (i < frame.sequence % 40 ? "#" : " ") // line 11
    }
    if (frame.sequence === 30) console.log(bar)
})
await camera.start()
