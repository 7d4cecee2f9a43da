// SPDX-License-Identifier: MIT
// Streams for 200 ms, lets the sensor stand by for 300 ms, and goes on.
import * as ds from "@devicescript/core"
import { FrameGrabber } from "../../../drivers/grabber/grabber"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { OV2640 } from "../../../drivers/ov2640/ov2640"
import { SensorCode } from "../../../protocol/grabber-page"
import { requestedSensor } from "../../../protocol/request-block"
import { Camera } from "../../../src/camera"

const grabber = new FrameGrabber()
await grabber.init()
const code = requestedSensor(await grabber.readRequest())
const camera = new Camera(
    code === SensorCode.OV2640 ? new OV2640() : new MT9V034()
)
camera.onFrame(() => {})
await camera.configure(await camera.readRequest())
await camera.start()
await ds.sleep(400)
await camera.sleep()
console.log("asleep")
await ds.sleep(300)
await camera.wake()
console.log("awake")
