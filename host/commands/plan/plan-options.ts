// SPDX-License-Identifier: MIT
// The options of `camscript plan`: those that say what is wanted.

import type { Command } from "commander"
import {
    addRequestOptions,
    requestOptions,
    type RequestFlags,
    type RequestOptions,
} from "../../target-options.ts"

/** What the planner is asked. */
export interface PlanOptions extends RequestOptions {
    readonly json: boolean
}

/** What commander makes of the command line. */
export interface PlanFlags extends RequestFlags {
    json?: boolean
}

/** Add the options of `plan` to a command. */
export function addPlanOptions(command: Command): Command {
    return addRequestOptions(command).option(
        "--json",
        "print one JSON object on stdout and nothing else"
    )
}

/**
 * Turn parsed flags into checked options.
 * @throws UsageError for an unknown board or sensor
 */
export function planOptions(flags: PlanFlags): PlanOptions {
    return { ...requestOptions(flags), json: flags.json ?? false }
}
