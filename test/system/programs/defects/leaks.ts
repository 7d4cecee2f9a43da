// SPDX-License-Identifier: MIT
// Keeps three rows of every frame, and never lets it go.
import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"

const kept: Buffer[] = []
const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(async frame => {
    const rows = Buffer.alloc(192) // line 10
    await frame.readRows(22, 3, rows)
    kept.push(rows)
})
await camera.start()
