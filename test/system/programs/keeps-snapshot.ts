// SPDX-License-Identifier: MIT
// Keeps a snapshot in the only buffer for six seconds, while the stream runs.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 64, height: 48 },
    fps: 60,
    buffers: 1,
})
camera.onFrame(() => {})
await camera.start()
const snapshot = await camera.snapshot()
await ds.sleep(6000)
await snapshot.release()
console.log("kept")
