// SPDX-License-Identifier: MIT
// Which project a folder belongs to.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { projectOf, projectRoot, userProject } from "../../toolchain/paths.ts"

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "camscript-paths-"))))
afterEach(() => rmSync(root, { recursive: true }))

function folder(path: string, ...files: string[]): string {
    const made = join(root, path)
    mkdirSync(made, { recursive: true })
    for (const file of files) writeFileSync(join(made, file), "{}")
    return made
}

const clone = "/home/somebody/camscript"
const installed = "/home/somebody/project/node_modules/camscript"

describe("the project of a folder", () => {
    it("is the nearest one with a devsconfig.json, from any folder below it", () => {
        const project = folder("project", "devsconfig.json", "package.json")
        const below = folder("project/src/deep")
        expect(projectOf(below, installed)).toBe(project)
        expect(projectOf(below, clone)).toBe(project)
    })

    it("is the clone, when a clone is called from somewhere else", () => {
        expect(projectOf(folder("somewhere", "package.json"), clone)).toBe(
            clone
        )
    })

    it("is the nearest one with a package.json, for an installed package", () => {
        const project = folder("plain", "package.json")
        expect(projectOf(folder("plain/test"), installed)).toBe(project)
    })

    it("is the folder itself when there is no project", () => {
        const empty = folder("empty")
        expect(projectOf(empty, installed)).toBe(empty)
    })

    it("is this repository in its own tests", () => {
        expect(userProject).toBe(projectRoot)
    })
})
