// SPDX-License-Identifier: MIT
// The DeviceScript programs of the regression tests, compiled before the first test needs them.

import { buildProgram } from "../../toolchain/devicescript/build-program.ts"

export const PROGRAMS = "test/regressions/programs"

/** Compile programs; what is compiled already costs nothing. */
export async function compile(...names: readonly string[]): Promise<void> {
    for (const name of names) await buildProgram(`${PROGRAMS}/${name}.ts`)
}
