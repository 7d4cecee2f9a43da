// SPDX-License-Identifier: MIT
// Firmware that is not ours, through `camscript emulate`.

import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import type { ChipKind } from "../../sim/stm32/chip-kind.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildArticle, buildForeign } from "./build.ts"

const FRAME_BYTES = 220 * 220

async function emulate(
    elf: string,
    chip: ChipKind,
    ...more: readonly string[]
): Promise<EmulateReport> {
    const { exitCode, stdout, stderr } = await command(elf, chip, ...more)
    expect(stderr).toBe("")
    expect(exitCode).toBe(0)
    return JSON.parse(stdout) as EmulateReport
}

async function command(elf: string, chip: string, ...more: readonly string[]) {
    const terminal = recordingTerminal()
    const exitCode = await main(
        [
            ...["emulate", elf, "--chip", chip, "--json"],
            ...["--sensor", "mt9v034@I2C2:0x48", ...more],
        ],
        terminal
    )
    return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr }
}

/** An instruction of the HAL's capture that breaks a rule. */
function place(name: string, count: number): object {
    return {
        pc: expect.stringMatching(/^0x0800\w{4}$/) as string,
        symbol: expect.stringMatching(
            new RegExp(`^${name}\\+0x\\w+$`)
        ) as string,
        source: expect.stringMatching(
            /\/article\/hal_capture\.c:\d+$/
        ) as string,
        count,
    }
}

function entriesOf(report: EmulateReport, name: string): number {
    return report.exceptions.find(found => found.name === name)?.entries ?? 0
}

describe("a camera firmware written the vendor's way", () => {
    it.each<ChipKind>(["stm32f407", "stm32f446", "stm32f429"])(
        "captures whole frames into two buffers on an %s, without breaking a rule",
        async chip => {
            const report = await emulate(
                buildForeign("vendor", chip),
                chip,
                ...["--seconds", "0.12"]
            )

            expect(report.violations).toEqual([])
            expect(report.warnings).toEqual([])
            expect(report.overruns).toBe(0)
            expect(report.frames).toBeGreaterThan(8)
            expect(report.exactFrames).toBe(report.frames)
            // DMA alternates between the two buffers of the program.
            expect(report.placements).toHaveLength(2)
            const [first, second] = report.placements
            expect(first!.bytes).toBe(FRAME_BYTES)
            expect(Number(second!.address) - Number(first!.address)).toBe(
                FRAME_BYTES
            )
            expect(first!.count - second!.count).toBeLessThanOrEqual(1)
            // One transfer per frame; LINE and VSYNC are left on, as vendors' libraries leave them.
            expect(entriesOf(report, "DMA2_Stream1")).toBe(report.frames)
            expect(entriesOf(report, "DCMI")).toBeGreaterThan(
                220 * report.frames
            )
            expect(report.uart[0]).toMatchObject({ usart: 2 })
            expect(report.uart[0]!.text).toMatch(
                /^vendor firmware\r\nsensor found\r\nframe 1 mean \d+\r\n/
            )
        }
    )

    it.each<[ChipKind, string, number]>([
        ["stm32f407", "a timer, 168 MHz / 7", 24e6],
        ["stm32f446", "a timer, 180 MHz / 8", 22.5e6],
        ["stm32f429", "MCO1 from HSI", 16e6],
    ])(
        "gives the sensor of an %s its clock at PA8, from %s",
        async (chip, _source, xclkHz) => {
            const report = await emulate(
                buildForeign("vendor", chip),
                chip,
                ...["--xclk-pin", "PA8", "--seconds", "0.08"]
            )

            expect(report).toMatchObject({ xclkHz, xclkPin: "PA8" })
            // Rows of 704 clocks, 220 and 45 of them, and 4 clocks.
            const clocks = (220 + 45) * 704 + 4
            expect(report.fps).toBeCloseTo(xclkHz / clocks, 2)
            expect(report.frames).toBeGreaterThan(3)
            expect(report.exactFrames + report.unusableFrames).toBe(
                report.frames
            )
            expect(report.violations).toEqual([])
            expect(report.i2cHints).toEqual([])
        }
    )

    it("saves images, memory, text and waveforms", async () => {
        const folder = mkdtempSync(join(tmpdir(), "camscript-foreign-"))
        const file = (name: string): string => join(folder, name)
        const elf = buildForeign("vendor", "stm32f407")

        const report = await emulate(
            elf,
            "stm32f407",
            ...["--seconds", "0.08", "--width", "220", "--height", "220"],
            ...["--out", file("out"), "--uart", file("uart.txt")],
            ...["--dump", `0x08000000,64,${file("vectors.bin")}`],
            ...["--vcd", file("waves.vcd")]
        )

        const names = readdirSync(file("out"))
        expect(names).toContain("frame-000000.png")
        const { data, info } = await sharp(file("out/frame-000000.png"))
            .toColourspace("b-w")
            .raw()
            .toBuffer({ resolveWithObject: true })
        expect(info).toMatchObject({ width: 220, height: 220, channels: 1 })
        // The firmware's own mean of its first frame agrees with the image's.
        const mean = data.reduce((sum, level) => sum + level, 0) / data.length
        expect(report.uart[0]!.text).toContain(
            `frame 1 mean ${Math.floor(mean)}\r\n`
        )
        expect(readFileSync(file("uart.txt"), "latin1")).toBe(
            report.uart[0]!.text
        )
        // The first vector is the initial stack pointer: the end of 128 KB of SRAM.
        const vectors = readFileSync(file("vectors.bin"))
        expect(vectors.length).toBe(64)
        expect(vectors.readUInt32LE(0)).toBe(0x20020000)
        expect(readFileSync(file("waves.vcd"), "utf8")).toMatch(
            /\$enddefinitions/
        )
    })

    it("says that the sensor does not answer when it is wired to another bus", async () => {
        const elf = buildForeign("vendor", "stm32f407")

        const report = await emulate(
            elf,
            "stm32f407",
            ...["--seconds", "0.08", "--sensor", "mt9v034@I2C1"]
        )

        expect(report.frames).toBe(0)
        expect(report.uart[0]!.text).toContain(
            "error: I2C: no answer from the sensor"
        )
    })

    it("waits in vain for a crystal that is not fitted", async () => {
        const elf = buildForeign("vendor", "stm32f407")

        const report = await emulate(
            elf,
            "stm32f407",
            ...["--seconds", "0.15", "--hse", "none", "--permissive"]
        )

        expect(report.frames).toBe(0)
        expect(entriesOf(report, "DCMI")).toBe(0)
    })
})

