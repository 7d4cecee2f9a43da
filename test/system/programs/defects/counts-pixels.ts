// SPDX-License-Identifier: MIT
// Looks at pixels one by one: too slow for its frames.
import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"

let bright = 0
const row = Buffer.alloc(64)
const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(async frame => {
    await frame.readRows(24, 1, row)
    for (let x = 0; x < 64; x++) {
        if (row.getAt(x, "u8") > 128) bright = bright + 1 // line 13
    }
})
await camera.start()
