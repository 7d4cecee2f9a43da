// SPDX-License-Identifier: MIT
// An OV2640 in the manner of board examples for ARM's compiler: SCCB by hand through bit-band aliases, PWDN and RESET of the
// module at pins, microseconds by SysTick, an LCD at NE4 with A6 that DMA writes one word after the other, JPEG at once.

import { describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import type { EmulateReport } from "../../host/commands/emulate/emulate-report.ts"
import { expectedGlass } from "../support/foreign/expected-glass.ts"
import {
    foreignOutcome,
    isPicture,
    jpegSize,
    warningsOf,
    type ForeignProgram,
    type Outcome,
} from "../support/foreign/foreign-outcome.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildArmcc } from "./build.ts"

async function outcomeOf(
    way: "lcd_dma" | "jpeg",
    more: Pick<ForeignProgram, "seconds" | "scene" | "lcd" | "frameBytes">
): Promise<Outcome> {
    const outcome = await foreignOutcome({
        elf: buildArmcc(way),
        sensor: "ov2640",
        i2cPins: { scl: "PD6", sda: "PD7" },
        sensorPins: { reset: "PG15", powerDown: "PG9" },
        ...more,
    })
    expect(outcome.ended).toBeUndefined()
    expect(outcome.run.watch.overruns).toBe(0)
    return outcome
}

const FIGHT =
    "GPIOD: PD7 is driven high, push-pull, while the sensor pulls SDA low to acknowledge or to send a 0: both drive the wire"
const FLAGS =
    "DMA2_LIFCR: reserved bits 0x80 are written 1 and take no effect (RM0090 10.5.3)"

describe("firmware in the manner of examples for armcc", () => {
    it("has the DMA write the sensor's words to an LCD at NE4, two pixels each", async () => {
        const outcome = await outcomeOf("lcd_dma", {
            seconds: 0.8,
            scene: "photo",
            lcd: { name: "ili9341", select: 4, dataLine: undefined },
        })

        expect(outcome.text).toBe("done\r\n")
        expect(outcome.captures).toHaveLength(3)
        const { frame, sent } = outcome.captures.at(-1)!
        expect(frame.exact).toBe(true)
        const { controller, dataLine } = outcome.run.lcd!
        expect(dataLine).toBe(6)
        const window = { x: 20, y: 100, width: 160, height: 120 }
        const wanted = expectedGlass(sent, "rgb565le", window)
        expect(new Set(wanted.rgb).size).toBeGreaterThan(8)
        expect(isPicture(controller.image().rgb, wanted.rgb)).toBe(true)
        // All of it to the one address.
        expect(outcome.run.watch.placements()).toEqual([
            { address: 0x6c000080, bytes: 4, count: (3 * 160 * 120 * 2) / 4 },
        ])
        expect(warningsOf(outcome)).toEqual([FIGHT, FLAGS])
    })

    it("takes a JPEG whose length it reads from NDTR", async () => {
        const outcome = await outcomeOf("jpeg", {
            seconds: 0.4,
            frameBytes: 64 * 1024,
        })

        expect(outcome.captures).toHaveLength(1)
        const { sent, memory } = outcome.captures[0]!
        const jpeg = memory.subarray(0, sent.length)
        expect(outcome.text).toBe(`${sent.length} bytes\r\ndone\r\n`)
        expect(isPicture(jpeg, sent)).toBe(true)
        expect(await jpegSize(jpeg)).toEqual({ width: 320, height: 240 })
        const [fight, early, flags, ...others] = warningsOf(outcome)
        expect([fight, flags, others]).toEqual([FIGHT, FLAGS, []])
        // The example lets RESET go and writes at once.
        expect(early).toMatch(
            /^OV2640: register 0xff of the sensor bank written \d+ us after a reset, which takes up to 1000 us$/
        )
    })
})

describe("a module that cannot answer", () => {
    it.each([
        {
            define: "PWDN_HIGH",
            because: "its power-down at PG9 is high",
        },
        { define: "RESET_LOW", because: "its reset at PG15 is low" },
    ])("is told with the pin: $define", async ({ define, because }) => {
        const terminal = recordingTerminal()
        const exitCode = await main(
            [
                ...["emulate", buildArmcc("jpeg", [define]), "--json"],
                ...["--chip", "stm32f407", "--sensor", "ov2640@PD6,PD7"],
                ...["--reset", "PG15", "--powerdown", "PG9"],
                ...["--seconds", "0.05"],
            ],
            terminal
        )
        const report = JSON.parse(terminal.stdout) as EmulateReport

        // The firmware ends in its own error: no rule is broken.
        expect(exitCode).toBe(0)
        expect(report.uart[0]!.text).toBe("error: no OV2640\r\n")
        expect(report.i2c).toEqual([
            expect.objectContaining({
                ...{ bus: "PD6,PD7", address: 0x30, acknowledged: 0 },
            }),
        ])
        expect(report.i2cHints).toEqual([
            `you address 0x30 on PD6,PD7, where the ov2640 is, and it never answers: ${because}`,
        ])
    })
})
