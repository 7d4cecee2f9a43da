// SPDX-License-Identifier: MIT
// A filter written as a class, over three rows.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
class Filter {
    level = 0
    peak = 0
    add(value: number): void {
        this.level = this.level * 0.75 + value * 0.25
        if (this.level > this.peak) this.peak = this.level
    }
}
const filter = new Filter()
camera.onFrame(async frame => {
    for (let y = 0; y < 3; y++) {
        const row = await frame.readRow(12 * y)
        for (let x = 0; x < row.length; x++) filter.add(row[x])
    }
})
await camera.start()
