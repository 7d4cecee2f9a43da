// SPDX-License-Identifier: MIT
// As esp32-camera #422, one step worse: the sensor sends YUV422, the receiver is told something else.
import { capture, requested } from "./ov2640-capture"
import { PixelFormat } from "../../../protocol/capture"

await capture(await requested(), async sensor => {
    await sensor.configure({ format: PixelFormat.YUV422 })
})
