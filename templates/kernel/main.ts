// Counts bright pixels of every frame, by the kernel in bright.kernel.ts.

import { Camera, MT9V034 } from "camscript"
// Made of bright.kernel.ts whenever this is compiled.
import { bright } from "./kernels/bright"

const camera = new Camera(new MT9V034())

await camera.configure({
    window: { width: 128, height: 96 },
    fps: 60,
})
camera.onFrame(async frame => {
    const found = await bright(frame, 200)
    if (frame.sequence % 60 === 0)
        console.log(`${found.count} bright pixels, up to ${found.most}`)
})
await camera.start()
