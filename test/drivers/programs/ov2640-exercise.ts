// SPDX-License-Identifier: MIT
// Every verb of the OV2640's driver, with numbers that have fractions where they may; runs in DeviceScript and in vitest.

import { OV2640 } from "../../../drivers/ov2640/ov2640"
import { Flip, PixelFormat, TimingMode } from "../../../protocol/capture"

/** @returns the last message of a refusal */
export async function exercise(): Promise<string> {
    const sensor = new OV2640()
    await sensor.init()
    const field = { x: 0, y: 0, width: 1600, height: 1200 }
    await sensor.configure({
        window: field,
        outputWidthPx: 320,
        outputHeightPx: 240,
        xclkHz: 20000000,
        fps: 12.5,
    })
    await sensor.setExposure(1234.5)
    await sensor.setGain(2.5)
    await sensor.start()
    await sensor.configure({
        format: PixelFormat.JPEG,
        request: { quality: 50.5 },
        fps: 0.5,
    })
    await sensor.configure({
        format: PixelFormat.RGB565,
        lowByteFirst: true,
        outputWidthPx: 640.5,
        outputHeightPx: 480,
        timing: TimingMode.DEFAULT,
        fps: 7.5,
    })
    await sensor.configure({
        format: PixelFormat.AUTO,
        binning: 1,
        window: { x: 690.5, y: 491, width: 221, height: 219 },
    })
    await sensor.configure({
        window: { x: 1300, y: 900, width: 221, height: 219 },
        request: { flip: Flip.BOTH },
    })
    await sensor.setTestPattern(1)
    await sensor.configure({ binning: 2 })
    const read = { exposureUs: 0, gain: 0 }
    await sensor.readExposure(read)
    await sensor.setExposure(read.exposureUs)
    await sensor.setGain(read.gain)
    await sensor.stop()
    try {
        await sensor.configure({ outputWidthPx: 1604, outputHeightPx: 8 })
    } catch (e) {
        return (e as Error).message
    }
    return "nothing was thrown"
}
