// SPDX-License-Identifier: MIT
// Never lets time pass, while frames come.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(() => {})
await camera.start()
let turns = 0
while (true) {
    turns++
    await ds.sleep(0)
}
