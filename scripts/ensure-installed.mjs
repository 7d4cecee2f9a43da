// SPDX-License-Identifier: MIT
// Makes `npm start` and `npm test` work in a fresh clone: runs `npm ci` when node_modules lacks what package-lock.json pins.
// Plain Node, no dependencies. Content is compared, not file times: a checkout touches files that it does not change.
// (npm ci also removes the node_modules/@devicescript/* folders that DeviceScript builds write; the next build writes them again.)

import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/** @returns {Record<string, LockedPackage> | undefined} the packages of a lock file, by folder; undefined without the file */
function lockedPackages(/** @type {string} */ file) {
    try {
        return JSON.parse(readFileSync(file, "utf8")).packages
    } catch {
        return undefined
    }
}

/**
 * Compare what is installed with what package-lock.json pins.
 * @param {string} root folder with package-lock.json
 * @returns {string | undefined} what is missing, in words; undefined when all is there
 */
export function missingInstallation(root = projectRoot) {
    const wanted = lockedPackages(join(root, "package-lock.json"))
    if (!wanted) return undefined
    const installed = lockedPackages(
        join(root, "node_modules", ".package-lock.json")
    )
    if (!installed) return "the npm packages are not installed"
    for (const [folder, pinned] of Object.entries(wanted)) {
        if (folder === "") continue
        const found = installed[folder]
        // Packages for other platforms are pinned as optional and are rightly absent.
        if (!found && pinned.optional) continue
        if (!found) return `${folder} is not installed`
        if (
            found.version !== pinned.version ||
            found.integrity !== pinned.integrity
        )
            return `${folder} is version ${found.version}, package-lock.json pins ${pinned.version}`
    }
    return undefined
}

function ensureInstalled() {
    const missing = missingInstallation()
    if (!missing) return 0
    process.stderr.write(`camscript: ${missing}: running npm ci\n`)
    const { status, error } = spawnSync(
        "npm",
        ["ci", "--no-audit", "--no-fund"],
        {
            cwd: projectRoot,
            stdio: ["ignore", process.stderr, process.stderr],
            shell: process.platform === "win32",
        }
    )
    if (status === 0) return 0
    const reason = error ? error.message : `exit code ${status}`
    process.stderr.write(
        `camscript: npm ci failed (${reason}); its own words are above\n`
    )
    return 1
}

if (process.argv[1] === fileURLToPath(import.meta.url))
    process.exitCode = ensureInstalled()
