// SPDX-License-Identifier: MIT
// No folder is so full that nobody reads its list of files. test/ is free: its programs are lists by nature.

import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"

const FILES_MAX = 20

/** The folders outside test/ with more files of their own than that, each with their number. */
function crowdedFolders(files: readonly string[]): string[] {
    const counts = new Map<string, number>()
    for (const file of files) {
        const folder = dirname(file)
        counts.set(folder, (counts.get(folder) ?? 0) + 1)
    }
    return [...counts]
        .filter(([folder]) => !/^test(\/|$)/.test(folder))
        .filter(([, count]) => count > FILES_MAX)
        .map(([folder, count]) => `${folder}: ${count}`)
}

/** What git has, and what it would have of this checkout. */
function projectFiles(): string[] {
    const arguments_ = [
        // The checkout may be another user's, as in CI's container.
        ...["-c", "safe.directory=*", "ls-files", "-z"],
        ...["--cached", "--others", "--exclude-standard", "--deduplicate"],
    ]
    const names = execFileSync("git", arguments_, {
        cwd: projectRoot,
        encoding: "utf8",
    })
    return names
        .split("\0")
        .filter(name => name !== "" && existsSync(join(projectRoot, name)))
}

function filesOf(folder: string, count: number): string[] {
    return Array.from({ length: count }, (_, i) => `${folder}/${i}.ts`)
}

describe("folders", () => {
    it(`have ${FILES_MAX} files at most`, () => {
        const files = projectFiles()

        expect(files).toContain("firmware/main.c")
        expect(crowdedFolders(files)).toEqual([])
    })

    it("would be reported with one more, wherever they are", () => {
        expect(
            crowdedFolders([
                ...filesOf("sim/wires", 20),
                ...filesOf("firmware", 21),
                ...filesOf("host/targets/board", 22),
                ...filesOf(".", 21),
            ])
        ).toEqual(["firmware: 21", "host/targets/board: 22", ".: 21"])
    })

    it("count their own files, not those of the folders in them", () => {
        expect(
            crowdedFolders([...filesOf("sim", 15), ...filesOf("sim/wires", 15)])
        ).toEqual([])
    })

    it("of test/ may be longer", () => {
        expect(crowdedFolders(filesOf("test/system/programs", 30))).toEqual([])
    })
})
