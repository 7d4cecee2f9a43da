// SPDX-License-Identifier: MIT
// Defects of programs in TypeScript that counters do not show, each found by one command (docs/inside/defects.md).

import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import { heaviest, type HeavyFrame } from "../support/inside/heaviest.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"

const PROGRAMS = "test/system/programs/defects"

let folder: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-defects-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The lines of a profile, heaviest first, without what is no line. */
async function linesOf(
    program: string,
    profile: string
): Promise<HeavyFrame[]> {
    const file = join(folder, "profile.json")
    await main(
        [
            ...["run", "--app", `${PROGRAMS}/${program}.ts`, "--quiet"],
            ...["--frames", "50", "--out", folder, "--profile", file],
        ],
        recordingTerminal()
    )
    return heaviest(readFileSync(file, "utf8"), profile).filter(({ name }) =>
        /:\d+$/.test(name)
    )
}

it("something kept of every frame: the profile of what is allocated has the line on top", async () => {
    const [first] = await linesOf("leaks", "allocated")

    expect(first!.name).toBe(`${PROGRAMS}/leaks.ts:10`)
})

it("a text that is put together in a loop: a third of all that is allocated", async () => {
    const [first, second] = await linesOf("talks", "allocated")

    expect(first!.name).toBe(`${PROGRAMS}/talks.ts:11`)
    expect(first!.share).toBeGreaterThan(4 * second!.share)
})

it("a loop over pixels: its lines are the heaviest of the board's time", async () => {
    const heavy = await linesOf(
        "counts-pixels",
        "HCLK cycles, by the board's rates"
    )

    expect(heavy.slice(0, 2).map(({ name }) => name)).toEqual([
        `${PROGRAMS}/counts-pixels.ts:13`,
        `${PROGRAMS}/counts-pixels.ts:12`,
    ])
})
