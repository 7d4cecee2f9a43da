// SPDX-License-Identifier: MIT
// The default program: captures what was asked for, and says now and then how it goes.

import { rounded } from "../drivers/format"
import { FrameGrabber } from "../drivers/grabber/grabber"
import { MT9V034 } from "../drivers/mt9v034/mt9v034"
import { OV2640 } from "../drivers/ov2640/ov2640"
import type { Sensor } from "../drivers/sensor"
import { Camera } from "./camera"
import { CameraServer } from "./camera-server"
import { SensorCode } from "../protocol/grabber-page"
import { DefaultRequest, PixelFormat, windowName } from "../protocol/capture"
import { requestedSensor } from "../protocol/request-block"

/** Frames between two lines on the console. */
const REPORT_FRAMES = 60

/** The sensor that the user named; the MT9V034 when he named none. */
async function namedSensor(): Promise<Sensor> {
    const grabber = new FrameGrabber()
    await grabber.init()
    const sensor = requestedSensor(await grabber.readRequest())
    return sensor === SensorCode.OV2640 ? new OV2640() : new MT9V034()
}

const sensor = await namedSensor()
const camera = new Camera(sensor)
const request = await camera.readRequest()
if (sensor.limits.hasEncoder) {
    // The whole field, compressed: no raw frame of it fits.
    if (!request.format && !request.window && !request.size)
        request.format = PixelFormat.JPEG
    if (!request.window && !request.size)
        request.size = { width: 640, height: 480 }
} else {
    if (!request.window)
        request.window = {
            width: DefaultRequest.WIDTH_PX,
            height: DefaultRequest.HEIGHT_PX,
        }
    // Compared, because a number with a fraction counts as false in DeviceScript.
    if ((request.fps ?? 0) === 0 && (request.timing ?? 0) === 0)
        request.fps = DefaultRequest.FPS
}

const mode = await camera.configure(request)
// In pieces: one format call of the VM takes seven values.
const exposure =
    mode.exposureUs > 0
        ? `${Math.round(mode.exposureUs)} us`
        : `automatic up to ${Math.round(mode.exposureMaxUs)} us`
const what = `${mode.strategy} ${windowName(mode.window)} at ${rounded(mode.fps)} fps`
const binned = mode.binning > 1 ? `, binned by ${mode.binning}` : ""
const memory = `${mode.buffers} x ${mode.bytesPerFrame} bytes`
console.log(
    `${sensor.limits.name} ${what}${binned}, exposure ${exposure}, ${memory}`
)

const service = new CameraServer(camera, request, mode)
let frames = 0
camera.onFrame(async frame => {
    await service.look(frame)
    frames++
    if (frames % REPORT_FRAMES !== 0) return
    // Whatever is done with the only buffer before it is back, within 2 ms, may cost the next frame.
    if (mode.buffers === 1) await frame.release()
    if (!service.hasGrayLevels()) {
        console.log(`frame ${frame.sequence}: ${frame.sizeBytes} bytes`)
        return
    }
    if (mode.buffers === 1) {
        console.log(
            `frame ${frame.sequence}: ${frame.droppedBefore} dropped before it`
        )
        return
    }
    const stats = await frame.stats(128)
    console.log(
        `frame ${frame.sequence}: mean ${rounded(stats.mean)}, ${stats.min}..${stats.max}`
    )
})
await camera.start()
service.start()
