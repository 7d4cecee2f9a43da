// SPDX-License-Identifier: MIT
// A Jacdac host in DeviceScript, the example of docs/camera-service.md: runs in a VM of its own, far from the camera.

import * as ds from "@devicescript/core"

const camera = new ds.Camera()

camera.windowChanged.subscribe(async window => {
    const [x, y, width, height] = window
    console.log(`now ${width}x${height}+${x}+${y}`)
})
camera.refused.subscribe(async () => {
    console.log(await camera.error.read())
})

// Read and write wait until a camera is found.
const [x, y, width, height] = await camera.window.read()
console.log(`window ${width}x${height}+${x}+${y}`)
await camera.window.write([100, 50, 0, 0])
await ds.sleep(500)
await camera.strategy.write(ds.CameraStrategy.Jpeg)
await ds.sleep(500)
await camera.fps.write(60000)
await ds.sleep(500)
const fps = await camera.fps.read()
console.log(
    `${Math.round(fps / 1000)} fps, streaming ${await camera.streaming.read()}`
)
