import { Camera } from "../../../../src/camera"
import { PixelFormat } from "../../../../protocol/capture"
import { OV2640 } from "../../../../drivers/ov2640/ov2640"
import { checksum, rgb565ToGray, yuv422ToGray } from "./kernels/vision"

const camera = new Camera(new OV2640())
await camera.configure({
    window: { width: 80, height: 40 },
    fps: 10,
    format: PixelFormat.RGB565,
})
let done = false
camera.onFrame(async frame => {
    if (done) return
    done = true
    console.log(`frame ${await checksum(frame)}`)
    await rgb565ToGray(frame, frame)
    console.log(`rgb565ToGray ${await checksum(frame)}`)
    await yuv422ToGray(frame, frame)
    console.log(`yuv422ToGray ${await checksum(frame)}`)
    console.log("done")
})
await camera.start()
