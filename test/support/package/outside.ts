// SPDX-License-Identifier: MIT
// A place where the repository does not exist: commands run there as for somebody who has npm and the packed file only.

import { execFile, execFileSync, spawnSync } from "node:child_process"
import { delimiter, sep } from "node:path"
import { projectRoot } from "../../../toolchain/paths.ts"

export interface Outcome {
    readonly exitCode: number
    readonly stdout: string
    readonly stderr: string
}

/**
 * Pack camscript, as it is published.
 * @param folder that gets the file
 * @returns the file's name
 */
export function packInto(folder: string): string {
    const printed = execFileSync(
        "npm",
        ["pack", "--silent", "--pack-destination", folder],
        {
            cwd: projectRoot,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
        }
    )
    return printed.trim().split("\n").at(-1)!
}

/** Mounts an empty folder over the repository, for this command only; the installed package cannot be written. */
const HIDDEN = `
mount -t tmpfs none "$1" || exit 99
package=node_modules/camscript
if [ "$2" = used ]; then mount --bind $package $package && mount -o remount,bind,ro $package || exit 99; fi
shift 2
exec "$@"
`

/** May a process here mount in a name space of its own? */
export const canHide =
    spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .status === 0

/**
 * Run a command in a folder.
 * @param use "made": the package is being installed; "used": it is there, and is to stay as it is
 */
export function runOutside(
    folder: string,
    use: "made" | "used",
    command: readonly string[]
): Promise<Outcome> {
    const hidden = canHide
        ? ["unshare", "-rm", "sh", "-c", HIDDEN, "sh", projectRoot, use]
        : []
    const [program, ...args] = [...hidden, ...command]
    return new Promise(resolve => {
        execFile(
            program!,
            args,
            { cwd: folder, env: environment(), maxBuffer: 64e6 },
            (error, stdout, stderr) =>
                resolve({
                    exitCode: error ? Number(error.code ?? 1) : 0,
                    stdout,
                    stderr,
                })
        )
    })
}

/** Nothing of npm's or vitest's, which run this test, and no program of the repository. */
function environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(
        ([name]) =>
            !/^(?:npm_|INIT_CWD|NODE_|VITEST|CAMSCRIPT_|TEST$|MODE$|DEV$|PROD$|SSR$|BASE_URL$)/.test(
                name
            )
    )
    const path = (process.env["PATH"] ?? "")
        .split(delimiter)
        .filter(folder => !`${folder}${sep}`.startsWith(projectRoot + sep))
        .join(delimiter)
    return { ...Object.fromEntries(kept), PATH: path }
}
