// SPDX-License-Identifier: MIT
// Triggers a frame every REQ_QUALITY ms, as was asked for, and prints each fault that it is told.
import * as ds from "@devicescript/core"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { faultName } from "../../../protocol/faults"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
camera.onFault(async fault => {
    console.log(`fault ${faultName(fault.cause)}, recovered ${fault.recovered}`)
})
camera.onFrame(() => {})
const request = await camera.readRequest()
await camera.configure(request)
await camera.setTriggered(true)
await camera.start()
while (true) {
    await ds.sleep(request.quality ?? 40)
    await camera.trigger()
}
