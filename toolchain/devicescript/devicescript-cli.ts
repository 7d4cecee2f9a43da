// SPDX-License-Identifier: MIT
// Where the DeviceScript command line tool is, and which version of it camscript works with.

import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { CamscriptError } from "../../protocol/errors.ts"

/** The only version whose VM and compiler camscript has been measured with. */
export const CLI_VERSION = "2.16.4"

export interface DeviceScriptCli {
    readonly folder: string
    /** The one file that holds compiler, libraries and VM. */
    readonly bundle: string
}

/**
 * Find npm @devicescript/cli.
 * @throws CamscriptError when it is not installed, or in another version
 */
export function findCli(): DeviceScriptCli {
    const packageFile = resolvePackageFile()
    const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as {
        version: string
    }
    if (version !== CLI_VERSION)
        throw new CamscriptError(
            `npm package @devicescript/cli is version ${version}, camscript needs exactly ${CLI_VERSION}: ` +
                `run "npm ci", which installs what package-lock.json says.`
        )
    const folder = dirname(packageFile)
    return { folder, bundle: join(folder, "built", "devicescript-cli.cjs") }
}

function resolvePackageFile(): string {
    try {
        return createRequire(import.meta.url).resolve(
            "@devicescript/cli/package.json"
        )
    } catch {
        throw new CamscriptError(
            `npm package @devicescript/cli ${CLI_VERSION} is not installed: run "npm ci" in camscript's folder.`
        )
    }
}
