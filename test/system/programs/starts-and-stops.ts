// SPDX-License-Identifier: MIT
// Starts and stops as often as REQ_EXPOSURE_US says, with a few frames between now and then; then it streams.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const { exposureUs } = await camera.readRequest()
const count = exposureUs ?? 0
await camera.configure({ window: { width: 220, height: 220 }, fps: 120 })
camera.onFrame(() => {})
for (let i = 0; i < count; i++) {
    await camera.start()
    if (i % 50 === 0) await ds.sleep(40)
    await camera.stop()
    if (i === 10) console.log("warm")
}
console.log("done")
await camera.start()
