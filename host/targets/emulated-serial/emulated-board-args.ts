// SPDX-License-Identifier: MIT
// The command line of the process that an emulated board has of its own.

import { requestArguments } from "../../../protocol/request-options.ts"
import type { TargetOptions } from "../../target-options.ts"

/** What an emulated board is made of. */
export interface EmulatedOptions extends Omit<TargetOptions, "faults"> {
    /** Absolute path; undefined: none. */
    readonly faultsFile: string | undefined
}

/** The same board for `camscript emulated-board`: its options. */
export function emulatedBoardArgs(options: EmulatedOptions): string[] {
    const { board, sensor, scene, seed, app, cpi, request } = options
    const faults = options.faultsFile
    const own = {
        ...{ board, sensor, scene, seed, app },
        ...(cpi !== undefined && { cpi }),
        ...(faults !== undefined && { faults }),
    }
    return [
        ...Object.entries(own).flatMap(([name, value]) => [
            `--${name}`,
            String(value),
        ]),
        ...requestArguments(request),
    ]
}
