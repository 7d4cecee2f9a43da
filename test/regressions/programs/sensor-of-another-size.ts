// SPDX-License-Identifier: MIT
// PX4-Flow #134: DCMI and DMA are set up for 64x64, the sensor for the window of the request.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const sensor = new MT9V034()
const camera = new Camera(sensor)
const { window } = await camera.readRequest()
await camera.configure({
    window: { x: 0, y: 0, width: 64, height: 64 },
    fps: 60,
})
await sensor.configure({
    window: {
        x: window.x ?? 0,
        y: window.y ?? 0,
        width: window.width,
        height: window.height,
    },
})
camera.onFrame(async () => {})
await camera.start()
