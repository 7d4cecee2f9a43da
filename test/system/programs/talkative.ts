// SPDX-License-Identifier: MIT
// The default program's work, and a long line on the console for every second frame.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import { CameraServer } from "../../../src/camera-server"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
const mode = await camera.configure(request)
const service = new CameraServer(camera, request, mode)
const line =
    "a line of text that takes its time on the wire, as long as a line of text may well be, and then some"
camera.onFrame(async frame => {
    await service.look(frame)
    if (frame.sequence & 1) console.log(`${frame.sequence}: ${line}`)
})
await camera.start()
service.start()
