// SPDX-License-Identifier: MIT
// A program that takes one snapshot of a stopped camera and one of a stream, and reads rows of both.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 120 })

const still = await camera.snapshot()
const row = await still.readRow(47)
console.log(`stopped: frame ${still.sequence}, row of ${row.length} bytes`)
await still.release()

let handled = 0
camera.onFrame(() => {
    handled++
})
await camera.start()
await ds.sleep(100)
const moving = await camera.snapshot()
const rows = await moving.readRows(46, 2)
console.log(`streaming: ${handled > 5}, two rows of ${rows.length} bytes`)
await moving.release()
await ds.sleep(100)
await camera.stop()
const counters = await camera.counters()
console.log(
    `lost: ${counters.dropped + counters.overruns + counters.dmaErrors}`
)
console.log("done")
