// SPDX-License-Identifier: MIT
// Runs vitest on a file of tests that fail on purpose, as a user's would.

import { spawnSync } from "node:child_process"
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"
import { decodeI2c } from "../support/waveforms/i2c-decoder.ts"
import { parseVcd } from "../support/waveforms/parsed-vcd.ts"

const TESTS = `
import { beforeAll, describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate } from "../../sim/testing.ts"

it("sees a frame too few", async () => {
    const { frames } = await simulate({ frames: 2 })
    await simulate({ frames: 1 })
    expect(frames).toHaveLength(3)
})
it("runs too often", async () => {
    for (let run = 0; run < 6; run++) await simulate({ frames: 1 })
    expect(1).toBe(2)
})
it("finds no sensor", async () => {
    await simulate({ sensorAddress: null, frames: 1 })
})
it("passes", async () => {
    await simulate({ frames: 1 })
})
describe("after a run for all tests", () => {
    beforeAll(async () => {
        await simulate({ frames: 1 })
    })
    it("fails too", () => {
        expect(1).toBe(2)
    })
})
`

describe("a test that fails", () => {
    let folder: string
    let output: string
    const left = (name: string) => join(folder, "out", "failed-tests", name)

    beforeAll(() => {
        // Below the project, so that its packages are found.
        const cache = join(projectRoot, ".camscript")
        mkdirSync(cache, { recursive: true })
        folder = mkdtempSync(join(cache, "failing-"))
        writeFileSync(join(folder, "failing.test.ts"), TESTS)
        writeFileSync(
            join(folder, "vitest.config.mjs"),
            "export default { test: { include: ['*.test.ts'] } }\n"
        )
        const vitest = join(projectRoot, "node_modules/vitest/vitest.mjs")
        const run = spawnSync(process.execPath, [vitest, "run"], {
            cwd: folder,
            encoding: "utf8",
            env: { ...process.env, NO_COLOR: "1", VITEST: undefined },
        })
        output = run.stdout + run.stderr
    })

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it("says beside its message where the waveforms of its newest runs are", () => {
        expect(output).toContain("4 failed")
        expect(output).toMatch(
            /to have a length of 3 but got 2\nwaveforms: \S*sees-a-frame-too-few.vcd, \S*sees-a-frame-too-few-2.vcd\n/
        )
        expect(output).toMatch(/waveforms: \S*finds-no-sensor.vcd\n/)
        expect(readdirSync(join(folder, "out", "failed-tests")).sort()).toEqual(
            [
                "fails-too.vcd",
                "finds-no-sensor.vcd",
                "runs-too-often-2.vcd",
                "runs-too-often-3.vcd",
                "runs-too-often-4.vcd",
                "runs-too-often.vcd",
                "sees-a-frame-too-few-2.vcd",
                "sees-a-frame-too-few.vcd",
            ]
        )
    })

    it("leaves the whole run, also one that ended by an error", async () => {
        const whole = await parseVcd(
            readFileSync(left("sees-a-frame-too-few.vcd"), "utf8")
        )
        const broken = await parseVcd(
            readFileSync(left("finds-no-sensor.vcd"), "utf8")
        )

        expect(whole.pulses("vm.callback")).toHaveLength(2)
        expect(decodeI2c(broken)[0]!.acknowledged).toEqual([false])
    })

    it("that passes leaves none", () => {
        expect(existsSync(left("passes.vcd"))).toBe(false)
    })
})
