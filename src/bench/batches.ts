// SPDX-License-Identifier: MIT
// `camscript bench` measures it: batches of rows, each with a handler that does nothing.

import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"

const camera = new Camera(new MT9V034())
const request = await camera.readRequest()
// The request block has no rows of a batch. Gray frames have no quality: its place says them.
request.batchRows = request.quality
request.quality = 0
await camera.configure(request)
camera.onLines(async () => {})
await camera.start()
