// SPDX-License-Identifier: MIT
// A program that reads more of a frame than the VM's heap can hold, beside a Buffer of its own of 4 x REQ_QUALITY bytes.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const { quality } = await camera.readRequest()
const own = Buffer.alloc(4 * (quality ?? 0))
await camera.configure({ window: { width: 220, height: 220 }, fps: 120 })
camera.onFrame(async frame => {
    // As much as is allowed, again and again; then one row more.
    const rows = frame.sequence < 40 ? 51 : 52
    const pixels = await frame.readRows(0, rows)
    if (frame.sequence === 39)
        console.log(`${pixels.length} bytes beside ${own.length}`)
})
await camera.start()
