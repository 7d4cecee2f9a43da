// SPDX-License-Identifier: MIT
// The table of causes in docs/emulate.md is that of the code.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { CAUSES } from "../../../sim/foreign/causes/causes.ts"
import { projectRoot } from "../../../toolchain/paths.ts"

describe("docs/emulate.md", () => {
    it("has a row for each cause, in the order of the report", () => {
        const text = readFileSync(join(projectRoot, "docs/emulate.md"), "utf8")
        const [, section] = text.split("## Causes\n")
        const rows = [
            ...section!.matchAll(/^\| `(.+?)` +\| (.+?) +\| (.+?) +\|$/gm),
        ]

        expect(rows.map(([, ...cells]) => cells)).toEqual(
            CAUSES.map(({ name, what, evidence }) => [name, what, evidence])
        )
    })

    it("has names of their own", () => {
        expect(new Set(CAUSES.map(({ name }) => name)).size).toBe(CAUSES.length)
    })
})
