// SPDX-License-Identifier: MIT
// The program that runs when nobody names another, and what it captures when nobody asks for something else.

import { join } from "node:path"
import { projectRoot } from "../paths.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"

/** Absolute path of the program that runs when --app is not given. */
export const DEFAULT_APP = join(projectRoot, "src", "main.ts")

/** What is asked for when the command line does not say; the rest is the program's choice. */
export const DEFAULT_REQUESTS: Readonly<
    Record<SensorName, Pick<CaptureRequest, "window" | "fps">>
> = {
    mt9v034: { window: { width: 220, height: 220 }, fps: 120 },
    ov2640: {},
}
