// SPDX-License-Identifier: MIT
// `camscript run --press` and `--part`: the examples from the command line.

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { main } from "../../../../host/main.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

let folder: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-pins-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function runWith(app: string, ...more: string[]) {
    const terminal = recordingTerminal()
    const out = join(folder, "out")
    const code = await main(
        ["run", "--app", `src/examples/${app}.ts`, "--out", out, ...more],
        terminal
    )
    return { code, terminal }
}

describe("camscript run", () => {
    it("presses the buttons of --press", async () => {
        const { code, terminal } = await runWith(
            "led-and-button",
            ...["--seconds", "1.5"],
            ...["--press", "BUTTON@0.3", "--press", "BUTTON@0.9+0.2"]
        )
        expect(code).toBe(0)
        expect(terminal.stderr.match(/program: .*pressed at/g)).toHaveLength(2)
        expect(terminal.stdout).toMatch(/frames +20 delivered, 0 dropped/)
    })

    it("has the parts of --part on the sensor's bus", async () => {
        const { code, terminal } = await runWith(
            "temperature",
            ...["--seconds", "1.5", "--part", "shtc3:-3.2,81"]
        )
        expect(code).toBe(0)
        expect(terminal.stderr).toContain("-3.2 C, 81 %")
    })
})
