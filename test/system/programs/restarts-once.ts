// SPDX-License-Identifier: MIT
// Asks for its own restart while frames come, with one of them lent; the second run goes on.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(async frame => {
    if (frame.sequence === 10 && ds.millis() < 1000) ds.restart()
})
console.log("a run begins")
await camera.start()
