// SPDX-License-Identifier: MIT
// Makes a folder with those above it. Node's own recursive mkdir never returns below /proc:
// mkdir says ENOENT there although no folder above is missing.

import { mkdirSync, statSync } from "node:fs"
import { dirname } from "node:path"

/**
 * @param folder absolute path
 * @returns the first folder that had to be made; undefined: all were there
 * @throws Error of the system call that failed
 */
export function makeFolder(folder: string): string | undefined {
    const missing: string[] = []
    for (let path = folder; ; path = dirname(path)) {
        const stat = statSync(path, { throwIfNoEntry: false })
        if (stat?.isDirectory()) break
        missing.push(path)
        if (dirname(path) === path) break
    }
    for (const path of missing.toReversed()) makeOne(path)
    return missing.at(-1)
}

/** Another run may be faster. */
function makeOne(path: string): void {
    try {
        mkdirSync(path)
    } catch (error) {
        if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
            throw error
    }
}
