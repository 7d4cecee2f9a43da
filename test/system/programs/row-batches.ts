// SPDX-License-Identifier: MIT
// A program that takes its window in batches of rows, and says where each begins.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import { Strategy } from "../../../protocol/capture"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 360, height: 200 },
    strategy: Strategy.LINE,
    batchRows: 40,
    buffers: 3,
    exposureUs: 2000,
})
camera.onLines(rows => {
    console.log(
        `${rows.sequence} ${rows.firstRow} ${rows.lines} ${rows.lastBatch}`
    )
})
await camera.start()
