// SPDX-License-Identifier: MIT
// A program that shows the OV2640's colours on a display.
import { OV2640 } from "../../../drivers/ov2640/ov2640"
import { Camera } from "../../../src/camera"
import { PixelFormat } from "../../../protocol/capture"

const camera = new Camera(new OV2640())
await camera.configure({
    window: { width: 240, height: 160 },
    size: { width: 240, height: 160 },
    format: PixelFormat.RGB565,
    display: { base: 0, widthPx: 240, heightPx: 200 },
})
camera.onFrame(() => {})
await camera.start()
