// SPDX-License-Identifier: MIT
// Counts levels in an array, in eighteen rows: twice too slow.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
const bins = [0, 0, 0, 0]
camera.onFrame(async frame => {
    for (let y = 0; y < 18; y++) {
        const row = await frame.readRow(y)
        for (let x = 0; x < row.length; x++) {
            const bin = row[x] >> 6
            bins[bin] = bins[bin] + 1
        }
        if (y % 9 === 8) await ds.sleep(1)
    }
})
await camera.start()
