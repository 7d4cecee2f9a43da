// SPDX-License-Identifier: MIT
// Serves its camera, and restarts once while frames come.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import { CameraServer } from "../../../src/camera-server"

const camera = new Camera(new MT9V034())
const request = { window: { width: 64, height: 48 }, fps: 60 }
const mode = await camera.configure(request)
const service = new CameraServer(camera, request, mode)
const { restarts } = await camera.recovery()
camera.onFrame(async frame => {
    await service.look(frame)
    if (restarts === 0 && frame.sequence === 90) ds.restart()
})
await camera.start()
service.start()
