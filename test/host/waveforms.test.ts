// SPDX-License-Identifier: MIT

import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import {
    strategyVcd,
    waveformOptions,
    withWaveforms,
} from "../../host/waveforms.ts"
import { Clock } from "../../sim/clock.ts"
import { UsageError } from "../../protocol/errors.ts"
import { parseVcd } from "../support/waveforms/parsed-vcd.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"

let folder: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-waveforms-"))
})

function path(name: string): string {
    return join(folder, name)
}

describe("the options of waveforms", () => {
    it("are none without --vcd", () => {
        expect(waveformOptions({}, path)).toEqual({ vcdPixels: false })
    })

    it("keep the name as the user wrote it", () => {
        expect(
            waveformOptions({ vcd: "run.vcd", vcdPixels: true }, path)
        ).toEqual({ vcd: "run.vcd", vcdPixels: true })
    })

    it.each([
        ["run.txt", /run.txt.*ends in .vcd/],
        ["nowhere/run.vcd", /no folder .*nowhere/],
        ["folder.vcd", /is a folder/],
    ])("refuse %s", (vcd, message) => {
        mkdirSync(path("folder.vcd"))
        const options = () => waveformOptions({ vcd }, path)

        expect(options).toThrow(UsageError)
        expect(options).toThrow(message)
    })

    it("refuse --vcd-pixels without --vcd", () => {
        expect(() => waveformOptions({ vcdPixels: true }, path)).toThrow(
            /--vcd-pixels needs --vcd/
        )
    })

    it("give each strategy a file of its own", () => {
        expect(strategyVcd("a.vcd/run.vcd", "rows+crop")).toBe(
            "a.vcd/run-rows-crop.vcd"
        )
    })
})

describe("a file of waveforms", () => {
    it("has what happened when the run fails", async () => {
        const vcd = path("failed.vcd")
        const failing = withWaveforms({ vcd }, recorder => {
            const clock = new Clock()
            const sink = { vsync() {}, hsync() {}, line() {} }
            const bus = recorder!.tap(sink, clock)
            clock.step(700)
            bus.vsync(1)
            return Promise.reject(new Error("on purpose"))
        })

        await expect(failing).rejects.toThrow("on purpose")
        const waves = await parseVcd(readFileSync(vcd, "utf8"))
        expect(waves.edges("wires.vsync")).toEqual([
            [0, 0],
            [700, 1],
        ])
    })

    it("stays as it was when nothing ran", async () => {
        const vcd = path("old.vcd")
        writeFileSync(vcd, "of the run before")
        const failing = withWaveforms({ vcd }, () =>
            Promise.reject(new Error("no such scene"))
        )

        await expect(failing).rejects.toThrow("no such scene")
        expect(readFileSync(vcd, "utf8")).toBe("of the run before")
    })
})

describe("--vcd", () => {
    async function command(line: string): Promise<string> {
        const terminal = recordingTerminal()
        const args = `${line} --out ${path("images")}`.split(" ")
        const exitCode = await main(args, terminal)
        expect(terminal.stderr).toBe("")
        expect(exitCode).toBe(0)
        return terminal.stdout
    }

    it("of run writes the file, and the report names it", async () => {
        const vcd = path("run.vcd")
        const report = await command(`run --json --frames 2 --vcd ${vcd}`)

        expect(JSON.parse(report)).toMatchObject({ waveforms: vcd })
        const waves = await parseVcd(readFileSync(vcd, "utf8"))
        expect(waves.pulses("vm.callback")).toHaveLength(2)
        expect(() => waves.edges("wires.pixclk")).toThrow(/no signal/)
    })

    it("of run is in the table for people", async () => {
        const vcd = path("table.vcd")
        const table = await command(`run --quiet --frames 2 --vcd ${vcd}`)

        expect(table).toMatch(new RegExp(`waveforms +${vcd}`))
    })

    it("of compare writes one file for each strategy", async () => {
        const vcd = path("compared.vcd")
        const report = await command(
            `compare --json --frames 3 --window 100x80 --vcd ${vcd}`
        )

        const { strategies } = JSON.parse(report) as {
            strategies: { strategy: string; waveforms: string }[]
        }
        expect(strategies.length).toBeGreaterThan(1)
        for (const { strategy, waveforms } of strategies) {
            expect(waveforms).toBe(
                path(`compared-${strategy.replace("+", "-")}.vcd`)
            )
            expect(readFileSync(waveforms, "utf8")).toContain("frame_valid")
        }
        expect(existsSync(vcd)).toBe(false)
    })

    it("is refused with exit code 2 before anything runs", async () => {
        const terminal = recordingTerminal()
        const exitCode = await main(["run", "--vcd", "x.txt"], terminal)

        expect(exitCode).toBe(2)
        expect(terminal.stderr).toMatch(/^camscript: --vcd x.txt: .*\n$/)
    })
})
