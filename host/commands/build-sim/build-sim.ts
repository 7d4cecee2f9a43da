// SPDX-License-Identifier: MIT
// `camscript build-sim`: everything that is made from the sources, made now instead of at the first run.

import { compileNative } from "../../../toolchain/wasm/compile-native.ts"
import {
    buildProgram,
    generateDeviceLibraries,
} from "../../../toolchain/devicescript/build-program.ts"
import { DEFAULT_APP } from "../../../toolchain/devicescript/default-program.ts"

/**
 * Compile the native code and the default program (both cached), and write DeviceScript's libraries into
 * node_modules, where editors and the type checker look for them.
 * @throws CamscriptError with the compiler's words
 */
export async function buildSim(): Promise<void> {
    await compileNative()
    await buildProgram(DEFAULT_APP)
    await generateDeviceLibraries()
}
