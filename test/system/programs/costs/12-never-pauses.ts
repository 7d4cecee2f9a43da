// SPDX-License-Identifier: MIT
// Adds up all pixels of 64x48 and never pauses: too slow, so that the next frame always waits, until the VM ends it.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
let sum = 0
camera.onFrame(async frame => {
    for (let y = 0; y < frame.lines; y++) {
        const row = await frame.readRow(y)
        for (let x = 0; x < row.length; x++) sum = (sum + row[x]) & 0xffff
    }
})
await camera.start()
