// SPDX-License-Identifier: MIT
// What a comparison found: the shape of `camscript compare --json` (docs/json.md).

import type { CaptureTiming } from "./capture-timing.ts"
import type { RunReport } from "../run/run-report.ts"
import type { StrategyName } from "../../../protocol/names.ts"

/** One strategy: what `camscript run --json` says of it, and when its capture is over. */
export interface ComparedStrategy extends RunReport, CaptureTiming {}

/** A strategy that was not run. */
export interface RejectedStrategy {
    readonly strategy: StrategyName
    /** The planner's words. */
    readonly reason: string
}

/** `camscript compare --json`. */
export interface CompareReport {
    /** In the order line, dcmi-crop, sensor-window, rows+crop, jpeg. */
    readonly strategies: readonly ComparedStrategy[]
    readonly rejected: readonly RejectedStrategy[]
}
