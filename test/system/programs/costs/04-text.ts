// SPDX-License-Identifier: MIT
// Says something of each frame.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
camera.onFrame(async frame => {
    const row = await frame.readRow(0)
    let sum = 0
    for (let x = 0; x < row.length; x++) sum = sum + row[x]
    console.log(`frame ${frame.sequence}: ${sum / row.length}`)
})
await camera.start()
