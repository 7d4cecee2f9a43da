// SPDX-License-Identifier: MIT
// Firmware that speaks I2C in the manner of others: by interrupt, by DMA, as libopencm3 has it, and SCCB by hand on any two
// pins. All in strict mode, with the right pixels in memory, through `camscript emulate`.

import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { decodeI2c } from "../support/waveforms/i2c-decoder.ts"
import { parseVcd } from "../support/waveforms/parsed-vcd.ts"
import { buildArticle, buildForeign, buildI2c } from "./build.ts"

interface Outcome {
    readonly exitCode: number
    readonly stdout: string
    readonly stderr: string
}

async function command(
    elf: string,
    sensor: string,
    ...more: readonly string[]
): Promise<Outcome> {
    const terminal = recordingTerminal()
    const exitCode = await main(
        ["emulate", elf, "--chip", "stm32f407", "--sensor", sensor, ...more],
        terminal
    )
    return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr }
}

async function emulate(
    elf: string,
    sensor: string,
    ...more: readonly string[]
): Promise<EmulateReport> {
    const outcome = await command(elf, sensor, "--json", ...more)
    expect(outcome.stderr).toBe("")
    expect(outcome.exitCode).toBe(0)
    return JSON.parse(outcome.stdout) as EmulateReport
}

function warningsOf({ warnings }: EmulateReport): string[] {
    return warnings.map(({ message }) => message)
}

/** Reads of the MT9V034's program: chip version by two and by two single bytes, the window by eight. */
const MT9V034_READ = 2 + 1 + 1 + 8

describe.each([
    {
        manner: "hal_interrupt",
        // Of the last byte ACK is cleared once more.
        warnings: [
            "I2C2_CR1 = 0x00000201: is written while STOP is pending: wait until it reads 0",
        ],
    },
    {
        manner: "hal_dma",
        warnings: [
            "DMA1_HIFCR = 0x0fc00000: reserved bits 0x800000 are written 1 and take no effect (RM0090 10.5.4)",
            "DMA1_LIFCR = 0x003f0000: reserved bits 0x20000 are written 1 and take no effect (RM0090 10.5.3)",
        ],
    },
    {
        manner: "opencm3",
        warnings: [
            "I2C2_TRISE = 0x0000002b: is 43, this speed needs 13",
            "I2C2_CR1 = 0x00000501: is written while START is pending: wait until it reads 0",
        ],
    },
] as const)("I2C in the manner of $manner", ({ manner, warnings }) => {
    it("sets up an MT9V034 and takes its window", async () => {
        const report = await emulate(
            buildI2c(manner, "window"),
            "mt9v034@I2C2",
            ...["--seconds", "0.12"]
        )

        expect(report.uart[0]!.text).toBe("done\r\n")
        // The first is the one in which the sensor settles after its soft reset.
        expect(report.frames).toBe(5)
        expect(report.exactFrames).toBe(4)
        expect([...warningsOf(report)].sort()).toEqual([...warnings].sort())
        expect(report.i2cHints).toEqual([])
        expect(report.i2c).toHaveLength(1)
        expect(report.i2c[0]).toMatchObject({
            ...{ bus: "I2C2", address: 0x48, nacks: 0, read: MT9V034_READ },
        })
    })
})

