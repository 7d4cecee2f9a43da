// SPDX-License-Identifier: MIT
// Adds up twenty-two rows, and lets other fibers run: too slow.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
let sum = 0
camera.onFrame(async frame => {
    for (let y = 0; y < 22; y++) {
        const row = await frame.readRow(y)
        for (let x = 0; x < row.length; x++) sum = (sum + row[x]) & 0xffff
    }
    await ds.sleep(1)
})
await camera.start()
