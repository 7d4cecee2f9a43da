// SPDX-License-Identifier: MIT
// A program whose frame handler takes three frame times: most frames find no free buffer.
import * as ds from "@devicescript/core"
import { Camera } from "../../../src/camera"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 120 })
camera.onFrame(async () => {
    await ds.sleep(25)
})
await camera.start()
