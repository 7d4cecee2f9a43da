// SPDX-License-Identifier: MIT

import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Candidates } from "../../../../host/commands/compare/candidates.ts"
import { compare } from "../../../../host/commands/compare/compare.ts"
import { main } from "../../../../host/main.ts"
import { type RunOptions } from "../../../../host/commands/run/run-options.ts"
import { CaptureTrace } from "../../../../sim/trace/capture-trace.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"
import { DEFAULT_APP } from "../../../../toolchain/devicescript/default-program.ts"
import { TimingMode } from "../../../../protocol/capture.ts"

const programs = join(import.meta.dirname, "../../../system/programs")

let out: string

beforeEach(() => {
    out = join(mkdtempSync(join(tmpdir(), "camscript-compare-")), "out")
})

function options(changes: Partial<RunOptions> = {}): RunOptions {
    return {
        board: "nucleo-f446re",
        sensor: "mt9v034",
        request: {
            window: { width: 64, height: 48 },
            timing: TimingMode.FASTEST,
        },
        frames: 3,
        seconds: undefined,
        every: undefined,
        scene: "chart",
        seed: 1,
        out,
        app: DEFAULT_APP,
        target: "sim",
        json: false,
        quiet: false,
        ...changes,
    }
}

const BOTH: Candidates = {
    possible: ["dcmi-crop", "sensor-window"],
    rejected: [{ strategy: "jpeg", reason: "it has no encoder" }],
}

async function compareBoth(changes: Partial<RunOptions> = {}) {
    const terminal = recordingTerminal()
    await compare(options(changes), terminal, () => BOTH)
    return terminal
}

describe("compare", () => {
    it("prints a table on stdout and what the programs say on stderr", async () => {
        const terminal = await compareBoth()

        expect(terminal.stdout).toMatch(
            /^MT9V034 on nucleo-f446re, window 64x48\+344\+216/
        )
        expect(terminal.stdout).toMatch(/dcmi-crop sensor-window\n/)
        expect(terminal.stdout).toContain(
            "jpeg           not possible: it has no encoder"
        )
        expect(terminal.stderr).toMatch(/^program: .*dcmi-crop/)
        expect(terminal.stderr).toMatch(/\nprogram: .*sensor-window/)
    })

    it("prints one JSON object and nothing else with --json", async () => {
        const terminal = await compareBoth({ json: true })

        expect(terminal.stderr).toBe("")
        expect(terminal.stdout.trimEnd().split("\n")).toHaveLength(1)
        const report = JSON.parse(terminal.stdout) as {
            strategies: object[]
            rejected: object[]
        }
        expect(Object.keys(report)).toEqual(["strategies", "rejected"])
        expect(report.rejected).toEqual(BOTH.rejected)
        for (const strategy of report.strategies)
            expect(Object.keys(strategy)).toEqual([
                "sensor",
                "strategy",
                "window",
                "binning",
                "fps",
                "sensorFrames",
                "ends",
                "frames",
                "dropped",
                "skipped",
                "settling",
                "overruns",
                "resyncs",
                "torn",
                "busBytesPerFrame",
                "storedBytesPerFrame",
                "irqsPerFrame",
                "ram",
                "pixelErrors",
                "warnings",
                "files",
                "captureUs",
                "slackToLastLineUs",
                "slackToNextFrameUs",
            ])
    })

    it("leaves images, scope images and its report", async () => {
        const terminal = await compareBoth({ json: true })

        expect(readdirSync(out).sort()).toEqual([
            "camscript-compare.json",
            "compare-dcmi-crop.png",
            "compare-dcmi-crop.svg",
            "compare-sensor-window.png",
            "compare-sensor-window.svg",
        ])
        const report = readFileSync(join(out, "camscript-compare.json"), "utf8")
        expect(JSON.parse(report)).toEqual(JSON.parse(terminal.stdout))
    })
})

describe("a long comparison", () => {
    it("keeps the signals of the last second only", async () => {
        const forget = vi.spyOn(CaptureTrace.prototype, "forget")
        await compareBoth({ json: true, frames: undefined, seconds: 4 })
        const traces = [...new Set(forget.mock.contexts as CaptureTrace[])]
        forget.mockRestore()

        expect(traces).toHaveLength(2)
        for (const { frames, signals } of traces) {
            const startNs = frames[0]!.sent.startNs
            // A second before the measured frame, and less than 0.2 s until the run ends two frames later.
            expect(4e9 - startNs).toBeLessThan(1.2e9)
            for (const { changes } of signals)
                expect(changes[1]?.[0] ?? Infinity).toBeGreaterThan(
                    startNs - 0.1e9
                )
        }
    })
})

describe("a comparison that fails", () => {
    it("names the strategy, and leaves no folder", async () => {
        const app = join(programs, "throwing-handler.ts")

        await expect(compareBoth({ app, frames: 30 })).rejects.toThrow(
            /^dcmi-crop: .*displeases me/s
        )
        expect(existsSync(out)).toBe(false)
    })

    it("has a program that chooses for itself", async () => {
        const app = join(programs, "slow-handler.ts")

        await expect(compareBoth({ app })).rejects.toThrow(
            /^dcmi-crop: the program took sensor-window instead; .*readRequest/
        )
    })

    it("says so when too few frames came", async () => {
        const short = compareBoth({ frames: undefined, seconds: 0.06 })

        await expect(short).rejects.toThrow(
            /^dcmi-crop: \d frames? .* needs at least 3$/
        )
        expect(existsSync(out)).toBe(false)
    })
})

describe("a comparison of nothing", () => {
    it("exits with 2 and says each reason once", async () => {
        const terminal = recordingTerminal()

        const exitCode = await main(
            ["compare", "--window", "700x400", "--out", out],
            terminal
        )

        expect(exitCode).toBe(2)
        expect(terminal.stdout).toBe("")
        expect(terminal.stderr).toMatch(
            /^camscript: no strategy is possible: .*280000.* \(line\); .*280000.* \(dcmi-crop, sensor-window, rows\+crop\); .*encoder.* \(jpeg\); the largest window of this shape that fits is \d+x\d+\n$/
        )
        expect(existsSync(out)).toBe(false)
    })
})
