// SPDX-License-Identifier: MIT
// Adds up one row of each frame.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
let sum = 0
camera.onFrame(async frame => {
    const row = await frame.readRow(24)
    for (let x = 0; x < row.length; x++) sum = sum + row[x]
})
await camera.start()
