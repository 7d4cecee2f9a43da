// SPDX-License-Identifier: MIT

import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import type { RunOptions } from "../../../../host/commands/run/run-options.ts"
import { run } from "../../../../host/commands/run/run.ts"
import { CamscriptError } from "../../../../protocol/errors.ts"
import {
    fakeOpen,
    type FakeOptions,
} from "../../../support/host/fake-simulation.ts"
import { recordingTerminal } from "../../../support/host/recording-terminal.ts"

let out: string

beforeEach(() => {
    out = join(mkdtempSync(join(tmpdir(), "camscript-run-")), "out")
})

function options(changes: Partial<RunOptions> = {}): RunOptions {
    return {
        board: "nucleo-f446re",
        sensor: "mt9v034",
        request: {},
        frames: 30,
        seconds: undefined,
        every: undefined,
        scene: "chart",
        seed: 1,
        out,
        app: "src/main.ts",
        target: "sim",
        json: false,
        quiet: false,
        ...changes,
    }
}

async function runFake(
    changes: Partial<RunOptions> = {},
    fake: FakeOptions = {},
    terminal = recordingTerminal()
) {
    await run(options(changes), terminal, fakeOpen(fake))
    return terminal
}

function images(): string[] {
    return readdirSync(out).filter(name => name.endsWith(".png"))
}

describe("run", () => {
    it("saves the first and the last frame", async () => {
        await runFake()

        expect(images()).toEqual(["frame-000002.png", "frame-000031.png"])
    })

    it("also saves every Nth frame", async () => {
        await runFake({ every: 10 })

        expect(images()).toEqual([
            "frame-000002.png",
            "frame-000012.png",
            "frame-000022.png",
            "frame-000031.png",
        ])
    })

    it("saves one image of one frame", async () => {
        await runFake({ frames: 1 })

        expect(images()).toEqual(["frame-000002.png"])
    })

    it("saves what the display showed at the end, and lists it last", async () => {
        const terminal = await runFake(
            { json: true },
            { display: { widthPx: 2, heightPx: 1, rgb: new Uint8Array(6) } }
        )

        const { files } = JSON.parse(terminal.stdout) as { files: string[] }
        expect(files.at(-1)).toBe(join(out, "display.png"))
        expect(images()).toContain("display.png")
    })

    it("stops after so many seconds when no frames are asked for", async () => {
        const terminal = await runFake({
            frames: undefined,
            seconds: 0.25,
            json: true,
        })

        expect(JSON.parse(terminal.stdout)).toMatchObject({ frames: 25 })
    })

    it("stops at whichever of frames and seconds comes first", async () => {
        const terminal = await runFake({ frames: 5, seconds: 1, json: true })

        expect(JSON.parse(terminal.stdout)).toMatchObject({ frames: 5 })
    })

    it("leaves its report beside the images", async () => {
        const terminal = await runFake({ json: true })

        const report = readFileSync(join(out, "camscript-run.json"), "utf8")
        expect(JSON.parse(report)).toEqual(JSON.parse(terminal.stdout))
    })
})

describe("what a run writes", () => {
    it("is the table on stdout and the program's console on stderr in a pipe", async () => {
        const terminal = await runFake()

        expect(terminal.stdout).toMatch(/^MT9V034 on nucleo-f446re/)
        expect(terminal.stdout).not.toContain("hello")
        expect(terminal.stderr).toBe("program: hello from the program\n")
        expect(terminal.stdout + terminal.stderr).not.toContain("\u001b")
    })

    it("has a preview above the table on a terminal", async () => {
        const terminal = await runFake(
            {},
            {},
            recordingTerminal({ outIsTty: true })
        )

        // 8x4 pixels of level 31: the second letter of the ramp, two lines.
        expect(terminal.stdout).toMatch(/^ {2}\.{8}\n {2}\.{8}\n\nMT9V034/)
    })

    it("is only the table when it shall be quiet", async () => {
        const terminal = await runFake(
            { quiet: true },
            {},
            recordingTerminal({ outIsTty: true, errIsTty: true })
        )

        expect(terminal.stdout).toMatch(/^MT9V034/)
        expect(terminal.stderr).toBe("")
    })

    it("is one JSON object and nothing else with --json", async () => {
        const terminal = await runFake({ json: true })

        expect(terminal.stdout.trimEnd().split("\n")).toHaveLength(1)
        expect(Object.keys(JSON.parse(terminal.stdout) as object)).toEqual([
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
        ])
        expect(terminal.stderr).toBe("")
    })
})

describe("a run that fails", () => {
    const error = new CamscriptError("the program threw")

    it("leaves no folder behind", async () => {
        const failing = runFake({ every: 1 }, { fail: { after: 20, error } })

        await expect(failing).rejects.toThrow("the program threw")
        expect(existsSync(out)).toBe(false)
    })

    it("leaves the images of the run before as they were", async () => {
        await runFake({ frames: 3 })
        const before = readdirSync(out)

        const failing = runFake({ every: 1 }, { fail: { after: 20, error } })

        await expect(failing).rejects.toThrow("the program threw")
        expect(readdirSync(out)).toEqual(before)
    })

    it("shows the console lines that came before the failure", async () => {
        const terminal = recordingTerminal()

        const failing = runFake({}, { fail: { after: 5, error } }, terminal)

        await expect(failing).rejects.toThrow()
        expect(terminal.stderr).toContain("hello from the program")
        expect(terminal.stdout).toBe("")
    })

    it("says so when the program captured nothing", async () => {
        const idle = runFake(
            { frames: undefined, seconds: 0.5 },
            { idle: true }
        )

        await expect(idle).rejects.toThrow(
            "the program started no capture in 0.50 s of simulated time"
        )
        expect(existsSync(out)).toBe(false)
    })
})
