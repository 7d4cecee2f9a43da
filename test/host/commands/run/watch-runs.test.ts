// SPDX-License-Identifier: MIT
// `run --watch`: save, and the new program runs; a mistake is said and ends nothing.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { main } from "../../../../host/main.ts"
import { cacheFolder } from "../../../../toolchain/paths.ts"
import {
    recordingTerminal,
    type RecordingTerminal,
} from "../../../support/host/recording-terminal.ts"

let folder: string
let terminal: RecordingTerminal

beforeEach(() => {
    mkdirSync(cacheFolder, { recursive: true })
    folder = mkdtempSync(join(cacheFolder, "watch-runs-"))
    terminal = recordingTerminal()
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A program that says a word when it starts, and captures. */
const program = (word: string): string => `
import { Camera } from "../../../src/camera"
import { MT9V034 } from "../../../drivers/mt9v034/mt9v034"
console.log("${word}")
const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 100 })
camera.onFrame(() => {})
await camera.start()
`

const save = (text: string) => writeFileSync(join(folder, "app.ts"), text)

const printed = (what: RegExp | string) =>
    expect.poll(() => terminal.stderr, { timeout: 200_000 }).toMatch(what)

function watchWith(...args: string[]): Promise<number> {
    const app = join(folder, "app.ts")
    const out = join(folder, "out")
    return main(
        ["run", "--watch", "--app", app, "--out", out, ...args],
        terminal
    )
}

describe("run --watch", () => {
    it("runs each saved program, says what is wrong with one, and ends by Ctrl-C with 0", async () => {
        save(program("first"))
        const done = watchWith("--frames", "3")
        await printed(/program: first\n[^]*waiting for a save of .*app\.ts/)
        expect(terminal.stdout, terminal.stderr).toMatch(
            /3 delivered, 0 dropped/
        )

        terminal.stderr = ""
        save("const rows: number = 'many'\n")
        await printed(
            /does not compile:\n.*app\.ts:1: Type 'string'[^]*waiting/
        )

        terminal.stderr = terminal.stdout = ""
        save(program("second"))
        await printed(/program: second\n[^]*waiting/)
        expect(terminal.stdout).toMatch(/3 delivered, 0 dropped/)

        process.emit("SIGINT")
        expect(await done).toBe(0)
        expect(terminal.stderr).toMatch(/waiting for .*\n$/)
    })

    it("ends a run that goes on for ever by a save, and by Ctrl-C", async () => {
        save(program("endless"))
        const done = watchWith("--seconds", "100000")
        await printed("program: endless")
        save(program("next"))
        await printed("program: next")
        process.emit("SIGINT")

        expect(await done).toBe(0)
        expect(terminal.stdout).toBe("")
        expect(terminal.stderr).not.toMatch(/interrupted|saved again|mistake/)
    })

    it.each([
        [["--json"], /--watch runs again and again, and --json is one object/],
        [["--target", "/dev/ttyACM0"], /camscript view --watch --target \/dev/],
    ])("with %s is refused with the reason", async (args, words) => {
        save("")
        expect(await watchWith(...args)).toBe(2)
        expect(terminal.stderr).toMatch(words)
    })
})
