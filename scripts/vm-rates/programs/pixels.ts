// SPDX-License-Identifier: MIT
// A handler that marks that it was called, and adds up pixels of each row.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import { mark } from "./mark"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
let sum = 0
camera.onFrame(async frame => {
    mark()
    for (let y = 0; y < frame.lines; y++) {
        const row = await frame.readRow(y)
        for (let x = 0; x < 20; x++) sum = (sum + row[x]) & 0xffff
    }
})
await camera.start()
