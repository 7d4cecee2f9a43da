// SPDX-License-Identifier: MIT
// A program that has a frame exposed every 20 ms, ten times, and says when each was triggered.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 220, height: 220 },
    exposureUs: 3000,
})
await camera.setTriggered(true)
camera.onFrame(frame => {
    console.log(`${frame.triggerUs} ${frame.startUs} ${frame.endUs}`)
})
await camera.start()
for (let i = 0; i < 10; i++) {
    await ds.sleep(20)
    await camera.trigger()
}
await ds.sleep(20)
await camera.setTriggered(false)
