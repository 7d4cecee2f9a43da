// SPDX-License-Identifier: MIT
// Why frames are missing or wrong: small firmwares that make one mistake each, and the cause that `--explain` names.

import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { main } from "../../host/main.ts"
import { CAUSES } from "../../sim/foreign/causes/causes.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import {
    buildArticle,
    buildForeign,
    buildMistake,
    LIBRARIES,
    SENSOR_OF,
    WAYS,
} from "./build.ts"

const MT9V034 = ["--sensor", "mt9v034@I2C2", "--seconds", "0.12"]
const OV2640 = ["--sensor", "ov2640@I2C2", "--seconds", "0.45"]

async function reportOf(
    elf: string,
    ...more: readonly string[]
): Promise<EmulateReport> {
    const terminal = recordingTerminal()
    await main(
        ["emulate", elf, "--chip", "stm32f407", "--json", ...more],
        terminal
    )
    return JSON.parse(terminal.stdout) as EmulateReport
}

/** A file of faults. */
function faults(...list: readonly object[]): string[] {
    const folder = mkdtempSync(join(tmpdir(), "camscript-causes-"))
    const file = join(folder, "faults.json")
    writeFileSync(file, JSON.stringify(list))
    return ["--faults", file]
}

function namesOf({ causes }: EmulateReport): string[] {
    return causes.map(({ name }) => name)
}

function textOf({ causes }: EmulateReport, name: string): string {
    return causes.find(cause => cause.name === name)?.text ?? ""
}

/** Others have the memory for 0.9 us in the middle of a row: longer than the DCMI's own FIFO lasts. */
const CONTENTION = Array.from({ length: 400 }, (_, index) => ({
    at: 0.04 + index * 0.0001,
    fault: "dma-late",
    us: 1,
}))

interface Mistake {
    readonly cause: string
    /** What follows from it, or is wrong as well. */
    readonly also?: readonly string[]
    /** As the manual or a public issue has it. */
    readonly title: string
    readonly defines: readonly string[]
    readonly options?: readonly string[]
    /** What the paragraph says of this run. */
    readonly says: RegExp
}

const PERMISSIVE = ["--permissive"]

