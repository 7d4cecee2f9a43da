// SPDX-License-Identifier: MIT
// One buffer, and a handler that reads the frame's first row, waits for more than two frame times, and reads it again.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 64, height: 64 },
    fps: 120,
    buffers: 1,
})
const before = Buffer.alloc(64)
const after = Buffer.alloc(64)
camera.onFrame(async frame => {
    await frame.readRows(0, 1, before)
    await ds.sleep(20)
    await frame.readRows(0, 1, after)
    let changed = 0
    for (let i = 0; i < 64; i++) if (before[i] !== after[i]) changed++
    console.log(`${changed} bytes changed`)
})
await camera.start()
