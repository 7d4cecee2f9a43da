// Captures with a sensor of your own, the TC160: its driver is tc160.ts, its model for the simulator test/tc160-model.ts.

import { Camera, windowName } from "camscript"
import { TC160 } from "./tc160"

const camera = new Camera(new TC160())
const mode = await camera.configure({
    window: { x: 40, y: 20, width: 80, height: 64 },
    fps: 30,
    exposureUs: 1000,
})
console.log(`${mode.strategy} ${windowName(mode.window)}`)

camera.onFrame(frame => {
    if (frame.sequence % 10 === 0) console.log(`frame ${frame.sequence}`)
})
await camera.start()
