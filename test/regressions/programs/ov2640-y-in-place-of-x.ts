// SPDX-License-Identifier: MIT
// esp32-camera #224: bits 2:0 of VHYX are OFFSET_X[10:8], and get OFFSET_Y[10:8] once more.
import { capture, requested } from "./ov2640-capture"

const VHYX = 0x55

const options = await requested()
await capture(options, async sensor => {
    const vhyx = await sensor.readDsp(VHYX)
    await sensor.writeDsp(VHYX, (vhyx & 0xf8) | ((options.window.y >> 8) & 7))
})
