// SPDX-License-Identifier: MIT
// A loop over the pixels of each frame.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 30 })
const row = Buffer.alloc(64)
camera.onFrame(async frame => {
    let sum = 0
    for (let y = 0; y < 12; y++) {
        await frame.readRows(y, 1, row)
        for (let x = 0; x < 64; x++) sum = sum + row[x]
    }
})
await camera.start()
