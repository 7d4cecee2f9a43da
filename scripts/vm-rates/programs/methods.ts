// SPDX-License-Identifier: MIT
// A handler that marks that it was called, and hands pixels to a method.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import { mark } from "./mark"

class Filter {
    level = 0
    add(value: number): void {
        if (value > this.level) this.level = (this.level + value) >> 1
        else this.level = this.level - 1
    }
}

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
const filter = new Filter()
camera.onFrame(async frame => {
    mark()
    for (let y = 0; y < frame.lines; y += 8) {
        const row = await frame.readRow(y)
        for (let x = 0; x < row.length; x++) filter.add(row[x])
    }
})
await camera.start()