const MISTAKES: readonly Mistake[] = [
    {
        cause: "hse",
        // It prints its error before USART2 has a clock.
        also: ["clock-off"],
        title: "no crystal is fitted",
        defines: [],
        options: ["--hse", "none"],
        says: /HSERDY never came.* HCLK is 16\.0 MHz \(HSI\)/,
    },
    {
        cause: "clock-off",
        title: "DMA2 is set up without its clock",
        defines: ["NO_DMA_CLOCK"],
        says: /^DMA2 was accessed .* RCC_AHB1ENR bit 22/,
    },
    {
        cause: "clock-off",
        title: "DMA2 is set up without its clock, and the run goes on",
        defines: ["NO_DMA_CLOCK"],
        options: PERMISSIVE,
        says: /^DMA2 was accessed .* RCC_AHB1ENR bit 22/,
    },
    {
        cause: "i2c-address",
        title: "the sensor listens at another address",
        defines: [],
        options: ["--sensor", "mt9v034@I2C2:0x5c"],
        says: /addresses 0x48 on I2C2 .* the mt9v034 listens at 0x5c/,
    },
    {
        cause: "sda-stuck",
        title: "openmv #1222: SDA stays low after a broken transfer",
        defines: [],
        options: faults({ at: 0, for: 1, fault: "i2c-sda-low", clocks: 0 }),
        says: /holds SDA of I2C2 low/,
    },
    {
        cause: "embedded-sync",
        title: "ESS is set",
        defines: ["DCMI_BITS=DCMI_CR_ESS"],
        says: /DCMI_CR_ESS = 1 .* the mt9v034 sends none/,
    },
    {
        cause: "sync-polarity",
        title: "HSPOL is the wrong way round",
        defines: ["DCMI_BITS=DCMI_CR_HSPOL"],
        says: /come while HSYNC is high.* HSPOL = 0 is right/,
    },
    {
        cause: "sync-polarity",
        title: "VSPOL is the wrong way round",
        defines: ["DCMI_BITS=DCMI_CR_VSPOL"],
        options: PERMISSIVE,
        says: /come while VSYNC is high.* VSPOL = 0 is right/,
    },
    {
        cause: "jpeg-bit",
        title: "a JPEG is taken without DCMI_CR_JPEG",
        defines: ["OV2640", "DCMI_BITS=0"],
        options: [...OV2640, "--permissive"],
        says: /sends a JPEG, and DCMI_CR_JPEG is 0/,
    },
    {
        cause: "unreachable-memory",
        title: "the frame is in the CCM",
        defines: ["IN_CCM"],
        options: PERMISSIVE,
        says: /stream 1 is to write to 0x10000000.*TEIF/,
    },
    {
        cause: "crop-off-by-one",
        title: "CWSIZE has the window's size, not that minus 1",
        defines: ["CROP", "CAPCNT=COLUMNS", "VLINE=LINES"],
        says: /CAPCNT = 160, .* VLINE = 120, .* Write CAPCNT = 159 and VLINE = 119/,
    },
    {
        cause: "crop-off-by-one",
        title: "VLINE alone has the number of lines",
        defines: ["CROP", "VLINE=LINES"],
        options: PERMISSIVE,
        says: /Write VLINE = 119\.$/,
    },
    {
        cause: "crop-outside",
        title: "openmv #272: the window ends below the frame",
        defines: ["CROP", "FIRST_LINE=140"],
        options: PERMISSIVE,
        says: /ends at line 260 of frames of 220/,
    },
    {
        cause: "buffer-size",
        title: "PX4-Flow #134: the DMA is set for another width",
        defines: ["TRANSFER_WORDS=(216 * 220 / 4)"],
        options: PERMISSIVE,
        says: /A frame has 12100 words, the transfer 11880.* striped/,
    },
    {
        cause: "buffer-size",
        also: ["capture-ended"],
        title: "a snapshot into a buffer that is shorter than the frame",
        defines: ["SNAPSHOT", "TRANSFER_WORDS=8192"],
        options: PERMISSIVE,
        says: /the transfer 8192 .*the stream stops before the frame ends/,
    },
    {
        cause: "direct-mode",
        title: "zephyr #119781: the FIFO's threshold is ignored",
        defines: ["FIFO=0"],
        options: faults(...CONTENTION),
        says: /overran \d+ times while others had the memory.* FCR_DMDIS/,
    },
    {
        cause: "slow-handler",
        title: "zephyr #90088: the interrupt of the frame copies it",
        defines: ["COPY_IN_FRAME"],
        says: /handler of DCMI runs up to [\d.]+ ms, .* leaves 1\.43 ms .* frames began while it ran/,
    },
    {
        cause: "slow-handler",
        title: "zephyr #104551: the interrupt of the transfer copies it",
        defines: ["COPY_IN_TRANSFER"],
        says: /handler of DMA2_Stream1 runs up to [\d.]+ ms/,
    },
    {
        cause: "slow-handler",
        title: "the interrupt stops the capture, copies, and starts it again",
        defines: ["STOP_TO_COPY"],
        says: /of the sensor's \d+ frames since the first one \d+ were not taken/,
    },
    {
        cause: "flag-not-cleared",
        title: "FRAME is never cleared",
        defines: ["KEEP_FLAG"],
        says: /^FRAME of the DCMI is set .* entered \d+ times.* DCMI_ICR \(0x1\)/,
    },
    {
        cause: "never-complete",
        title: "embassy #2506: the capture waits for a transfer that no frame fills",
        defines: ["SNAPSHOT", "TRANSFER_WORDS=16384", "WAIT_FOR_TRANSFER"],
        says: /set to 16384 words, and 4284 of them are left: a frame has 12100 words only/,
    },
    {
        cause: "never-complete",
        also: ["capture-ended"],
        title: "embassy #2506: the capture waits for words that an overrun lost",
        defines: ["SNAPSHOT", "WAIT_FOR_TRANSFER"],
        options: faults({ at: 0.02, fault: "dcmi-overrun" }),
        says: /overran, and what was lost never comes/,
    },
    {
        cause: "capture-ended",
        title: "zephyr #92354: after an error nobody starts the capture again",
        defines: ["STOP_AT_OVERRUN"],
        options: faults({ at: 0.06, fault: "dcmi-overrun" }),
        says: /the sensor sent \d+ frames of which none was taken: DCMI_CR_ENABLE is 0 and DMA2 stream 1 is off/,
    },
]

