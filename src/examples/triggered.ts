// SPDX-License-Identifier: MIT
// A frame when you say so: the MT9V034 waits for a pulse on its EXPOSURE pin, exposes for 3 ms, and sends one frame, which knows
// when its pulse was. Wire a flash to the sensor's LED_OUT: that pin is high exactly while light is collected.
// npx camscript run --app src/examples/triggered.ts --seconds 2 --every 1

import * as ds from "@devicescript/core"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"

const INTERVAL_MS = 100

const camera = new Camera(new MT9V034())
const mode = await camera.configure({
    window: { width: 188, height: 120 },
    // Automatic exposure looks at frames that come by themselves.
    exposureUs: 3000,
    gain: 1,
})
await camera.setTriggered(true)

let triggers = 0
let frames = 0
camera.onFrame(frame => {
    frames++
    const sincePulseUs = frame.startUs - frame.triggerUs
    console.log(`${frames} of ${triggers}: first row ${sincePulseUs} us later`)
})
await camera.start()
console.log(`exposure ${Math.round(mode.exposureUs)} us`)
// The first frame after a start means nothing: it is exposed, counted as settling, and not handed over.
await camera.trigger()

// Here a timer says when. A light barrier or an encoder would do the same: await camera.trigger() in its handler.
while (true) {
    // Two triggers nearer than exposure and readout make one frame: the sensor ignores a pulse while it is busy.
    await ds.sleep(INTERVAL_MS)
    triggers++
    await camera.trigger()
}
