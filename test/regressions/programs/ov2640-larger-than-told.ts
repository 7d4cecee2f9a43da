// SPDX-License-Identifier: MIT
// esp32-camera #585: the sensor gets a window and a size of its own, the receiver keeps the ones it had.
import { capture, requested } from "./ov2640-capture"

const options = await requested()
const { x, y, width, height } = options.window
await capture(options, async sensor => {
    await sensor.configure({ window: { x, y, width: 2 * width, height } })
})
