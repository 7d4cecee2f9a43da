// SPDX-License-Identifier: MIT
// Where camscript's own files are, which project it works for, and where its caches are.

import { existsSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * camscript's own folder, with its package.json: the C sources, boards, services and page that the tools read. Nothing is written
 * there when camscript is installed as a package: it may be read-only.
 */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** Is this the package that npm installs? Of Node's side it has no TypeScript, but what scripts/build-package.mjs has made of it. */
export const isPackage = !existsSync(join(projectRoot, "host", "main.ts"))

/** What scripts/build-package.mjs makes: in a clone it may be of an older state, and is not read. */
export const packageBuild = join(projectRoot, "dist")

/** DeviceScript's mark of a project. */
const PROJECT_MARK = "devsconfig.json"

/**
 * The project that a folder belongs to: the nearest one, there or above, that has a devsconfig.json; else camscript itself, when
 * it is a clone; else the nearest one with a package.json; else the folder itself.
 * @param from absolute path
 * @param own camscript's own folder
 */
export function projectOf(from: string, own = projectRoot): string {
    const marked = nearestWith(PROJECT_MARK, from)
    if (marked !== undefined) return marked
    if (basename(dirname(own)) !== "node_modules") return own
    return nearestWith("package.json", from) ?? from
}

function nearestWith(file: string, from: string): string | undefined {
    for (let folder = from; ; folder = dirname(folder)) {
        if (existsSync(join(folder, file))) return folder
        if (dirname(folder) === folder) return undefined
    }
}

/**
 * The project whose program is compiled, with its src/, boards/ and services/: that of the working folder, or of the folder that
 * CAMSCRIPT_PROJECT names.
 */
export const userProject = projectOf(
    resolve(process.env["CAMSCRIPT_PROJECT"] ?? process.cwd())
)

/** The project's results that can be made again from its sources: compiled C, bytecode. Ignored by git. CAMSCRIPT_CACHE names another. */
export const cacheFolder = resolve(
    process.env["CAMSCRIPT_CACHE"] ?? join(userProject, ".camscript", "cache")
)