describe("a firmware in the manner of an RTOS", () => {
    it("switches tasks by PendSV, FPU and all, with narrow register accesses", async () => {
        const elf = buildForeign("tasks", "stm32f446")

        const report = await emulate(elf, "stm32f446", ...["--seconds", "0.02"])

        expect(report.violations).toEqual([])
        expect(report.uart).toEqual([
            { usart: 2, bytes: 11, text: "tasks run\r\n" },
        ])
        const ticks = entriesOf(report, "SysTick")
        expect(ticks).toBeGreaterThan(17)
        expect(entriesOf(report, "PendSV")).toBe(ticks)
        expect(entriesOf(report, "SVCall")).toBe(1)
        expect(entriesOf(report, "HardFault")).toBe(0)
    })

    it("never loses a register of the FPU", async () => {
        const folder = mkdtempSync(join(tmpdir(), "camscript-tasks-"))
        const elf = buildForeign("tasks", "stm32f446")
        const file = join(folder, "ram.bin")
        const { readElf } = await import("../../sim/cortex-m/elf.ts")
        const ram = { name: "RAM", address: 0x20000000, bytes: 0x20000 }
        const flash = { name: "flash", address: 0x08000000, bytes: 0x80000 }
        const { symbols } = readElf(readFileSync(elf), elf, [flash, ram])

        await emulate(
            elf,
            "stm32f446",
            ...["--seconds", "0.02", "--dump", `0x20000000,131072,${file}`]
        )

        const memory = readFileSync(file)
        const word = (name: string, index = 0): number =>
            memory.readUInt32LE(symbols.address(name) - 0x20000000 + index * 4)
        expect(word("wrong_sums")).toBe(0)
        expect(word("rounds", 0)).toBeGreaterThan(100)
        expect(word("rounds", 1)).toBeGreaterThan(100)
    })
})

