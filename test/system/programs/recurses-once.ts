// SPDX-License-Identifier: MIT
// Calls itself too deeply while frames come; the program that the VM starts again goes on.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 60 })
camera.onFrame(() => {})
await camera.start()
await ds.sleep(200)
function deeper(level: number): number {
    return deeper(level + 1) + 1
}
if (ds.millis() < 2000) deeper(0)
