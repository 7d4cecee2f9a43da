// SPDX-License-Identifier: MIT
// Blocks that are kept, not modelled: firmware that sets them up runs on in strict mode, and the report names them.

import { describe, expect, it } from "vitest"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { main } from "../../host/main.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildForeign } from "./build.ts"

async function emulate(...more: readonly string[]): Promise<string> {
    const terminal = recordingTerminal()
    const exitCode = await main(
        [
            ...["emulate", buildForeign("peripherals", "stm32f407")],
            ...["--chip", "stm32f407", "--sensor", "mt9v034@I2C2"],
            ...["--seconds", "0.001", ...more],
        ],
        terminal
    )
    expect([exitCode, terminal.stderr]).toEqual([0, ""])
    return terminal.stdout
}

describe("firmware that uses SPI, USB, ADC and an LCD that is not there", () => {
    it("runs in strict mode, and the report names what is kept", async () => {
        const report = JSON.parse(await emulate("--json")) as EmulateReport

        expect(report.violations).toEqual([])
        expect(report.unmodelled).toEqual([])
        expect(
            report.kept.map(({ block, registers }) => [block, registers])
        ).toEqual([
            ["SPI2", 3],
            ["ADC1", 4],
            ["USB OTG FS", 28],
        ])
        expect(report.lcd?.unconnected).toEqual([
            { select: "NE1", reads: 1, writes: 1 },
        ])
        // It sleeps at its end: all that it waited for has come.
        expect(report.instructions.idle).toBeGreaterThan(0.5)
    })

    it("says so to a person", async () => {
        const text = await emulate("--quiet")

        expect(text).toContain("kept, not modelled")
        expect(text).toMatch(/USB OTG FS 28 registers, \d+ reads, \d+ writes/)
        expect(text).toContain(
            "nothing is connected to NE1: 1 writes are lost, 1 reads float (--lcd NAME@NE1 fits an LCD)"
        )
    })
})
