// SPDX-License-Identifier: MIT

import { spawnSync } from "node:child_process"
import {
    copyFileSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { cFiles } from "../../scripts/lint-c.mjs"

const root = join(import.meta.dirname, "..", "..")

/** A project with the gate's own files and one C file. */
function project(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), "camscript-lint-c-"))
    for (const name of [".clang-format", ".cppcheck-suppressions"])
        copyFileSync(join(root, name), join(folder, name))
    for (const name of [
        "native",
        "firmware",
        "firmware/deep",
        "scripts",
        "toolchain",
    ])
        mkdirSync(join(folder, name))
    for (const name of ["scripts/lint-c.mjs", "toolchain/tools.mjs"])
        copyFileSync(join(root, name), join(folder, name))
    writeFileSync(join(folder, "firmware", "deep", "part.c"), text)
    return folder
}

function lint(folder: string, ...args: string[]) {
    const { status, stderr } = spawnSync(
        process.execPath,
        [join(folder, "scripts", "lint-c.mjs"), ...args],
        { encoding: "utf8" }
    )
    return { status, stderr }
}

const GOOD = `int add(int a, int b) { return a + b; }\n`
const CROOKED = `int add(int a,int b) {\n  return a+b; }\n`
const WRONG = `int first(void) {\n    int list[2] = {1, 2};\n    return list[2];\n}\n`

describe("the gate for C", () => {
    it("passes good code", () => {
        expect(lint(project(GOOD))).toEqual({ status: 0, stderr: "" })
    })

    it("refuses crooked code in any folder, and mends it when asked", () => {
        const folder = project(CROOKED)

        expect(lint(folder)).toMatchObject({
            status: 1,
            stderr: expect.stringMatching(/deep\/part\.c:1:.*npm run lint:c/s),
        })
        expect(lint(folder, "--fix").status).toBe(0)
        expect(readFileSync(join(folder, "firmware/deep/part.c"), "utf8")).toBe(
            GOOD
        )
    })

    it("refuses what cppcheck finds", () => {
        expect(lint(project(WRONG))).toMatchObject({
            status: 1,
            stderr: expect.stringMatching(/part\.c:3:.*arrayIndexOutOfBounds/),
        })
    })

    it("looks at the native code", () => {
        expect(cFiles()).toContain(join("native", "capture", "capture.c"))
    })
})
