// SPDX-License-Identifier: MIT
// A program that shows its window on a small display, rows from the top and with a gap, and looks at it now and then.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const mode = await camera.configure({
    window: { width: 128, height: 96 },
    display: { base: 64, widthPx: 130, heightPx: 100, strideBytes: 272 },
    exposureUs: 2000,
})
console.log(`${mode.buffers} buffers, ${mode.ramBytes} bytes`)
camera.onFrame(async () => {
    await ds.sleep(20)
})
await camera.start()
