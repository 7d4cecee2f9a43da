// SPDX-License-Identifier: MIT
// The last lines of a run of all tests: what of the firmware and of its programs the emulated boards executed.

import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Reporter } from "vitest/node"
import { COVERAGE_FOLDER } from "./executed.ts"

const PRINTER = "test/support/coverage/print-coverage.ts"

/** A vitest reporter, for runs with CAMSCRIPT_COVERAGE. */
export class CoverageReport implements Reporter {
    private folder = ""

    onInit(): void {
        if (process.env["CAMSCRIPT_COVERAGE"] === undefined) return
        this.folder = mkdtempSync(join(tmpdir(), "camscript-coverage-"))
        process.env[COVERAGE_FOLDER] = this.folder
    }

    onTestRunEnd(): void {
        if (this.folder === "") return
        // In a process of its own: a run of one test does not load the tools.
        if (readdirSync(this.folder).length > 0)
            execFileSync("npx", ["tsx", PRINTER, this.folder], {
                stdio: "inherit",
            })
        rmSync(this.folder, { recursive: true })
    }
}
