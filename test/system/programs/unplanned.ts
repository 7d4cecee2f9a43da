// SPDX-License-Identifier: MIT
// Does what the request block says without asking the planner: the silicon and the grabber have to refuse it.

import { i2c } from "@devicescript/i2c"
import { FrameGrabber } from "../../../drivers/grabber/grabber"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
import { PixelFormat, Strategy } from "../../../protocol/capture"
import { decodeRequest } from "../../../protocol/request-block"

/** Fill in what is centred. */
function start(
    position: number | undefined,
    length: number,
    field: number
): number {
    return position === undefined
        ? Math.max(0, Math.floor((field - length) / 2))
        : position
}

/** Write one of the MT9V034's registers. */
async function write(register: number, value: number): Promise<void> {
    const bytes = Buffer.alloc(3)
    bytes[0] = register
    bytes[1] = value >> 8
    bytes[2] = value & 0xff
    await i2c.writeBuf(0x48, bytes)
}

const sensor = new MT9V034()
await sensor.init()
const grabber = new FrameGrabber()
await grabber.init()
const request = decodeRequest(await grabber.readRequest())
const window = request.window ?? { width: 0, height: 0 }
const { width, height } = window
const x = start(window.x, width, 752)
const y = start(window.y, height, 480)
const lineBytes = Math.max(4, width - (width % 4))
await write(0x01, x + 1)
await write(0x02, y + 4)
await write(0x03, height)
await write(0x04, width)
// No row is shorter than 704 clocks.
await write(0x05, Math.max(61, 704 - width))
await grabber.writeMode({
    strategy: request.strategy ?? Strategy.SENSOR_WINDOW,
    format: request.format ?? PixelFormat.GRAY8,
    buffers: 1,
    binning: 1,
    frameRows: 0,
    flags: 0,
    window: { x, y, width, height },
    fps: 60,
    lineBytes,
    lines: height,
    cwstrt: 0,
    cwsize: 0,
    readoutUs: 10000,
    busBytes: lineBytes * height,
    sync: 1,
    settleFrames: 1,
})
await grabber.start()
await sensor.start()
console.log("streaming")
