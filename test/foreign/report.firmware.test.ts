// SPDX-License-Identifier: MIT
// What `camscript emulate` tells of a firmware: clocks, wires, crop, faults of the core, boot loaders, early ends.

import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { main } from "../../host/main.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildArticle, buildForeign, buildMistake } from "./build.ts"

const MT9V034 = ["--chip", "stm32f407", "--sensor", "mt9v034@I2C2"]
const OV2640 = ["--chip", "stm32f407", "--sensor", "ov2640@I2C2"]

async function command(elf: string, ...more: readonly string[]) {
    const terminal = recordingTerminal()
    const exitCode = await main(["emulate", elf, "--quiet", ...more], terminal)
    return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr }
}

async function reportOf(
    elf: string,
    ...more: readonly string[]
): Promise<EmulateReport> {
    const { stdout } = await command(elf, "--json", ...more)
    return JSON.parse(stdout) as EmulateReport
}

describe("the report", () => {
    it("has the clocks with their source, and both ends of the wires", async () => {
        const elf = buildMistake()
        const report = await reportOf(elf, ...MT9V034, "--seconds", "0.1")

        expect(report.clocks).toEqual({
            source: "PLL from HSE",
            hclkHz: 168e6,
            pclk1Hz: 42e6,
            pclk2Hz: 84e6,
        })
        // Rows of 846 clocks, 220 and 45 of them, and 4 clocks.
        const fps = 26_666_667 / ((220 + 45) * 846 + 4)
        expect(report.sent).toEqual({
            columns: 220,
            rows: 220,
            format: "gray8",
            window: { x: 266, y: 130, width: 220, height: 220 },
            fps: Number(fps.toFixed(3)),
            pixclkHz: 26_666_667,
            hsync: "high",
            vsync: "high",
            stableEdge: "rising",
        })
        expect(report.dcmi).toEqual({
            enabled: true,
            mode: "continuous",
            jpeg: false,
            hsync: "high",
            vsync: "high",
            sampledEdge: "rising",
            crop: null,
        })
    })

    it("says it to a person, and what differs", async () => {
        const elf = buildMistake(["DCMI_BITS=DCMI_CR_VSPOL"])
        const { stdout } = await command(
            elf,
            ...MT9V034,
            ...["--seconds", "0.06", "--permissive"]
        )

        expect(stdout).toContain(
            "  clocks        HCLK 168 MHz (PLL from HSE), PCLK1 42 MHz, PCLK2 84 MHz\n"
        )
        expect(stdout).toMatch(
            /\n {2}sensor sends {2}220x220 gray8 at 266,130, 118\.9\d+ per second; PIXCLK 26\.667 MHz, stable at its rising edge; HSYNC high and VSYNC high with pixels\n/
        )
        expect(stdout).toContain(
            "pixels with HSYNC high and VSYNC low (the sensor: the other); no crop\n"
        )
        expect(stdout).toContain(
            "\n  sync-polarity: --explain says it in words"
        )
        // A rule that the hardware finds while a row comes is no access of an instruction.
        expect(stdout).toMatch(/ x DCMI_CR = .* calls the level without data/)
    })

    it("says that the firmware runs on HSI when the crystal is missing", async () => {
        const report = await reportOf(
            buildForeign("vendor", "stm32f407"),
            ...MT9V034,
            ...["--seconds", "0.01", "--hse", "none"]
        )

        expect(report.clocks).toMatchObject({ source: "HSI", hclkHz: 16e6 })
        expect(report.sent).toBeNull()
    })

    it("judges a crop of the DCMI by its window", async () => {
        const report = await reportOf(
            buildArticle("spl", "crop"),
            ...MT9V034,
            ...["--seconds", "0.12"]
        )

        expect(report.dcmi.crop).toEqual({
            x: 216,
            y: 120,
            width: 320,
            height: 240,
        })
        expect(report.frames).toBe(3)
        expect(report.exactFrames).toBe(3)
    })

    it("judges a JPEG by its stream, whose last word is filled up", async () => {
        const report = await reportOf(
            buildArticle("spl", "jpeg"),
            ...OV2640,
            ...["--seconds", "0.45"]
        )

        expect(report).toMatchObject({ frames: 1, exactFrames: 1 })
        expect(report.sent).toMatchObject({ format: "jpeg" })
    })

    it("does not call a frame exact that lacks a line of its window", async () => {
        const report = await reportOf(
            buildMistake([
                "CROP",
                "TRANSFER_WORDS=(160 * 119 / 4)",
                "SNAPSHOT",
            ]),
            ...MT9V034,
            ...["--seconds", "0.1", "--permissive"]
        )

        expect(report.exactFrames).toBe(0)
    })
})

