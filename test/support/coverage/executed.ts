// SPDX-License-Identifier: MIT
// What the process of a test file leaves for the report on the whole run.

import type { FileCoverage } from "../../../sim/inside/coverage.ts"
import type { FunctionCounts } from "./executed-functions.ts"

/** In the environment of a run whose coverage is wanted: the folder in which each file leaves its own. */
export const COVERAGE_FOLDER = "CAMSCRIPT_COVERAGE_FOLDER"

/** The file in a folder of its own. */
export const EXECUTED = "executed"

export interface Executed {
    /** C, without the VM. */
    readonly functions: FunctionCounts
    /** TypeScript, as the bytecode's debug information has it. */
    readonly programs: ReadonlyMap<string, FileCoverage>
}
