// SPDX-License-Identifier: MIT
// A handler that does nothing but mark that it was called.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../src/camera"
import { mark } from "./mark"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
camera.onFrame(mark)
await camera.start()
