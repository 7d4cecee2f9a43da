// SPDX-License-Identifier: MIT
// esp32-camera #468: width x height / 5 bytes for a JPEG of 160x120, and a quality that stays what it is.
import { OV2640 } from "../../../drivers/ov2640/ov2640"
import { Camera } from "../../../src/camera"
import { PixelFormat } from "../../../protocol/capture"

const camera = new Camera(new OV2640())
await camera.configure({
    size: { width: 160, height: 120 },
    format: PixelFormat.JPEG,
    quality: 80,
    fixedQuality: true,
    buffers: 1,
    ramBytes: 3840,
})
camera.onFrame(async () => {})
await camera.start()
