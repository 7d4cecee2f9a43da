// SPDX-License-Identifier: MIT
// The command as a user meets it: exit codes, stdout and stderr.

import { spawnSync } from "node:child_process"
import {
    mkdirSync,
    mkdtempSync,
    readdirSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import { cacheFolder, userProject } from "../../toolchain/paths.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"

const script = join(import.meta.dirname, "..", "..", "host", "camscript.mjs")
const folder = mkdtempSync(join(tmpdir(), "camscript-command-"))

async function command(line: string) {
    const terminal = recordingTerminal()
    const exitCode = await main(
        line.split(" ").filter(word => word !== ""),
        terminal
    )
    return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr }
}

describe("wrong usage", () => {
    it.each([
        ["run --window 220", /--window 220 is not WxH/],
        ["run --window 0x0", /--window 0x0 has no pixels/],
        ["run --frames 0", /--frames 0/],
        ["run --board h743", /h743.*nucleo-f446re/],
        ["run --no-such-option", /unknown option '--no-such-option'/],
        ["run 220x220", /cannot take "220x220" by itself: --window 220x220/],
        ["run foo.ts", /"foo\.ts" by itself: --app foo\.ts runs that program/],
        ["run --fps 30 cat.png", /: --scene cat\.png shows that to the sensor/],
        ["run /dev/ttyACM0", /: --target \/dev\/ttyACM0 is the board/],
        [
            "run whatever",
            /each value belongs to an option; camscript run --help/,
        ],
        ["foo.ts", /unknown command 'foo\.ts': camscript run --app foo\.ts/],
        ["my.elf", /unknown command 'my\.elf': camscript emulate my\.elf/],
        ["rum", /unknown command 'rum'.*run/],
        [
            "picture",
            /unknown command 'picture': there are init, run, .*wiring, /,
        ],
        [
            "build",
            /build needs --board, one of nucleo-f429zi, .*stm32f407ve, for example camscript build --board nucleo-f446re/,
        ],
        ["flash", /flash needs --board, one of nucleo-f429zi/],
        [
            "run --board f446",
            /f446 is unknown \(did you mean nucleo-f446re\?\)/,
        ],
        ["run --port /dev/ttyACM0", /'--port': run has --target for that/],
        ["run --zoom 2", /'--zoom': camscript run --help lists what there is/],
        ["flash --board nucleo-f446re --app README.md", /is not a TypeScript/],
        ["emulated-board --frames 3", /unknown option '--frames'/],
        [
            "run --window 800x600",
            /--window 800x600 ends at column 800 of 752: the MT9V034's field is 752x480 pixels; 752x480 lies in it/,
        ],
        [
            "plan --window 100x100+700+0",
            /ends at column 800 of 752: .*, where 100x100 fits up to \+652\+380/,
        ],
        [
            "compare --window 100x500",
            /ends at row 500 of 480: .*; 100x480 lies/,
        ],
        ["view --sensor ov2640 --window 1604x100", /column 1604 of 1600/],
        ["run --fps", /'--fps <n>' argument missing/],
        ["view --target board", /--target board.*sim, emulator/],
        ["view --target /dev/no-such-port", /no-such-port does not open/],
        ["view --target /dev/no-such-port --scene ramp", /--scene is for/],
        [
            `run --scene ${folder}/no-such-scene.png --out ${folder}/none`,
            /no-such-scene\.png/,
        ],
    ])("%s exits with 2 and one paragraph on stderr", async (line, message) => {
        const { exitCode, stdout, stderr } = await command(line)

        expect(exitCode).toBe(2)
        expect(stdout).toBe("")
        expect(stderr).toMatch(/^camscript: .*\n$/)
        expect(stderr).toMatch(message)
    })

    it("without a subcommand exits with 2 and shows the help", async () => {
        const { exitCode, stderr } = await command("")

        expect(exitCode).toBe(2)
        expect(stderr).toMatch(/Usage: camscript/)
    })

    it("leaves no output folder behind", () => {
        expect(readdirSync(folder)).not.toContain("none")
    })
})

describe("what takes time the first time", () => {
    it("is said: which program is compiled; not of one that is in the cache, nor with --quiet", async () => {
        mkdirSync(cacheFolder, { recursive: true })
        const programs = mkdtempSync(join(cacheFolder, "said-"))
        const name = relative(userProject, programs)
        const app = (text: string) => {
            writeFileSync(join(programs, "app.ts"), text)
            return join(programs, "app.ts")
        }
        try {
            const first = await command(`check ${app("console.log(1)\n")}`)
            const again = await command(`check ${app("console.log(1)\n")}`)
            const quiet = await command(
                `run --quiet --app ${app("console.log(2)\n")} --seconds 0.01`
            )

            const said = `camscript: compiling ${name}/app.ts ...\n`
            expect(first.stderr).toContain(said)
            expect(again).toMatchObject({ exitCode: 0, stderr: "" })
            expect(quiet.stderr).toMatch(/^camscript: the program started no/)
        } finally {
            rmSync(programs, { recursive: true })
        }
    })
})

describe("help", () => {
    it.each([
        "--help",
        "run --help",
        "plan --help",
        "emulate --help",
        "flash --help",
        "doctor --help",
        "bench --help",
    ])("%s exits with 0 and writes to stdout", async line => {
        const { exitCode, stdout, stderr } = await command(line)

        expect(exitCode).toBe(0)
        expect(stdout).toMatch(/Usage: camscript/)
        expect(stderr).toBe("")
    })
})

describe("the executable, from another folder", () => {
    it("runs, saves images there and prints one JSON object", () => {
        const args = ["run", "--frames", "3", "--json", "--out", "shots"]

        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            [script, ...args],
            { cwd: folder, encoding: "utf8" }
        )

        expect(stderr).toBe("")
        expect(status).toBe(0)
        const report = JSON.parse(stdout) as { files: string[] }
        expect(report).toMatchObject({
            sensor: "mt9v034",
            strategy: "sensor-window",
            window: { x: 266, y: 130, width: 220, height: 220 },
            frames: 3,
            dropped: 0,
            torn: 0,
            pixelErrors: 0,
        })
        expect(report.files).toHaveLength(2)
        for (const file of report.files)
            expect(readdirSync(join(folder, "shots"))).toContain(
                file.replace("shots/", "")
            )
    })

    it.each(["run", "compare"])(
        "%s exits with 2 for an image that is none",
        command => {
            writeFileSync(join(folder, "words.png"), "these are words\n")

            const { status, stdout, stderr } = spawnSync(
                process.execPath,
                [script, command, "--scene", "words.png"],
                { cwd: folder, encoding: "utf8" }
            )

            expect(status).toBe(2)
            expect(stdout).toBe("")
            expect(stderr).toMatch(/^camscript: scene ".*words\.png".*\n$/)
        }
    )
})
