// SPDX-License-Identifier: MIT
// PX4-Flow #44: the total shutter width of 480 rows is written to V2_CONTROL, a voltage of the HDR mode.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const V2_CONTROL = 0x32

const sensor = new MT9V034()
const camera = new Camera(sensor)
await camera.configure({ window: { width: 64, height: 64 }, fps: 60 })
await sensor.writeReg16(V2_CONTROL, 480)
await camera.start()
