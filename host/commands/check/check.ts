// SPDX-License-Identifier: MIT
// `camscript check`: what the device's compiler says of programs, types and missing awaits among it.

import { relative } from "node:path"
import { CamscriptError, ProgramError } from "../../../protocol/errors.ts"
import {
    buildProgram,
    generateDeviceLibraries,
} from "../../../toolchain/devicescript/build-program.ts"
import type { Terminal } from "../../terminal.ts"

/**
 * Compile programs, and make sure that the type checker and editors find DeviceScript's libraries.
 * @param apps absolute paths of the entry files
 * @throws CamscriptError when one does not compile, with all that is wrong in it
 */
export async function check(
    apps: readonly string[],
    terminal: Terminal
): Promise<void> {
    await generateDeviceLibraries()
    const wrong: string[] = []
    for (const app of apps)
        try {
            const { bytecode } = await buildProgram(app)
            terminal.out(
                `${relative(process.cwd(), app)}: compiles, ${bytecode.length} bytes\n`
            )
        } catch (error) {
            if (!(error instanceof ProgramError)) throw error
            wrong.push(error.message)
        }
    if (wrong.length > 0) throw new CamscriptError(wrong.join("\n"))
}
