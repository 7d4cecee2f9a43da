// SPDX-License-Identifier: MIT
// Before all tests: compile the native code, the default program and the firmware once, so that test files find them in
// the cache. A first build of the VM takes longer than a test may.

import { buildFirmware } from "../toolchain/firmware/build-firmware.ts"
import { boardNames } from "../boards/board-file.ts"
import { CamscriptError } from "../protocol/errors.ts"
import { compileNative } from "../toolchain/wasm/compile-native.ts"
import { buildProgram } from "../toolchain/devicescript/build-program.ts"

export async function setup(): Promise<void> {
    await compileNative()
    await buildProgram("src/main.ts")
    try {
        for (const board of boardNames()) await buildFirmware({ board })
    } catch (error) {
        // Whoever has no ARM compiler can run the other tests; those that need the firmware say what is missing.
        if (!(error instanceof CamscriptError)) throw error
    }
}
