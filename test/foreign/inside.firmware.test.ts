// SPDX-License-Identifier: MIT
// A look into firmware that is not ours, from the command line: profile, trace, coverage and the last writer of a byte.

import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { main } from "../../host/main.ts"
import { parseTrace } from "../support/inside/parsed-trace.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildForeign } from "./build.ts"

let folder: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-inside-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface SpeedscopeFile {
    readonly shared: { readonly frames: readonly { readonly name: string }[] }
    readonly profiles: readonly {
        readonly name: string
        readonly endValue: number
        readonly samples: readonly (readonly number[])[]
    }[]
}

async function lookInto(
    elf: string,
    ...more: readonly string[]
): Promise<{ report: EmulateReport; read: (name: string) => string }> {
    const terminal = recordingTerminal()
    const sensor = ["--chip", "stm32f407", "--sensor", "mt9v034@I2C2"]
    const file = (name: string): string => join(folder, name)
    await main(
        [
            ...["emulate", elf, ...sensor, "--json", "--seconds", "0.1"],
            ...["--profile", file("profile.json")],
            ...["--coverage", file("coverage.lcov")],
            ...["--trace", file("trace.json")],
            ...more,
        ],
        terminal
    )
    expect(terminal.stderr).toBe("")
    return {
        report: JSON.parse(terminal.stdout) as EmulateReport,
        read: name => readFileSync(file(name), "utf8"),
    }
}

describe("a look into a firmware in the manner of vendors' examples", () => {
    it("has the report's instructions, its handlers, and lines of its source", async () => {
        const elf = buildForeign("vendor", "stm32f407")
        const { report, read } = await lookInto(elf)
        const { profiles, shared } = JSON.parse(
            read("profile.json")
        ) as SpeedscopeFile
        const instructions = profiles.find(
            ({ name }) => name === "instructions"
        )!
        const roots = new Set(
            instructions.samples.map(([first]) => shared.frames[first!]!.name)
        )

        expect(profiles.map(({ name }) => name)).toEqual([
            "HCLK cycles",
            "instructions",
        ])
        expect(instructions.endValue).toBe(report.instructions.total)
        expect(roots).toContain("thread mode")
        expect(roots).toContain("DCMI")
        expect(roots).toContain("SysTick")
        expect(report.files).toEqual(
            ["profile.json", "trace.json", "coverage.lcov"].map(name =>
                join(folder, name)
            )
        )

        const lcov = read("coverage.lcov")
        expect(lcov).toMatch(/SF:.*test\/foreign\/vendor\.c\n/)
        expect(lcov).toMatch(/FNDA:[1-9]\d*,DCMI_IRQHandler\n/)

        const tracks = parseTrace(read("trace.json"))
        const handlers = tracks.get("CPU: handlers")!
        const taken = report.exceptions.find(({ name }) => name === "DCMI")!
        expect(handlers.filter(({ name }) => name === "DCMI")).toHaveLength(
            taken.entries
        )
    })

    it("names the DMA as the writer of a pixel", async () => {
        const elf = buildForeign("vendor", "stm32f407")
        const first = await lookInto(elf)
        const { address } = first.report.placements[0]!
        const { report } = await lookInto(elf, "--last-writer", `${address}@2`)

        expect(report.lastWriter).toMatch(
            /^0x[0-9a-f]{8} as of frame 2: DMA2: stream \d, byte 0 from M[01]AR /
        )
    })
})

it("refuses coverage of an ELF without debug information, and says how to get it", async () => {
    const elf = join(folder, "stripped.elf")
    const { status } = spawnSync("arm-none-eabi-strip", [
        ...["--strip-debug", "-o", elf],
        buildForeign("vendor", "stm32f407"),
    ])
    expect(status).toBe(0)
    const terminal = recordingTerminal()
    const code = await main(
        [
            ...["emulate", elf, "--chip", "stm32f407"],
            ...["--sensor", "mt9v034@I2C2", "--quiet"],
            ...["--coverage", join(folder, "coverage.lcov")],
        ],
        terminal
    )

    expect(code).toBe(2)
    expect(terminal.stderr).toMatch(/no debug information.*compile it with -g/)
})

it("keeps its sums under a scheduler that exchanges stacks", async () => {
    const { report, read } = await lookInto(buildForeign("tasks", "stm32f407"))
    const { profiles } = JSON.parse(read("profile.json")) as SpeedscopeFile

    expect(profiles[1]!.endValue).toBe(report.instructions.total)
})
