// SPDX-License-Identifier: MIT
// Counts bright pixels of ten rows: three quarters of a frame's time.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
let bright = 0
camera.onFrame(async frame => {
    let count = 0
    for (let y = 0; y < 10; y++) {
        const row = await frame.readRow(4 * y)
        for (let x = 0; x < row.length; x++) if (row[x] > 100) count++
    }
    bright = count
})
await camera.start()
