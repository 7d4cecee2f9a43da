// SPDX-License-Identifier: MIT
// `camscript bench` measures it: the camera with a handler of one call, and nothing else.

import * as ds from "@devicescript/core"
import type { I2cCall } from "../../drivers/i2c-call"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { GrabberPage, GrabberReg } from "../../protocol/grabber-page"
import { Camera } from "../camera"

/** How many frames wait. The emulated board sees the call, and with it when the handler began. */
const request = Buffer.alloc(1)
request[0] = GrabberReg.QUEUED
const waiting = Buffer.alloc(1)

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
camera.onFrame(async () => {
    await (ds as I2cCall)._i2cTransaction(GrabberPage.ADDRESS, request, waiting)
})
await camera.start()
