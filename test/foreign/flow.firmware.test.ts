// SPDX-License-Identifier: MIT
// An optical flow sensor in the manner of PX4-Flow: STM32F407, MT9V034 at 0x5c, 64x64 binned by 4, three images by double
// buffer mode, the falling edge of PIXCLK, the sensor's clock from a timer, a crystal with a short time-out.

import { describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import {
    foreignOutcome,
    isPicture,
    warningsOf,
    type Outcome,
} from "../support/foreign/foreign-outcome.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildFlow } from "./build.ts"

const SECONDS = 0.08
const STOP_PENDING =
    "I2C2_CR1: is written while STOP is pending: wait until it reads 0"
const COMPANDING =
    "MT9V034_ADC_RESOLUTION_CONTROL: companding (3) is not modelled: 10 bits linear are sent"
const otherEdge = (setUpNs: string): string =>
    `DCMI_CR: PCKPOL samples at the falling edge of PIXCLK, the sensor's sheet names the rising edge: the data is right, with set-up ${setUpNs} ns and hold 16.5 ns beyond what the DCMI needs (DS8626, DCMI characteristics)`

function outcomeOf(
    defines: readonly string[],
    more: { permissive?: boolean; hseMs?: number; xclkHz?: number } = {}
): Promise<Outcome> {
    const { permissive, hseMs = 0.5, xclkHz } = more
    const pins = { powerDown: "PE3", xclk: "PC8" }
    return foreignOutcome({
        elf: buildFlow(defines),
        sensor: "mt9v034",
        address: 0x5c,
        seconds: SECONDS,
        hse: { hz: 24e6, bypass: false, startUpNs: hseMs * 1e6 },
        sensorPins: xclkHz === undefined ? pins : { powerDown: "PE3" },
        ...(xclkHz !== undefined && { xclkHz }),
        ...(permissive !== undefined && { permissive }),
    })
}

describe("firmware in the manner of PX4-Flow", () => {
    it.each([
        // 21 MHz: PIXCLK of 5.25, 10.5 and 21 MHz.
        { binning: 4, edge: "falling", warnings: [otherEdge("159.4")] },
        { binning: 4, edge: "rising", warnings: [] },
        { binning: 2, edge: "falling", warnings: [otherEdge("64.1")] },
        { binning: 1, edge: "rising", warnings: [] },
    ])(
        "binned by $binning at the $edge edge has what the sensor sent in each of its images",
        async ({ binning, edge, warnings }) => {
            const outcome = await outcomeOf([
                `BINNING=${binning}`,
                ...(edge === "rising" ? ["RISING_EDGE"] : []),
            ])

            expect(outcome.ended).toBeUndefined()
            expect(outcome.text).toBe("done\r\n")
            const { captures, run } = outcome
            expect(captures.length).toBeGreaterThan(6)
            const side = 64 * binning
            for (const { frame, sent, memory } of captures) {
                expect(frame.sent).toMatchObject({ columns: 64, rows: 64 })
                expect(frame.sent.window).toEqual({
                    x: (752 - side) / 2,
                    y: (480 - side) / 2,
                    width: side,
                    height: side,
                })
                expect(frame.exact).toBe(true)
                expect(isPicture(memory, sent)).toBe(true)
            }
            expect(run.watch.overruns).toBe(0)
            // In turn: the image after an image is the next of three.
            const [first, ...others] = run.watch.placements()
            expect(others.map(({ address }) => address)).toEqual([
                first!.address + 64 * 64,
                first!.address + 2 * 64 * 64,
            ])
            // 64 rows and 60 of blanking, of 772 clocks, and 4 clocks, at 21 MHz.
            const { firstStartNs, lastStartNs, frames } = run.watch
            expect((lastStartNs - firstStartNs!) / (frames - 1)).toBeCloseTo(
                ((64 + 60) * 772 + 4) / 21e-3,
                0
            )
            expect(warningsOf(outcome)).toEqual([
                STOP_PENDING,
                COMPANDING,
                ...warnings,
            ])
        }
    )

    it("computes with its FPU what moved: nothing does", async () => {
        const { variable } = await outcomeOf([])
        const [x, y] = ["flow_x", "flow_y"].map(name =>
            variable(name, 4).getFloat32(0, true)
        )
        expect([x, y]).toEqual([0, 0])
    })

    it("unbinned at the falling edge samples while the data changes", async () => {
        const strict = await outcomeOf(["BINNING=1"])
        expect(strict.captures).toEqual([])
        expect(strict.ended).toContain(
            "PCKPOL samples at the falling edge of PIXCLK, where the data changes (set-up 40.3 ns and hold -7.3 ns beyond what the DCMI needs): it is stable at the rising edge"
        )

        const { captures } = await outcomeOf(["BINNING=1"], {
            permissive: true,
        })
        expect(captures.length).toBeGreaterThan(6)
        for (const { frame, sent, memory } of captures) {
            expect(frame.exact).toBe(false)
            expect(memory.length).toBe(sent.length)
            expect(isPicture(memory, sent)).toBe(false)
        }
    })
})

async function report(
    defines: readonly string[],
    hse: string,
    ...more: readonly string[]
): Promise<{ exitCode: number; report: EmulateReport }> {
    const terminal = recordingTerminal()
    const exitCode = await main(
        [
            ...["emulate", buildFlow(defines), "--chip", "stm32f407", "--json"],
            ...["--sensor", "mt9v034@I2C2:0x5c", "--hse", hse],
            ...["--powerdown", "PE3", ...more],
            ...["--seconds", String(SECONDS)],
        ],
        terminal
    )
    return { exitCode, report: JSON.parse(terminal.stdout) as EmulateReport }
}

describe("what the report says of it", () => {
    it("is the clocks, the binned window, and the blocks besides", async () => {
        const { exitCode, report: found } = await report(
            [],
            "24000000:0.5",
            ...["--xclk-pin", "PC8"]
        )

        expect(exitCode).toBe(0)
        expect(found.clocks).toEqual({
            source: "PLL from HSE",
            ...{ hclkHz: 168e6, pclk1Hz: 42e6, pclk2Hz: 84e6 },
        })
        expect(found).toMatchObject({ xclkHz: 21e6, xclkPin: "PC8" })
        expect(found.exactFrames).toBe(found.frames)
        expect(found.kept.map(({ block }) => block)).toEqual([
            "SPI2",
            "USB OTG FS",
        ])
        expect(found.i2c).toEqual([
            {
                ...{ bus: "I2C2", address: 0x5c, nacks: 0, read: 2 },
                starts: expect.any(Number) as number,
                acknowledged: expect.any(Number) as number,
                written: expect.any(Number) as number,
            },
        ])
        expect(found.causes).toEqual([])
    })

    it("is 16 MHz when the crystal is slower than the time-out, and why", async () => {
        const { exitCode, report: found } = await report(
            [],
            "24000000:10",
            ...["--xclk", "21000000"]
        )

        // The firmware says nothing, and waits ten times as long for each tick.
        expect(exitCode).toBe(0)
        expect(found.clocks).toEqual({
            source: "HSI",
            ...{ hclkHz: 16e6, pclk1Hz: 16e6, pclk2Hz: 16e6 },
        })
        expect(found.uart).toEqual([])
        expect(found.warnings[0]!.message).toBe(
            "I2C2_CR2 = 0x0000002a: FREQ is 42, PCLK1 is 16 MHz: set-up and hold times are not those of the I2C specification"
        )
        expect(found.causes.map(({ name }) => name)).toEqual(["hse"])
        expect(found.causes[0]!.text).toContain(
            "the firmware went on without it: HCLK is 16.0 MHz (HSI)"
        )
    })

    it("is that the sensor's clock, made from 16 MHz, is too slow for it", async () => {
        const { exitCode, report: found } = await report(
            [],
            "24000000:10",
            ...["--xclk-pin", "PC8"]
        )

        expect(exitCode).toBe(1)
        expect(found.ended).toContain(
            "MT9V034: SYSCLK must be 13 to 27 MHz, not 4 MHz"
        )
        expect(found.causes.map(({ name }) => name)).toEqual(["hse"])
        // A crystal is fitted: the run was over before it was ready.
        expect(found.causes[0]!.text).toContain(
            "the oscillator was still starting at the end of the run"
        )
    })

    it.each([
        { define: "STANDBY", because: "its power-down at PE3 is high" },
        { define: "NO_CLOCK", because: "no clock comes from PC8" },
    ])(
        "is what keeps the sensor from answering: $define",
        async ({ define, because }) => {
            const { exitCode, report: found } = await report(
                [define],
                "24000000:0.5",
                ...["--xclk-pin", "PC8"]
            )

            expect(exitCode).toBe(0)
            expect(found.sensorFrames).toBe(0)
            expect(found.uart[0]!.text).toBe(
                "error: EV6, transmitter selected\r\n"
            )
            expect(found.i2cHints).toEqual([
                `you address 0x5c on I2C2, where the mt9v034 is, and it never answers: ${because}`,
            ])
        }
    )
})
