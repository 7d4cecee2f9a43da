// SPDX-License-Identifier: MIT
// Resets the chip while frames come; what starts after that sees it in RESTARTS, and goes on.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(() => {})
await camera.start()
await ds.sleep(200)
const { restarts } = await camera.recovery()
if (restarts === 0) ds.reboot()
