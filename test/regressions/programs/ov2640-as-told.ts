// SPDX-License-Identifier: MIT
// The OV2640 set up by its driver alone.
import { capture, requested } from "./ov2640-capture"

await capture(await requested(), async () => {})
