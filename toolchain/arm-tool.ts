// SPDX-License-Identifier: MIT
// Runs one of the ARM compiler's programs.

import { execFileSync } from "node:child_process"
import { CamscriptError } from "../protocol/errors.ts"

/**
 * Run it.
 * @param folder where it runs
 * @param what is compiled, for the message: "kernel src/x.kernel.ts"
 * @returns what it prints
 * @throws CamscriptError when it is not installed, or refuses, with its own words
 */
export function runArmTool(
    tool: "arm-none-eabi-gcc" | "arm-none-eabi-objdump",
    flags: readonly string[],
    folder: string,
    what: string
): string {
    try {
        return execFileSync(tool, [...flags], {
            cwd: folder,
            stdio: "pipe",
            encoding: "utf8",
        })
    } catch (error) {
        const { code, stderr } = error as { code?: string; stderr?: string }
        throw new CamscriptError(
            code === "ENOENT"
                ? `${tool} is not installed; on Debian and Ubuntu: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi.`
                : `${tool} does not compile ${what}:\n${String(stderr).trim()}`
        )
    }
}
