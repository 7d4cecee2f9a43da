// SPDX-License-Identifier: MIT
// Gives up when no frame comes within 0.4 s.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
let frames = 0
camera.onFrame(() => {
    frames++
})
await camera.start()
await ds.sleep(400)
if (frames === 0) throw new Error("no frame came")
