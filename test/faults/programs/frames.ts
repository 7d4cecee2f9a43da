// SPDX-License-Identifier: MIT
// Takes the frames that were asked for, and says each fault that it is told of.
import { FrameGrabber } from "../../../drivers/grabber/grabber"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { OV2640 } from "../../../drivers/ov2640/ov2640"
import { faultName } from "../../../protocol/faults"
import { SensorCode } from "../../../protocol/grabber-page"
import { requestedSensor } from "../../../protocol/request-block"
import { Camera } from "../../../src/camera"

const grabber = new FrameGrabber()
await grabber.init()
const code = requestedSensor(await grabber.readRequest())
const camera = new Camera(
    code === SensorCode.OV2640 ? new OV2640() : new MT9V034()
)
camera.onFault(async fault => {
    console.log(`fault ${faultName(fault.cause)}`)
})
camera.onFrame(() => {})
await camera.configure(await camera.readRequest())
await camera.start()
