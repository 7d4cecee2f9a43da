// SPDX-License-Identifier: MIT
// Calls a method for each pixel of twenty-two rows: three times too slow.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
class Sums {
    total = 0
    add(value: number): void {
        this.total = (this.total + value) & 0xffff
    }
}
const sums = new Sums()
camera.onFrame(async frame => {
    for (let y = 0; y < 22; y++) {
        const row = await frame.readRow(y)
        for (let x = 0; x < row.length; x++) sums.add(row[x])
        if (y % 11 === 10) await ds.sleep(1)
    }
})
await camera.start()