describe("SCCB by hand", () => {
    const fight =
        "GPIOD: PD7 is driven high, push-pull, while the sensor pulls SDA low to acknowledge or to send a 0: both drive the wire"

    it.each([
        { define: undefined, sensor: "ov2640@I2C1", warnings: [fight] },
        { define: "OPEN_DRAIN", sensor: "ov2640@I2C1", warnings: [] },
        { define: "BLIND", sensor: "ov2640@PD6,PD7", warnings: [fight] },
    ])(
        "on PD6 and PD7 ($define) sets up an OV2640 at $sensor",
        async ({ define, sensor, warnings }) => {
            const report = await emulate(
                buildI2c("sccb", "lines", define === undefined ? [] : [define]),
                sensor,
                ...["--seconds", "0.5"]
            )

            expect(report.uart[0]!.text).toBe("done\r\n")
            expect(report.frames).toBe(4)
            expect(report.exactFrames).toBe(4)
            expect(warningsOf(report)).toEqual(warnings)
            expect(report.i2cHints).toEqual([])
            expect(report.i2c).toEqual([
                expect.objectContaining({
                    ...{ bus: "PD6,PD7", address: 0x30, nacks: 0, read: 1 },
                }),
            ])
        }
    )

    it("is in the waveforms, with what the sensor acknowledges and sends", async () => {
        const folder = mkdtempSync(join(tmpdir(), "camscript-sccb-"))
        const vcd = join(folder, "waves.vcd")
        await emulate(
            buildI2c("sccb", "lines", ["OPEN_DRAIN"]),
            "ov2640@PD6,PD7",
            ...["--seconds", "0.02", "--vcd", vcd]
        )

        const transfers = decodeI2c(await parseVcd(readFileSync(vcd, "utf8")))
        expect(transfers.slice(0, 4)).toMatchObject([
            { address: 0x30, read: false, bytes: [0xff, 0x01] },
            { address: 0x30, read: false, bytes: [0x0a] },
            { address: 0x30, read: true, bytes: [0x26] },
            { address: 0x30, read: false, bytes: [0x12, 0x80] },
        ])
        expect(transfers[0]!.acknowledged).toEqual([true, true, true])
        expect(transfers[2]!.acknowledged).toEqual([true, false])
    })

    it("on other pins than those of the sensor is told to a person", async () => {
        const { exitCode, stdout } = await command(
            buildI2c("sccb", "lines"),
            "ov2640@PB8,PB9",
            ...["--seconds", "0.05", "--quiet"]
        )

        expect(exitCode).toBe(0)
        expect(stdout).toContain("ov2640 on PB8,PB9 at 0x30")
        expect(stdout).toContain(
            "you address 0x30 on PD6,PD7, and the ov2640 is on PB8,PB9: --sensor ov2640@PD6,PD7:0x30 wires it to PD6,PD7"
        )
    })
})

describe("the I2C statistics", () => {
    it("say that the sensor listens at another address", async () => {
        const report = await emulate(
            buildForeign("vendor", "stm32f407"),
            "mt9v034@I2C2:0x5c",
            ...["--seconds", "0.06"]
        )

        expect(report.bus).toBe("I2C2")
        expect(report.i2c).toEqual([
            {
                ...{ bus: "I2C2", address: 0x48, starts: 1, acknowledged: 0 },
                ...{ nacks: 1, written: 0, read: 0 },
            },
        ])
        expect(report.i2cHints).toEqual([
            "you address 0x48 on I2C2, the mt9v034 listens at 0x5c on I2C2",
        ])
    })

    it("are printed with bytes, and without a hint when the sensor answers", async () => {
        const { stdout } = await command(
            buildArticle("spl", "window"),
            "mt9v034@I2C2",
            ...["--seconds", "0.05", "--quiet"]
        )

        expect(stdout).toMatch(
            /I2C {11}I2C2 0x48: \d+ starts, \d+ bytes written, 12 read\n/
        )
        expect(stdout).not.toContain("I2C hint")
    })

    it("say that nobody spoke", async () => {
        const report = await emulate(
            buildForeign("tasks", "stm32f407"),
            "mt9v034@I2C2",
            ...["--seconds", "0.005"]
        )

        expect(report.i2c).toEqual([])
        expect(report.i2cHints[0]).toContain("there was no START")
    })
})

describe("the pins of --sensor", () => {
    it.each([
        ["ov2640@PB8", /bus PB8 is unknown/],
        ["ov2640@PB8,PB8", /bus PB8,PB8 is unknown/],
        ["ov2640@PB8,PB16", /bus PB8,PB16 is unknown/],
        ["ov2640@PB8,PJ1", /the stm32f407 has no PJ1/],
    ])("%s is refused", async (sensor, message) => {
        const { exitCode, stderr } = await command(
            buildForeign("tasks", "stm32f407"),
            sensor
        )

        expect(exitCode).toBe(2)
        expect(stderr).toMatch(message)
    })
})
