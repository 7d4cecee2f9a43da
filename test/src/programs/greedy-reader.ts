// SPDX-License-Identifier: MIT
// A program that reads more of a frame than the VM's heap can hold, beside a Buffer of its own of 4 x REQ_QUALITY bytes.
import { HEAP_PROGRAM_BYTES } from "../../../drivers/grabber/grabber"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const ROW_BYTES = 220

const camera = new Camera(new MT9V034())
const { quality } = await camera.readRequest()
const own = Buffer.alloc(4 * (quality ?? 0))
const { gcHeapBytes } = await camera.grabber.readBoard()
const allowed = Math.floor((gcHeapBytes - HEAP_PROGRAM_BYTES) / 2 / ROW_BYTES)
await camera.configure({ window: { width: 220, height: 220 }, fps: 120 })
camera.onFrame(async frame => {
    // As much as is allowed, again and again; then one row more.
    const rows = frame.sequence < 40 ? allowed : allowed + 1
    const pixels = await frame.readRows(0, rows)
    if (frame.sequence === 39)
        console.log(`${pixels.length} bytes beside ${own.length}`)
})
await camera.start()
