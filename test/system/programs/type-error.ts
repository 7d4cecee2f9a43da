// SPDX-License-Identifier: MIT
// A program that does not compile.
import { Camera } from "../../../src/camera"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"

const camera = new Camera(new MT9V034())
await camera.configure({ window: "220x220", fps: 120 })
