// SPDX-License-Identifier: MIT
// openmv #1350: the grabber is told rows of 94 bytes, as they were asked for.
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { FrameGrabber } from "../../../drivers/grabber/grabber"
import { PixelFormat, Strategy } from "../../../protocol/capture"

const sensor = new MT9V034()
const grabber = new FrameGrabber()
await sensor.init()
await grabber.init()
const window = { x: 230, y: 45, width: 94, height: 85 }
await sensor.configure({ window, fps: 60 })
await grabber.writeMode({
    strategy: Strategy.SENSOR_WINDOW,
    format: PixelFormat.GRAY8,
    buffers: 1,
    binning: 1,
    flags: 0,
    window,
    fps: 60,
    lineBytes: window.width,
    lines: window.height,
    cwstrt: 0,
    cwsize: 0,
    readoutUs: 0,
    busBytes: window.width * window.height,
    sync: sensor.limits.sync,
    frameRows: 0,
    settleFrames: 1,
})
await grabber.start()
