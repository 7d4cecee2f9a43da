// SPDX-License-Identifier: MIT
// The options of `camscript plan`: those of `run` that say what is wanted.

import { DEFAULT_CPI } from "../../../sim/observe/cpu-use.ts"
import { runOptions, type RunOptions } from "../run/run-options.ts"

type RunFlags = Parameters<typeof runOptions>[0]

/** What the planner is asked. */
export type PlanOptions = Pick<
    RunOptions,
    "board" | "sensor" | "request" | "json"
>

/**
 * Turn parsed flags into checked options.
 * @throws UsageError for an unknown board or sensor
 */
export function planOptions(
    flags: Omit<RunFlags, "scene" | "seed" | "out" | "target" | "cpi">
): PlanOptions {
    // Nothing runs, so that these do not matter.
    const runs = {
        scene: "chart",
        seed: 1,
        out: ".",
        target: "sim",
        cpi: DEFAULT_CPI,
    } as const
    return runOptions({ ...flags, ...runs }, process.cwd())
}
