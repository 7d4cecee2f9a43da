// SPDX-License-Identifier: MIT
// The handler of the tenth frame stops the stream and takes six seconds.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(async frame => {
    if (frame.sequence < 10) return
    await camera.stop()
    await ds.sleep(6000)
    console.log("slept")
})
await camera.start()