describe("a firmware that makes a mistake", () => {
    it.each(MISTAKES)("$cause: $title", async mistake => {
        const { cause, also = [], defines, options = [], says } = mistake
        const report = await reportOf(
            buildMistake(defines),
            ...[...MT9V034, ...options]
        )

        expect(namesOf(report)).toEqual([cause, ...also])
        expect(textOf(report, cause)).toMatch(says)
    })

    it("has each cause among these", () => {
        const shown = new Set(MISTAKES.map(({ cause }) => cause))
        // Its program is one of the row by row ones, below.
        shown.add("late-stream")

        expect([...shown].sort()).toEqual(CAUSES.map(({ name }) => name).sort())
    })

    it("late-stream: a row's transfer comes too late", async () => {
        const report = await reportOf(
            buildArticle("spl", "lines", ["BLOCKED_FRAME=2"]),
            ...OV2640
        )

        expect(namesOf(report)).toEqual(["late-stream"])
        expect(textOf(report, "late-stream")).toMatch(
            /overran once .* \(80 of 9600 words\).* DMA2_Stream1 took up to/
        )
    })

    it("is told again to clear what it clears only while it sets up", async () => {
        // ICR was written as a whole before the capture: the entries of the handler tell.
        const report = await reportOf(
            buildMistake(["KEEP_FLAG", "CLEAR_AT_SETUP"]),
            ...MT9V034
        )

        expect(namesOf(report)).toEqual(["flag-not-cleared"])
    })

    it("reads the causes in words with --explain", async () => {
        const terminal = recordingTerminal()
        await main(
            [
                ...["emulate", buildMistake(["KEEP_FLAG"]), "--quiet"],
                ...["--chip", "stm32f407", ...MT9V034, "--explain"],
            ],
            terminal
        )

        expect(terminal.stdout).toMatch(
            /\n {2}flag-not-cleared: FRAME of the DCMI is set/
        )
    })
})

describe("a firmware that is right", () => {
    it.each([
        ["captures frames", [], []],
        ["crops", ["CROP"], []],
        [
            "keeps its window open below the frame, and takes what comes",
            ["CROP", "FIRST_LINE=100", "VLINE=0x3fff"],
            [],
        ],
        ["takes JPEGs", ["OV2640"], OV2640],
        ["uses direct mode and nobody else the memory", ["FIFO=0"], []],
        [
            "uses the FIFO while others have the memory",
            [],
            faults(...CONTENTION),
        ],
        [
            "takes a snapshot into a larger buffer",
            ["SNAPSHOT", "TRANSFER_WORDS=16384", "FRAMES=1"],
            [],
        ],
    ] as const)("%s and shows no cause", async (_, defines, options) => {
        const report = await reportOf(
            buildMistake(defines),
            ...[...MT9V034, ...options]
        )

        expect(report.frames).toBeGreaterThan(0)
        expect(namesOf(report)).toEqual([])
    })

    it.each(
        LIBRARIES.flatMap(library => WAYS.map(way => [library, way] as const))
    )("%s, %s", async (library, way) => {
        const report = await reportOf(
            buildArticle(library, way),
            ...(SENSOR_OF[way] === "ov2640" ? OV2640 : MT9V034),
            ...(way.startsWith("lcd") ? ["--lcd", "ili9341@NE1"] : [])
        )

        // What goes to the display row by row is no frame in memory.
        expect(report.frames + (report.lcd?.pixels ?? 0)).toBeGreaterThan(0)
        expect(namesOf(report)).toEqual([])
    })

    it("the vendor's double buffer", async () => {
        const report = await reportOf(
            buildForeign("vendor", "stm32f407"),
            ...MT9V034
        )

        expect(namesOf(report)).toEqual([])
    })
})
