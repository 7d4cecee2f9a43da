// SPDX-License-Identifier: MIT
// Before all tests: compile the native code and the default program once, so that test files find them in the cache.

import { compileNative } from "../sim/native/compile.ts"
import { buildProgram } from "../sim/vm/build-program.ts"

export async function setup(): Promise<void> {
    await compileNative()
    await buildProgram("src/main.ts")
}
