// SPDX-License-Identifier: MIT
// A handler to stop in: what its variables hold follows from the frame's number.

import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"

let handled = 0

function twice(value: number): number {
    const doubled = 2 * value
    return doubled
}

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(async frame => {
    handled++
    const even = twice(frame.sequence)
    const kept = { even, list: [even + 1, even + 2], text: "here" }
    if (kept.even < 0) console.log("never")
})
await camera.start()
