// SPDX-License-Identifier: MIT

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { missingInstallation } from "../../scripts/ensure-installed.mjs"

const VITE = { version: "7.0.0", integrity: "sha512-aaaa" }
const OTHER_PLATFORM = { version: "1.0.0", optional: true }

/** A project whose lock file pins `wanted` and whose node_modules has `installed`. */
function project(wanted: object, installed?: object): string {
    const root = mkdtempSync(join(tmpdir(), "camscript-install-"))
    writeFileSync(
        join(root, "package-lock.json"),
        JSON.stringify({ packages: { "": {}, ...wanted } })
    )
    if (installed === undefined) return root
    mkdirSync(join(root, "node_modules"))
    writeFileSync(
        join(root, "node_modules", ".package-lock.json"),
        JSON.stringify({ packages: installed })
    )
    return root
}

describe("what is installed", () => {
    it("is complete when every pinned package is there, whatever lies beside it", () => {
        const root = project(
            { "node_modules/vite": VITE, "node_modules/mac": OTHER_PLATFORM },
            { "node_modules/vite": VITE, "node_modules/more": VITE }
        )

        expect(missingInstallation(root)).toBeUndefined()
    })

    it("is nothing in a fresh clone", () => {
        expect(
            missingInstallation(project({ "node_modules/vite": VITE }))
        ).toBe("the npm packages are not installed")
    })

    it("lacks a package that the lock file has gained", () => {
        const root = project({ "node_modules/vite": VITE }, {})

        expect(missingInstallation(root)).toBe(
            "node_modules/vite is not installed"
        )
    })

    it("is stale when the lock file pins another version", () => {
        const root = project(
            { "node_modules/vite": VITE },
            { "node_modules/vite": { ...VITE, version: "6.9.9" } }
        )

        expect(missingInstallation(root)).toBe(
            "node_modules/vite is version 6.9.9, package-lock.json pins 7.0.0"
        )
    })
})
