// SPDX-License-Identifier: MIT
// A program that moves the window at any time, also twice and three times in one frame, whatever the frames do.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
const mode = await camera.configure(request)
const columns = 752 - mode.window.width
const rows = 480 - mode.window.height
camera.onFrame(() => {})
await camera.start()
while (true) {
    const moves = Math.random() * 3
    for (let i = 0; i < moves; i++)
        await camera.moveWindow({
            x: Math.round(Math.random() * columns),
            y: Math.round(Math.random() * rows),
        })
    await ds.sleep(Math.random() * 12)
}
