// SPDX-License-Identifier: MIT
// `camscript bench` measures it: statistics of all rows of every frame.

import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"

/** From here on a pixel counts for the centroid. */
const THRESHOLD = 128

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
camera.onFrame(async frame => {
    await frame.stats(THRESHOLD)
})
await camera.start()
