// SPDX-License-Identifier: MIT
// docs/tutorial.md, done word by word by somebody who has npm and the packed file only: its commands are typed, its files saved, and
// what it shows as printed is compared.

import {
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"
import { packInto, runOutside } from "../support/package/outside.ts"
import {
    tutorialSteps,
    type TutorialStep,
} from "../support/package/tutorial-steps.ts"

const steps = tutorialSteps(
    readFileSync(join(projectRoot, "docs/tutorial.md"), "utf8")
)

let root: string
/** Where the reader's terminal is. */
let folder: string
/** What the last command printed. */
let output = ""

beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "camscript-tutorial-"))
    folder = root
    packInto(root)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function typed(command: string, fails: boolean): Promise<void> {
    const words = command.split(" ")
    if (words[0] === "cd") {
        folder = join(folder, words[1]!)
        return
    }
    // The package is there, and is to stay as it is, from the first command of its own on.
    const installs = command === "npm install" || words[1] === "install"
    const made = installs || folder === root || command.includes(" init")
    const done = await runOutside(folder, made ? "made" : "used", words)
    // Vitest colours what it prints where it can.
    output = (done.stderr + done.stdout).replace(/\x1b\[[0-9;]*m/g, "")
    expect(done.exitCode === 0, `${command}\n${output}`).toBe(!fails)
}

function wasPrinted(lines: readonly string[]): void {
    let from = 0
    for (const line of lines) {
        const at = spaced(output).indexOf(spaced(line), from)
        expect(at, `"${line}" in\n${output}`).toBeGreaterThanOrEqual(0)
        from = at
    }
}

function titleOf(step: TutorialStep): string {
    switch (step.kind) {
        case "type":
            return step.command
        case "printed":
            return `prints ${step.lines[0]}`
        default:
            return `${step.kind} ${step.file}`
    }
}

const spaced = (text: string): string => text.replace(/ +/g, " ")

// Each step begins where the one before it ended.
describe("the tutorial", () => {
    it.each(
        steps.map((step, index) => ({ step, index, title: titleOf(step) }))
    )("step $index: $title", async ({ step }) => {
        switch (step.kind) {
            case "type":
                return typed(step.command, step.fails)
            case "printed":
                return wasPrinted(step.lines)
            case "save": {
                const file = join(folder, step.file)
                mkdirSync(dirname(file), { recursive: true })
                writeFileSync(file, step.text)
                return
            }
            case "change": {
                const file = join(folder, step.file)
                const text = readFileSync(file, "utf8")
                expect(text.split(step.from)).toHaveLength(2)
                writeFileSync(file, text.replace(step.from, step.to))
            }
        }
    })
})
