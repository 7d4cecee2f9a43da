// SPDX-License-Identifier: MIT
// Causes of faults: one code, one name, one line in the docs each.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { FaultCause } from "../../protocol/faults.ts"
import { FAULT_NAMES } from "../../protocol/names.ts"
import { projectRoot } from "../../toolchain/paths.ts"

const NAMES = Object.values(FAULT_NAMES)

describe("causes of faults", () => {
    it("have a name of their own each, that of the enum in kebab case, and fit into a byte", () => {
        expect(new Set(NAMES).size).toBe(NAMES.length)
        for (const [code, name] of Object.entries(FAULT_NAMES)) {
            expect(FaultCause[Number(code)]).toBe(
                name.toUpperCase().replaceAll("-", "_")
            )
            expect(Number(code)).toBeLessThan(256)
        }
    })

    it("are all in docs/faults.md", () => {
        const text = readFileSync(join(projectRoot, "docs/faults.md"), "utf8")

        const missing = NAMES.filter(
            name => name !== "none" && !new RegExp(`\\b${name}\\b`).test(text)
        )
        expect(missing).toEqual([])
    })
})
