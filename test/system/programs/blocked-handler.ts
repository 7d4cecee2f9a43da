// SPDX-License-Identifier: MIT
// The handler of the tenth frame never returns.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(async frame => {
    while (frame.sequence >= 10) await ds.sleep(1000)
})
await camera.start()
