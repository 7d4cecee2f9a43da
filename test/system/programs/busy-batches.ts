// SPDX-License-Identifier: MIT
// A program that takes the whole field in batches of rows, and looks at more of each than the chip has time for.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import { Strategy } from "../../../protocol/capture"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 752, height: 480 },
    strategy: Strategy.LINE,
    batchRows: 30,
    buffers: 3,
    exposureUs: 4000,
    fps: 30,
})
camera.onLines(async rows => {
    await rows.stats(128, 3)
})
await camera.start()
