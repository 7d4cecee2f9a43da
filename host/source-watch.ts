// SPDX-License-Identifier: MIT
// Tells when somebody has saved another text into a source of the program. It looks at the files now and then: that works in every
// file system and with every way in which editors save, and costs nothing to speak of.

import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { userProject } from "../toolchain/paths.ts"

/** Between two looks, ms. */
const LOOK_MS = 200

/** Hash of each file's content, by absolute path. */
type State = Map<string, string>

/** Watches one program. */
export class SourceWatch {
    private readonly imported = new Set<string>()
    private readonly hashes = new Map<string, { stamp: string; hash: string }>()
    private seen: State

    /**
     * What is in the files now counts as seen.
     * @param app absolute path of the entry file: all TypeScript beside and below it is watched, the project's services and boards, too
     */
    constructor(private readonly app: string) {
        this.seen = this.state()
    }

    /** Watch also what a build has read elsewhere. @param files paths from the project's folder */
    add(files: readonly string[]): void {
        for (const name of files) {
            if (name.split("/").includes("node_modules")) continue
            const file = join(userProject, name)
            this.imported.add(file)
            // What was saved while it was built is news still.
            if (!this.seen.has(file)) this.seen.set(file, this.hashOf(file))
        }
    }

    /**
     * Wait until a file has another content than when this was last returned, and stays so for one look.
     * @returns false when the signal ended it
     */
    async next(signal: AbortSignal): Promise<boolean> {
        for (let last = this.seen; !signal.aborted;) {
            const state = this.state()
            if (!isSame(state, this.seen) && isSame(state, last)) {
                this.seen = state
                return true
            }
            last = state
            await delay(LOOK_MS, undefined, { signal }).catch(() => {})
        }
        return false
    }

    private state(): State {
        const files = [
            ...filesBelow(dirname(this.app), /\.tsx?$/),
            ...[...this.imported].filter(file => existsSync(file)),
            ...filesBelow(join(userProject, "services"), /\.md$/),
            ...filesBelow(join(userProject, "boards"), /\.json$/),
        ]
        return new Map(files.map(file => [file, this.hashOf(file)]))
    }

    /** Read anew only when the file system says that it is another. */
    private hashOf(file: string): string {
        try {
            const { mtimeMs, size, ino } = statSync(file)
            const stamp = `${mtimeMs} ${size} ${ino}`
            const known = this.hashes.get(file)
            if (known?.stamp === stamp) return known.hash
            const hash = createHash("sha256")
                .update(readFileSync(file))
                .digest("hex")
            this.hashes.set(file, { stamp, hash })
            return hash
        } catch {
            // Saved just now by way of another file: the next look has it.
            return ""
        }
    }
}

function isSame(a: State, b: State): boolean {
    return (
        a.size === b.size &&
        [...a].every(([file, hash]) => b.get(file) === hash)
    )
}

/** Tools' folders are none of the program's. */
function filesBelow(folder: string, name: RegExp): string[] {
    if (!existsSync(folder)) return []
    return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
        const path = join(folder, entry.name)
        if (entry.isDirectory())
            return /^\.|^node_modules$/.test(entry.name)
                ? []
                : filesBelow(path, name)
        return name.test(entry.name) ? [path] : []
    })
}
