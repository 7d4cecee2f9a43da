// SPDX-License-Identifier: MIT
// A program that takes its window in batches of rows, and says when frames do not come.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
request.batchRows = 30
camera.onLines(() => {})
await camera.configure(request)
await camera.start()
