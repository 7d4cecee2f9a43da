// SPDX-License-Identifier: MIT
// Runs wasm2c of npm wabt: WebAssembly to C.

import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { CamscriptError } from "../../protocol/errors.ts"

/** The only version that the patches have been made for. */
export const WABT_VERSION = "1.0.39"

/**
 * Translate a WebAssembly module.
 * @param name of the module: names in C begin with "w2c_<name>_"
 * @param what it is, for errors
 * @returns C
 * @throws CamscriptError when wabt is missing, another version, or refuses the module
 */
export function wasm2c(
    wasm: Uint8Array,
    name = "vm",
    what = "the DeviceScript VM"
): string {
    const script = findWasm2c()
    const folder = mkdtempSync(join(tmpdir(), "camscript-wasm2c-"))
    try {
        writeFileSync(join(folder, "module.wasm"), wasm)
        execFileSync(
            process.execPath,
            [script, "module.wasm", "-n", name, "-o", "module.c"],
            { cwd: folder, stdio: "pipe" }
        )
        return readFileSync(join(folder, "module.c"), "utf8")
    } catch (error) {
        throw new CamscriptError(
            `wasm2c does not translate ${what}: ${error instanceof Error ? error.message : String(error)}`
        )
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

function findWasm2c(): string {
    let packageFile: string
    try {
        packageFile = createRequire(import.meta.url).resolve(
            "wabt/package.json"
        )
    } catch {
        throw new CamscriptError(
            `npm package wabt ${WABT_VERSION} is not installed: run "npm ci" in camscript's folder.`
        )
    }
    const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as {
        version: string
    }
    if (version !== WABT_VERSION)
        throw new CamscriptError(
            `npm package wabt is version ${version}, camscript needs exactly ${WABT_VERSION}: run "npm ci".`
        )
    return join(dirname(packageFile), "bin", "wasm2c")
}
