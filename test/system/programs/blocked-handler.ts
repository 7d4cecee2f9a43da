// SPDX-License-Identifier: MIT
// The handler of the tenth frame never returns; the program that comes after it goes on.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const { restarts } = await camera.recovery()
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(async frame => {
    while (restarts === 0 && frame.sequence >= 10) await ds.sleep(1000)
})
await camera.start()
