// SPDX-License-Identifier: MIT
// A second of 160x120 at 120 fps, with faults as a file has them.

import { parseFaults } from "../../../sim/faults/fault-file.ts"
import {
    simulate,
    type SimulateOptions,
    type SimulateResult,
} from "../../../sim/testing.ts"

export function smallRun(
    faults: readonly object[],
    options: SimulateOptions = {}
): Promise<SimulateResult> {
    return simulate({
        window: { width: 160, height: 120 },
        fps: 120,
        exposureUs: 1000,
        seconds: 1,
        ...options,
        faults: parseFaults(faults, "test"),
    })
}
