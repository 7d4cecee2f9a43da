// SPDX-License-Identifier: MIT
// The options that look into a run: what they refuse, and the files that they leave.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { parseWatchedByte } from "../../../host/inside/inside-options.ts"
import { main } from "../../../host/main.ts"
import { parseTrace } from "../../support/inside/parsed-trace.ts"
import { recordingTerminal } from "../../support/host/recording-terminal.ts"

let folder: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-inside-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function run(...args: string[]) {
    const terminal = recordingTerminal()
    const out = join(folder, "out")
    const code = await main(
        ["run", "--frames", "3", "--out", out, ...args],
        terminal
    )
    return { code, terminal }
}

describe("--trace", () => {
    it("leaves a trace that has the frames", async () => {
        const file = join(folder, "trace.json")
        const { code, terminal } = await run("--trace", file)

        expect(code).toBe(0)
        expect(terminal.stdout).toMatch(/trace +.*trace\.json/)
        const tracks = parseTrace(readFileSync(file, "utf8"))
        expect(
            tracks.get("sensor: frames on the bus")!.length
        ).toBeGreaterThanOrEqual(3)
    })
})

describe("--last-writer", () => {
    it.each([
        ["0x20001000", { address: 0x20001000, frame: undefined }],
        ["536875008@12", { address: 0x20001000, frame: 12 }],
    ])("reads %s", (text, byte) => {
        expect(parseWatchedByte(text)).toEqual(byte)
    })

    it.each(["", "here", "0x20001000@", "0x200010000", "9999999999", "1@-1"])(
        "refuses '%s'",
        text => {
            expect(() => parseWatchedByte(text)).toThrow(
                /is not ADDRESS or ADDRESS@FRAME/
            )
        }
    )

    it("is refused in the simulator, with where it works", async () => {
        const { code, terminal } = await run("--last-writer", "0x20001000")

        expect(code).toBe(2)
        expect(terminal.stderr).toMatch(/use --target emulator/)
    })
})

describe("--profile", () => {
    it("leaves a profile, and says so in the table and in --json", async () => {
        const file = join(folder, "profile.json")
        const { code, terminal } = await run("--json", "--profile", file)

        expect(code).toBe(0)
        expect(JSON.parse(terminal.stdout)).toMatchObject({
            inside: { profile: file },
        })
        const { profiles } = JSON.parse(readFileSync(file, "utf8")) as {
            profiles: { name: string; endValue: number }[]
        }
        expect(profiles.map(({ name }) => name)).toEqual([
            "VM operations",
            "HCLK cycles, by the board's rates",
            "allocated",
        ])
        expect(profiles.every(({ endValue }) => endValue > 0)).toBe(true)
    })

    it("has what was executed until the program failed", async () => {
        const file = join(folder, "profile.json")
        const { code } = await run(
            ...["--app", "test/system/programs/throws-at-once.ts"],
            ...["--profile", file]
        )

        expect(code).toBe(1)
        expect(existsSync(file)).toBe(true)
    })

    it.each([
        ["nowhere/profile.json", /--profile .*there is no folder/],
        [".", /--profile .: is not the name of a file/],
    ])("refuses %s", async (file, message) => {
        const { code, terminal } = await run("--profile", file)

        expect(code).toBe(2)
        expect(terminal.stderr).toMatch(message)
    })

    it("refuses a file that another option writes, and writes nothing", async () => {
        const file = join(folder, "both.json")
        const { code, terminal } = await run(
            ...["--profile", file, "--trace", file]
        )

        expect(code).toBe(2)
        expect(terminal.stderr).toContain(
            `--trace ${file}: --profile is written to the same file`
        )
        expect(existsSync(file)).toBe(false)
    })

    it("is refused for a board at a port, with what can be looked into", async () => {
        const { code, terminal } = await run(
            ...["--target", "/dev/ttyACM0", "--profile", "profile.json"]
        )

        expect(code).toBe(2)
        expect(terminal.stderr).toMatch(
            /--profile looks into the simulator or the emulated board; the board at \/dev\/ttyACM0/
        )
    })
})
