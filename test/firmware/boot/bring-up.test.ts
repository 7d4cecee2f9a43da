// SPDX-License-Identifier: MIT
// docs/bring-up.md explains each line that the boot log can have, in the firmware's own words.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { projectRoot } from "../../../toolchain/paths.ts"
import { SUBCOMMANDS } from "../../../host/subcommands.ts"

const read = (path: string): string =>
    readFileSync(join(projectRoot, path), "utf8")

const page = read("docs/bring-up.md")
/** The table of lines: what is said elsewhere on the page explains nothing. */
const log = page.slice(
    page.indexOf("## The boot log"),
    page.indexOf("## By symptom")
)

/** Text of a C file that goes into a line: two letters and more, without the punctuation around it. */
function texts(path: string): string[] {
    const found = [...read(path).matchAll(/"((?:[^"\\]|\\.)*)"/g)]
        .map(([, text]) => text!.trim().replace(/^[,:;( ]+|[,:;() ]+$/g, ""))
        .filter(text => /[a-z]{2}/i.test(text) && !text.endsWith(".h"))
    return [...new Set(found)]
}

describe("docs/bring-up.md has of the boot log", () => {
    const lines = texts("firmware/boot/boot_log.c")

    it.each(lines)("%s", text => {
        expect(log).toContain(text)
    })

    it("all of it", () => {
        expect(lines.length).toBeGreaterThan(40)
    })

    it.each([
        "the PLL does not lock",
        "over-drive does not come",
        "the flash takes no wait states",
        "the PLL does not become the system clock",
    ])("why the clocks fell back: %s", text => {
        expect(read("firmware/boot/clock.c")).toContain(text)
        expect(log).toContain(text)
    })
})

it.each([
    ["nothing answers", "drivers/mt9v034/port.ts"],
    ["the board does not answer", "host/link/link-errors.ts"],
    ["the handler holds the frame", "firmware/supervision/held_frame.c"],
    ["the handler does not return", "firmware/supervision/held_frame.c"],
    ["I2C status", "drivers/mt9v034/port.ts"],
])("the symptom '%s' is said by %s", (text, file) => {
    expect(page.slice(page.indexOf("## By symptom"))).toContain(text)
    expect(read(file)).toContain(text)
})

it("its commands are those that there are", () => {
    const names = SUBCOMMANDS.map(({ name }) => name)
    const commands = [...page.matchAll(/npx camscript ([a-z-]+)/g)].map(
        ([, name]) => name!
    )
    expect(commands.length).toBeGreaterThan(4)
    for (const name of commands) expect(names).toContain(name)
})
