// SPDX-License-Identifier: MIT
// A fiber of its own throws while frames come; the program that the VM starts again goes on.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(() => {})
await camera.start()
setTimeout(async () => {
    if (ds.millis() < 2000) throw new Error("this fiber ends here")
}, 200)
