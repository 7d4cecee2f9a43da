// SPDX-License-Identifier: MIT
// `run --watch`: save, and the new program runs; a mistake is said and ends nothing.

import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { main } from "../../../../host/main.ts"
import { watchedApp } from "../../../support/host/watched-app.ts"

const watched = watchedApp()

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

const printed = (what: RegExp | string) =>
    expect
        .poll(() => watched.terminal.stderr, { timeout: 200_000 })
        .toMatch(what)

function watchWith(...args: string[]): Promise<number> {
    const app = watched.path
    const out = join(watched.folder, "out")
    return main(
        ["run", "--watch", "--app", app, "--out", out, ...args],
        watched.terminal
    )
}

describe("run --watch", () => {
    it("runs each saved program, says what is wrong with one, and ends by Ctrl-C with 0", async () => {
        watched.save(program("first"))
        const done = watchWith("--frames", "3")
        await printed(/program: first\n[^]*waiting for a save of .*app\.ts/)
        expect(watched.terminal.stdout, watched.terminal.stderr).toMatch(
            /3 delivered, 0 dropped/
        )

        watched.terminal.stderr = ""
        watched.save("const rows: number = 'many'\n")
        await printed(
            /does not compile:\n.*app\.ts:1: Type 'string'[^]*waiting/
        )

        watched.terminal.stderr = watched.terminal.stdout = ""
        watched.save(program("second"))
        await printed(/program: second\n[^]*waiting/)
        expect(watched.terminal.stdout).toMatch(/3 delivered, 0 dropped/)

        process.emit("SIGINT")
        expect(await done).toBe(0)
        expect(watched.terminal.stderr).toMatch(/waiting for .*\n$/)
    })

    it("ends a run that goes on for ever by a save, and by Ctrl-C", async () => {
        watched.save(program("endless"))
        const done = watchWith("--seconds", "100000")
        await printed("program: endless")
        watched.save(program("next"))
        await printed("program: next")
        process.emit("SIGINT")

        expect(await done).toBe(0)
        expect(watched.terminal.stdout).toBe("")
        expect(watched.terminal.stderr).not.toMatch(
            /interrupted|saved again|mistake/
        )
    })

    it.each([
        [["--json"], /--watch runs again and again, and --json is one object/],
        [["--target", "/dev/ttyACM0"], /camscript view --watch --target \/dev/],
    ])("with %s is refused with the reason", async (args, words) => {
        watched.save("")
        expect(await watchWith(...args)).toBe(2)
        expect(watched.terminal.stderr).toMatch(words)
    })
})
