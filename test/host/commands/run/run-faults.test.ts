// SPDX-License-Identifier: MIT
// `camscript run --faults FILE`: what is refused, and what is printed, also when a fault ends the run.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { main } from "../../../../host/main.ts"
import type { RunReport } from "../../../../host/commands/run/run-report.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

let folder: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-faults-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function runWith(faults: object, ...more: string[]) {
    const file = join(folder, "faults.json")
    writeFileSync(file, JSON.stringify(faults))
    const terminal = recordingTerminal()
    const out = join(folder, "out")
    const code = await main(
        [
            ...["run", "--window", "64x64", "--seconds", "0.6", "--out", out],
            ...["--faults", file, ...more],
        ],
        terminal
    )
    return { code, terminal, out }
}

describe("camscript run --faults", () => {
    it("says what each fault did", async () => {
        const { code, terminal } = await runWith([
            { at: 0.3, fault: "row-lost", row: 7 },
            { at: 0.4, for: 0.03, fault: "data-stuck", line: 6, level: 1 },
            { at: 9, fault: "vsync-lost" },
        ])
        const text = terminal.stdout
        expect(code).toBe(0)
        expect(text).toMatch(
            /injected +row-lost at 0\.30\d+ s: noticed as \w+, 1 frame lost, right again after 1 frame, [\d.]+ ms\n/
        )
        expect(text).toMatch(
            /data-stuck at 0\.4000 s: .*[34] wrong frames handed over as good, [34] frames lost/
        )
        expect(text).toMatch(/vsync-lost, due at 9 s, found nothing to act on/)
    })

    it("has it in --json, and only then", async () => {
        const { terminal, out } = await runWith(
            [{ at: 0.3, fault: "row-lost" }],
            "--json"
        )
        const report = JSON.parse(terminal.stdout) as RunReport
        expect(report.faults).toMatchObject([
            { fault: "row-lost", at: 0.3, framesLost: 1, wrongFrames: 0 },
        ])
        expect(report.ended).toBeUndefined()
        expect(
            JSON.parse(readFileSync(join(out, "camscript-run.json"), "utf8"))
        ).toEqual(report)
    })

    it("reports a run that a fault ended, and fails with the reason", async () => {
        const { code, terminal } = await runWith(
            [{ at: 0.3, fault: "program-loop" }],
            "--json"
        )
        const report = JSON.parse(terminal.stdout) as RunReport
        expect(code).toBe(1)
        expect(report).toMatchObject({
            strategy: "sensor-window",
            window: { width: 64, height: 64 },
        })
        expect(report.ended).toMatch(/panic 60001/)
        expect(report.faults![0]!.detectedAs).toContain("endless-loop")
        expect(terminal.stderr).toMatch(/^camscript: .*panic 60001/m)
    })

    it("refuses a mistake in the file before anything runs", async () => {
        const { code, terminal } = await runWith([{ at: 1, fault: "row-los" }])
        expect(code).toBe(2)
        expect(terminal.stdout).toBe("")
        expect(terminal.stderr).toMatch(
            /^camscript: .*faults\.json: fault 0: fault "row-los" is unknown/
        )
    })

    it("is refused for a board at a serial port", async () => {
        const { code, terminal } = await runWith(
            [{ at: 1, fault: "row-lost" }],
            "--target",
            "/dev/none"
        )
        expect(code).toBe(2)
        expect(terminal.stderr).toMatch(
            /nothing here can break the board at \/dev\/none/
        )
    })
})
