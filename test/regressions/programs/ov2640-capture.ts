// SPDX-License-Identifier: MIT
// The OV2640 driver and the frame grabber without a planner between them, so that a mistake can be made on the way.
import * as ds from "@devicescript/core"
import { FrameGrabber } from "../../../drivers/grabber/grabber"
import { OV2640 } from "../../../drivers/ov2640/ov2640"
import type { SensorOptions } from "../../../drivers/sensor"
import { Frame } from "../../../src/frame"
import { PixelFormat, Strategy } from "../../../protocol/capture"
import { decodeRequest } from "../../../protocol/request-block"

/**
 * Capture for ever.
 *
 * @param options uncompressed
 * @param mistake what goes wrong between the set-up and the first frame
 */
export async function capture(
    options: SensorOptions,
    mistake: (sensor: OV2640) => Promise<void>
): Promise<void> {
    const sensor = new OV2640()
    const grabber = new FrameGrabber()
    await grabber.init()
    await sensor.init()
    const board = await grabber.readBoard()
    options.xclkHz = board.xclkHz
    const mode = await sensor.configure(options)
    const bytesPerPixel = sensor.limits.formatBytes(mode.format)
    await grabber.writeMode({
        strategy: Strategy.SENSOR_WINDOW,
        format: mode.format,
        buffers: 1,
        binning: 1,
        flags: 0,
        window: mode.window,
        fps: mode.timing.fps,
        lineBytes: mode.outputWidthPx * bytesPerPixel,
        lines: mode.outputHeightPx,
        cwstrt: 0,
        cwsize: 0,
        readoutUs: 0,
        busBytes: mode.outputWidthPx * mode.outputHeightPx * bytesPerPixel,
        sync: sensor.limits.sync,
        frameRows: 0,
        settleFrames: sensor.limits.settleFrames,
    })
    await mistake(sensor)
    await grabber.start()
    await sensor.start()
    const frame = new Frame(grabber)
    while (true) {
        if (await grabber.next(frame)) await frame.release()
        await ds.sleep(1)
    }
}

/** What the command line asks for, one pixel of the frame for one of the window. */
export async function requested(): Promise<SensorOptions> {
    const { window, format } = decodeRequest(
        await new FrameGrabber().readRequest()
    )
    return {
        window: {
            x: window?.x ?? 0,
            y: window?.y ?? 0,
            width: window?.width ?? 0,
            height: window?.height ?? 0,
        },
        binning: 1,
        format: format ?? PixelFormat.AUTO,
    }
}