describe("a strict run that is stopped", () => {
    it("keeps report, pictures and text so far", async () => {
        const folder = mkdtempSync(join(tmpdir(), "camscript-report-"))
        const elf = buildMistake(["TOUCH_WWDG"])
        const { exitCode, stdout, stderr } = await command(
            elf,
            ...MT9V034,
            ...["--seconds", "0.2", "--width", "220", "--height", "220"],
            ...["--out", join(folder, "out")],
            ...["--uart", join(folder, "uart.txt")]
        )

        expect(exitCode).toBe(1)
        expect(stderr).toMatch(
            /^camscript: bus = 0x00000003: write at 0x40002c04: no block is modelled there \(WWDG\) .*--permissive counts this and goes on\)\n$/
        )
        expect(stdout).toMatch(/\n {2}frames {8}[3-9] of the sensor's/)
        expect(stdout).toMatch(/\n {2}ended: bus = /)
        expect(readFileSync(join(folder, "uart.txt"), "latin1")).toBe(
            "capture\r\ndone\r\n"
        )
        const images = readdirSync(join(folder, "out"))
        expect(images).toContain("frame-000000.png")
    })
})

describe("a fault of the core", () => {
    it("has its reasons in words, its address, and who called", async () => {
        const report = await reportOf(
            buildMistake(["CRASH"]),
            ...MT9V034,
            ...["--seconds", "0.1"]
        )

        expect(report.coreFaults).toHaveLength(1)
        const [fault] = report.coreFaults
        expect(fault).toMatchObject({
            name: "BusFault",
            escalated: true,
            cfsr: "0x00000200",
            address: "0xd0000018",
            count: 1,
        })
        expect(fault!.reasons[0]).toMatch(/^PRECISERR: /)
        const calls = fault!.calls.map(({ symbol, source, interrupted }) => [
            symbol?.replace(/[.+].*/, ""),
            source?.replace(/^.*\//, "").replace(/:.*/, ""),
            interrupted,
        ])
        expect(calls).toEqual([
            ["display_write", "mistakes.c", false],
            ["display_row", "mistakes.c", false],
            ["DCMI_IRQHandler", "mistakes.c", false],
            ["main", "mistakes.c", true],
            ["Reset_Handler", "startup.c", false],
        ])
    })

    it("is told to a person", async () => {
        const { stdout } = await command(
            buildMistake(["CRASH"]),
            ...MT9V034,
            ...["--seconds", "0.1"]
        )

        expect(stdout).toMatch(
            /\n {2}HardFault \(BusFault that is not enabled or not urgent enough\), 0\.\d+ s after power-on: CFSR 0x00000200, BFAR 0xd0000018\n {4}PRECISERR: .*\n {4}at 0x\w+ \(display_write.*, mistakes\/mistakes\.c:\d+\)\n {4}called at .*display_row.*\n {4}called at .*DCMI_IRQHandler.*\n {4}which interrupted .*main/
        )
    })

    it.each([["-O0"], ["-O2"], ["-Og"]])(
        "is followed through frames of %s",
        async optimisation => {
            const report = await reportOf(
                buildMistake(["CRASH"], [optimisation]),
                ...MT9V034,
                ...["--seconds", "0.1"]
            )

            const names = report.coreFaults[0]!.calls.map(({ symbol }) =>
                symbol?.replace(/[.+].*/, "")
            )
            expect(names).toEqual([
                "display_write",
                "display_row",
                "DCMI_IRQHandler",
                "main",
                "Reset_Handler",
            ])
        }
    )

    it("is told by LR without debug information", async () => {
        const elf = buildMistake(["CRASH"], ["-g0"])
        const stripped = `${elf}.stripped`
        spawnSync("arm-none-eabi-strip", ["-g", elf, "-o", stripped])
        const report = await reportOf(
            stripped,
            ...MT9V034,
            ...["--seconds", "0.1"]
        )

        const { calls } = report.coreFaults[0]!
        expect(calls.map(({ source }) => source)).toEqual([null, null])
        expect(calls[0]!.symbol).toMatch(/^display_write/)
        expect(calls[1]!.symbol).toMatch(/^display_row/)
    })
})

describe("a firmware that a boot loader starts", () => {
    const elf = buildMistake([], ["-Wl,--defsym=flash_start=0x08008000"])

    it("is refused with a hint where its vector table is", async () => {
        const { exitCode, stdout, stderr } = await command(elf, ...MT9V034)

        expect(exitCode).toBe(2)
        expect(stdout).toBe("")
        expect(stderr).toMatch(
            /^camscript: .* has no vector table at 0x08000000, where the core starts .*: the file has a vector table at 0x08008000, .*: --vector 0x08008000 starts there\n$/
        )
    })

    it("runs with --vector", async () => {
        const report = await reportOf(
            elf,
            ...MT9V034,
            ...["--seconds", "0.1", "--vector", "0x08008000"]
        )

        expect(report.uart[0]!.text).toBe("capture\r\ndone\r\n")
        expect(report.frames).toBeGreaterThan(8)
        expect(report.exactFrames).toBe(report.frames - report.unusableFrames)
    })

    it.each([
        ["0x08010000", /no vector table at 0x08010000, which --vector names/],
        ["0x08008004", /--vector 0x08008004 is not the address/],
        ["here", /--vector here is not the address/],
    ])("--vector %s is refused", async (address, message) => {
        const { exitCode, stderr } = await command(
            elf,
            ...MT9V034,
            ...["--vector", address]
        )

        expect(exitCode).toBe(2)
        expect(stderr).toMatch(message)
    })
})
