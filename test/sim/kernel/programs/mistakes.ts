import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { brightest, endless, past } from "./kernels/pixels"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 30 })
let first = true
camera.onFrame(async frame => {
    try {
        await past(frame, 48)
    } catch (e) {
        console.log(`caught ${(e as Error).message}`)
    }
    try {
        if (first) {
            first = false
            await endless(frame)
        }
    } catch (e) {
        console.log(`caught ${(e as Error).message}`)
    }
    const spot = await brightest(frame, 0)
    console.log(`then ${spot.count}`)
})
await camera.start()
