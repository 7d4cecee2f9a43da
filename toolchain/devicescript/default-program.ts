// SPDX-License-Identifier: MIT
// The program that runs when nobody names another, and what it captures when nobody asks for something else.

import { existsSync } from "node:fs"
import { join } from "node:path"
import { projectRoot, userProject } from "../paths.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"

const [projects, own] = [userProject, projectRoot].map(folder =>
    join(folder, "src", "main.ts")
) as [string, string]

/** Absolute path of the program that runs when --app is not given: the project's src/main.ts, or camscript's when it has none. */
export const DEFAULT_APP = existsSync(projects) ? projects : own

/** What is asked for when the command line does not say; the rest is the program's choice. */
export const DEFAULT_REQUESTS: Readonly<
    Record<SensorName, Pick<CaptureRequest, "window" | "fps">>
> = {
    mt9v034: { window: { width: 220, height: 220 }, fps: 120 },
    ov2640: {},
}
