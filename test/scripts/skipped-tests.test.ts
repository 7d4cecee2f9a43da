// SPDX-License-Identifier: MIT
// Runs vitest on tests that are skipped, with the reporter of vitest.config.ts.

import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"

const TESTS = `
import { describe, it } from "vitest"

it("passes", () => {})
it("decodes", ({ skip }) => skip("no-such-tool is not installed"))
describe.skipIf(true)("a suite", () => {
    it("is left out", () => {})
})
`
const CONFIG = `
import { SkippedTests } from "../../test/support/vitest/skipped-tests.ts"

export default { test: { reporters: [new SkippedTests()] } }
`

let folder: string

beforeAll(() => {
    // Below the project, so that its packages are found.
    const cache = join(projectRoot, ".camscript")
    mkdirSync(cache, { recursive: true })
    folder = mkdtempSync(join(cache, "skipping-"))
    writeFileSync(join(folder, "some.test.ts"), TESTS)
    writeFileSync(join(folder, "vitest.config.ts"), CONFIG)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(...args: string[]): string {
    const vitest = join(projectRoot, "node_modules/vitest/vitest.mjs")
    const { stdout } = spawnSync(process.execPath, [vitest, "run", ...args], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1", VITEST: undefined },
    })
    return stdout
}

it("names each skipped test with its reason", () => {
    expect(run()).toBe(
        "Not run:\n" +
            "  some.test.ts > decodes: no-such-tool is not installed\n" +
            "  some.test.ts > a suite > is left out: no reason is given\n\n"
    )
})

it("says nothing of those that were not asked for", () => {
    expect(run("-t", "passes")).toBe("")
})
