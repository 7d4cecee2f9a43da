// Captures the whole field of the OV2640 as JPEG, and says now and then how large the frames are.

import { Camera, PixelFormat, windowName } from "camscript"
import { OV2640 } from "camscript/drivers/ov2640/ov2640"

const camera = new Camera(new OV2640())

// What the command line or a test asks for comes first.
const request = await camera.readRequest()
if (!request.window && !request.size) request.size = { width: 640, height: 480 }
if (!request.format) request.format = PixelFormat.JPEG

const mode = await camera.configure(request)
console.log(`${windowName(mode.window)} at ${Math.round(mode.fps)} fps`)

camera.onFrame(frame => {
    if (frame.sequence % 5 === 0)
        console.log(`frame ${frame.sequence}: ${frame.sizeBytes} bytes`)
})
await camera.start()
