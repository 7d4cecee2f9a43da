// SPDX-License-Identifier: MIT
// The handler of the tenth frame reads a row of it each second, for eight seconds.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
let done = false
camera.onFrame(async frame => {
    if (done || frame.sequence < 10) return
    done = true
    for (let row = 0; row < 8; row++) {
        await frame.readRows(row, 1)
        await ds.sleep(1000)
    }
    console.log("read")
})
await camera.start()
