// SPDX-License-Identifier: MIT
// Defects that counters do not show, in a firmware in C, each found by one command (docs/inside/defects.md).

import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { main } from "../../host/main.ts"
import { parseElf } from "../../toolchain/elf/elf.ts"
import { ProgramMap } from "../../toolchain/elf/program-map.ts"
import { heaviest } from "../support/inside/heaviest.ts"
import { parseTrace, type TracedSpan } from "../support/inside/parsed-trace.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildDefect } from "./build.ts"

const WIDTH = 220
const HEIGHT = 220

let folder: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-defects-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Run it with one option. @returns its report, and the content of the file that the option wrote */
async function look(
    elf: string,
    option: string,
    value?: string,
    seconds = 0.12
): Promise<{ report: EmulateReport; text: string }> {
    const terminal = recordingTerminal()
    const file = join(folder, "file")
    await main(
        [
            ...["emulate", elf, "--chip", "stm32f407", "--json"],
            ...["--sensor", "mt9v034@I2C2", "--seconds", `${seconds}`],
            ...[option, value ?? file],
        ],
        terminal
    )
    expect(terminal.stderr).toBe("")
    const report = JSON.parse(terminal.stdout) as EmulateReport
    // What its counters say is what they say without the defect.
    expect(report.overruns).toBe(0)
    return {
        report,
        text: value === undefined ? readFileSync(file, "utf8") : "",
    }
}

/** Who wrote a byte of the frame, or behind it. */
async function writerOf(
    defect: string,
    offset: number,
    seconds?: number
): Promise<string> {
    const elf = buildDefect([defect])
    const { symbols } = new ProgramMap(parseElf(readFileSync(elf), elf))
    const address = symbols.address("memory") + offset
    const { report } = await look(
        elf,
        "--last-writer",
        `0x${address.toString(16)}`,
        seconds
    )
    return report.lastWriter ?? ""
}

async function handlersOf(
    ...defects: readonly string[]
): Promise<{ handlers: readonly TracedSpan[]; i2c: readonly TracedSpan[] }> {
    const { text } = await look(buildDefect(defects), "--trace")
    const tracks = parseTrace(text)
    return {
        handlers: tracks.get("CPU: handlers")!,
        i2c: tracks.get("I2C2: transfers")!,
    }
}

const lengthUs = ({ startUs, endUs }: TracedSpan): number => endUs - startUs

it("a pixel that the CPU painted over: --last-writer names the function and the line", async () => {
    const middle = (HEIGHT / 2) * WIDTH + WIDTH / 2

    // Between a frame and the one that comes over it.
    expect(await writerOf("CROSS", middle, 0.115)).toMatch(
        /: instruction: 0x[0-9a-f]{8} \(draw_cross\+0x[0-9a-f]+, defects\/defects\.c:\d+\) stored 1 byte.* 0xff,/
    )
    expect(await writerOf("CROSS", middle + 1, 0.115)).toMatch(/DMA2: stream 1/)
})

it("a variable that changes by itself: --last-writer names the DMA, whose transfer is too long", async () => {
    expect(await writerOf("LONG_TRANSFER", WIDTH * HEIGHT)).toMatch(
        /DMA2: stream 1, byte 48400 from M0AR/
    )
})

it("a variable behind an array: --last-writer names the loop that goes one too far", async () => {
    expect(await writerOf("ONE_TOO_FAR", WIDTH * HEIGHT)).toMatch(
        /\(blank\+0x[0-9a-f]+, defects\/defects\.c:\d+\) stored 4 bytes/
    )
})

it("a handler that comes late: --trace shows the other one that it waits for", async () => {
    const right = await handlersOf()
    const slow = await handlersOf("SLOW_NEIGHBOUR")
    const longest = ({ handlers }: typeof slow): TracedSpan =>
        handlers.toSorted((a, b) => lengthUs(b) - lengthUs(a))[0]!

    expect(lengthUs(longest(right))).toBeLessThan(10)
    expect(longest(slow).name).toBe("TIM7")
    expect(lengthUs(longest(slow))).toBeGreaterThan(3000)
})

it("a transfer in an interrupt: --trace shows it inside of the handler", async () => {
    const { handlers, i2c } = await handlersOf("ASK_IN_HANDLER")
    const inside = i2c.filter(transfer =>
        handlers.some(
            ({ name, startUs, endUs }) =>
                name === "DCMI" &&
                startUs < transfer.startUs &&
                transfer.startUs < endUs
        )
    )

    expect(inside.length).toBeGreaterThan(5)
    const right = await handlersOf()
    expect(
        right.handlers.filter(
            span => span.name === "DCMI" && lengthUs(span) > 10
        )
    ).toEqual([])
})

it("an interrupt that nobody clears: --profile has its handler on top", async () => {
    const { text } = await look(buildDefect(["STORM"]), "--profile")
    const right = await look(buildDefect([]), "--profile")
    const share = (profile: string): number =>
        heaviest(profile, "HCLK cycles", "root").find(
            ({ name }) => name === "DCMI"
        )!.share

    expect(heaviest(text, "HCLK cycles", "root")[0]!.name).toBe("DCMI")
    expect(share(text)).toBeGreaterThan(0.6)
    expect(share(right.text)).toBeLessThan(0.01)
})

it("a branch that no test came to: --coverage has it with 0", async () => {
    const { text } = await look(buildDefect([]), "--coverage")
    const source = readFileSync(
        join(import.meta.dirname, "defects", "defects.c"),
        "utf8"
    ).split("\n")
    const line = source.findIndex(row => row.includes("overruns++")) + 1

    const record = text
        .split("end_of_record\n")
        .find(part => /SF:.*defects\.c\n/.test(part))!
    expect(record).toContain(`DA:${line},0\n`)
    expect(record).toMatch(new RegExp(`BRDA:${line - 1},\\d+,\\d,0\n`))
})
