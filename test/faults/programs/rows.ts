// SPDX-License-Identifier: MIT
// Takes its window in batches of rows, and says each fault that it is told of.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { faultName } from "../../../protocol/faults"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
request.batchRows = 30
camera.onFault(async fault => {
    console.log(`fault ${faultName(fault.cause)}`)
})
camera.onLines(() => {})
await camera.configure(request)
await camera.start()
