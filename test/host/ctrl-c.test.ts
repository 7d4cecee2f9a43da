// SPDX-License-Identifier: MIT
// Ctrl-C while the simulated program gives the CPU no rest: nearly all the time the simulator is in the VM.

import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"
import { parseVcd } from "../support/waveforms/parsed-vcd.ts"

const script = join(projectRoot, "host", "camscript.mjs")
const app = join(projectRoot, "test/system/programs/never-rests.ts")

/** Start the command, and send SIGINT once the program has spoken. */
function interrupted(
    ...args: string[]
): Promise<{ code: number | null; stderr: string }> {
    return new Promise(resolve => {
        const child = spawn(process.execPath, [script, ...args, "--app", app])
        let stderr = ""
        child.stderr.on("data", (data: Buffer) => {
            const spoken = stderr.includes("here")
            stderr += data.toString()
            if (!spoken && stderr.includes("here")) child.kill("SIGINT")
        })
        child.on("close", code => resolve({ code, stderr }))
    })
}

describe("Ctrl-C in a program that never rests", () => {
    it("ends run with 130, a whole VCD and the folder of images as it was", async () => {
        const folder = mkdtempSync(join(tmpdir(), "camscript-ctrl-c-"))
        const vcd = join(folder, "run.vcd")
        const out = join(folder, "out")

        const { code, stderr } = await interrupted(
            "run",
            ...["--seconds", "3000", "--vcd", vcd, "--out", out]
        )

        expect(stderr).toMatch(
            /camscript: the run was interrupted \(SIGINT\): .*\n$/
        )
        expect(code).toBe(130)
        expect(existsSync(out)).toBe(false)
        const text = readFileSync(vcd, "utf8")
        expect(text).toMatch(/\n#\d+\n$/)
        const waveforms = await parseVcd(text)
        expect(waveforms.endNs).toBeGreaterThanOrEqual(0.1e9)
    })

    it("ends compare with 130", async () => {
        const folder = mkdtempSync(join(tmpdir(), "camscript-ctrl-c-"))

        const { code, stderr } = await interrupted(
            "compare",
            ...["--seconds", "3000", "--out", join(folder, "out")]
        )

        expect(stderr).toContain("camscript: the run was interrupted (SIGINT)")
        expect(code).toBe(130)
    })

    it("ends view with 0: that is how one leaves it", async () => {
        const { code, stderr } = await interrupted("view", "--port", "0")

        expect(stderr).not.toContain("camscript:")
        expect(code).toBe(0)
    })
})
