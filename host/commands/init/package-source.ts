// SPDX-License-Identifier: MIT
// Where npm gets camscript from for a new project: from where it has got the one that runs.

import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join, relative, resolve, sep } from "node:path"
import { UsageError } from "../../../protocol/errors.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

interface PackageJson {
    readonly version: string
    readonly dependencies?: Readonly<Record<string, string>>
    readonly devDependencies?: Readonly<Record<string, string>>
}

/**
 * What a project's package.json says of camscript: a version, or the packed file.
 * @param folder of the project
 * @param own camscript's own folder
 * @throws UsageError in a clone that has not been packed
 */
export function packageSource(folder: string, own = projectRoot): string {
    const { version } = readPackage(own)!
    const modules = dirname(own)
    if (basename(modules) === "node_modules") {
        // npx has a project of its own, somewhere in npm's cache.
        const installer = dirname(modules)
        const { dependencies, devDependencies } = readPackage(installer) ?? {}
        const source =
            dependencies?.["camscript"] ?? devDependencies?.["camscript"]
        const file = source?.startsWith("file:") && source.slice("file:".length)
        return file ? fileSource(folder, resolve(installer, file)) : version
    }
    const packed = join(own, `camscript-${version}.tgz`)
    if (existsSync(packed)) return fileSource(folder, packed)
    throw new UsageError(
        `camscript runs from a clone here, which npm does not install: make the package by "npm pack" in ${own}, and begin again.`
    )
}

function fileSource(folder: string, file: string): string {
    return `file:${relative(folder, file).split(sep).join("/")}`
}

function readPackage(folder: string): PackageJson | undefined {
    try {
        const text = readFileSync(join(folder, "package.json"), "utf8")
        return JSON.parse(text) as PackageJson
    } catch {
        return undefined
    }
}
