// SPDX-License-Identifier: MIT
// openmv #2216: pixels are read while the only buffer is filled again: after the frame was given back.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import type { Frame } from "../../../src/frame"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 64, height: 64 },
    fps: 60,
    buffers: 1,
})
let kept: Frame
camera.onFrame(async frame => {
    kept = frame
    await frame.release()
    await kept.readRow(0)
})
await camera.start()
