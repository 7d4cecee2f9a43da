// SPDX-License-Identifier: MIT
// A frame handler throws once; the program that the VM starts again goes on.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(() => {
    const ms = ds.millis()
    if (ms > 300 && ms < 2000) throw new Error("this frame displeases me")
})
await camera.start()
