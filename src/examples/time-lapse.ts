// SPDX-License-Identifier: MIT
// A frame every five seconds, compressed by the OV2640 itself; between two of them nothing crosses the bus.
// npx camscript run --sensor ov2640 --app src/examples/time-lapse.ts --scene day --seconds 62 --every 1

import * as ds from "@devicescript/core"
import { OV2640 } from "../../drivers/ov2640/ov2640"
import { Camera } from "../camera"
import { PixelFormat } from "../../protocol/capture"

const INTERVAL_MS = 5000

const camera = new Camera(new OV2640())
const mode = await camera.configure({
    // The whole field, scaled down by the sensor.
    window: { width: 1600, height: 1200 },
    size: { width: 640, height: 480 },
    format: PixelFormat.JPEG,
    // What does not fit into the buffer is thrown away, and the next one is compressed further.
    quality: 80,
    buffers: 1,
    // A slow sensor exposes longer in the dark, and the link has more time.
    fps: 5,
})
console.log(`${mode.buffers} x ${mode.bytesPerFrame} bytes for a JPEG`)

let nextMs = ds.millis()
for (let taken = 1; true; taken++) {
    // Starts the capture, takes the first frame that counts, and stops: the sensor's port is silent again. The sensor itself
    // goes on looking, so that its exposure is right next time.
    const frame = await camera.snapshot()
    console.log(`${taken}: ${frame.sizeBytes} bytes at ${frame.endUs} us`)
    // Its bytes are there until then, for frame.readRows().
    await frame.release()
    // By the clock, not by the interval: what a frame takes does not add up.
    nextMs += INTERVAL_MS
    await ds.sleep(Math.max(0, nextMs - ds.millis()))
}
