// SPDX-License-Identifier: MIT
// The OV2640 with the bytes of each pixel in the order of a little-endian CPU and of a display's memory.
import { capture, requested } from "./ov2640-capture"

const options = await requested()
options.lowByteFirst = true
await capture(options, async () => {})