describe("what is not modelled", () => {
    it("stops a strict run, with the block's name and the place in the program", async () => {
        const elf = buildForeign("vendor", "stm32f407", ["TOUCH_UNMODELLED"])

        const { exitCode, stdout, stderr } = await command(elf, "stm32f407")

        expect(exitCode).toBe(1)
        expect(stderr).toMatch(
            /^camscript: bus.*0x40002c04: no block is modelled there \(WWDG\) \(RM0090 2\.3\) \(at 0x\w+ \(main\+0x\w+, foreign\/vendor\.c:\d+\), .*--permissive.*\n$/
        )
        // What was printed so far is told all the same.
        const report = JSON.parse(stdout) as EmulateReport
        expect(stderr).toBe(`camscript: ${report.ended}\n`)
        expect(report.uart[0]!.text).toBe("vendor firmware\r\n")
    })

    it("is counted by a permissive run, which goes on", async () => {
        const elf = buildForeign("vendor", "stm32f407", ["TOUCH_UNMODELLED"])

        const report = await emulate(
            elf,
            "stm32f407",
            ...["--permissive", "--seconds", "0.08"]
        )

        expect(report.unmodelled).toEqual([
            { address: "0x40002c04", block: "WWDG", reads: 2, writes: 1 },
        ])
        expect(report.frames).toBeGreaterThan(2)
    })
})

describe("what is doubtful and does no harm", () => {
    it("does not stop a strict run, and is counted in its report", async () => {
        const elf = buildArticle("hal", "window")

        const report = await emulate(elf, "stm32f407", "--seconds", "0.1")

        expect(report.violations).toEqual([])
        expect(report.warnings).toEqual([
            {
                message:
                    "DMA2_LIFCR = 0x00000fc0: reserved bits 0x80 are written 1 and take no effect (RM0090 10.5.3)",
                section: "RM0090 10.5.3",
                count: 3,
                firstSeconds: expect.any(Number) as number,
                places: [
                    place("capture_init", 1),
                    place("dma_start", 1),
                    place("capture_stop", 1),
                ],
            },
            {
                message:
                    "DMA2_S1M1AR = 0x00000000: is written while EN is 1, and is used in double buffer mode only (RM0090 10.5.9)",
                section: "RM0090 10.5.9",
                count: 5,
                firstSeconds: expect.any(Number) as number,
                places: [place("DMA2_Stream1_IRQHandler", 5)],
            },
        ])
        const [first, second] = report.warnings
        expect(first!.firstSeconds).toBeLessThan(second!.firstSeconds)
    })

    it("is told to a person, too", async () => {
        const terminal = recordingTerminal()

        const exitCode = await main(
            [
                ...["emulate", buildArticle("hal", "window")],
                ...["--chip", "stm32f407", "--sensor", "mt9v034@I2C2"],
                ...["--seconds", "0.1", "--quiet"],
            ],
            terminal
        )

        expect(exitCode).toBe(0)
        expect(terminal.stdout).toContain(
            "\n  doubtful, without harm:\n    3 x DMA2_LIFCR = 0x00000fc0: reserved bits"
        )
        expect(terminal.stdout).not.toContain("against the manual")
    })
})

describe("wrong usage", () => {
    const elf = buildForeign("tasks", "stm32f446")

    it.each<[string[], RegExp]>([
        [
            ["--dump", "0x30000000,4,x.bin"],
            /no memory of 4 bytes at 0x30000000/,
        ],
        [["--width", "220"], /--width and --height belong together/],
        [["--sensor", "mt9v034"], /is not NAME@BUS/],
        [["--sensor", "mt9v034@SPI1"], /bus SPI1 is unknown/],
        [["--sensor", "mt9v034@I2C1:0x90"], /not a 7-bit I2C address/],
        [["--dump", "here"], /is not ADDRESS,LENGTH,FILE/],
        [["--hse", "1000000"], /--hse 1000000/],
        [["--scene", "no-such.png"], /no-such\.png/],
    ])("%j is refused in one paragraph", async (more, message) => {
        const { exitCode, stdout, stderr } = await command(
            elf,
            "stm32f446",
            ...more
        )

        expect(exitCode).toBeGreaterThan(0)
        expect(stdout).toBe("")
        expect(stderr).toMatch(/^camscript: .*\n$/)
        expect(stderr).toMatch(message)
    })

    it("a file that is no firmware is refused", async () => {
        const { exitCode, stderr } = await command(
            import.meta.filename,
            "stm32f446"
        )

        expect(exitCode).toBe(2)
        expect(stderr).toMatch(/is not an ELF file/)
    })
})
