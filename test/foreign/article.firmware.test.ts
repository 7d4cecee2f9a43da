// SPDX-License-Identifier: MIT
// Frames in four ways, by row, by crop in the DCMI, by window in the sensor, and a JPEG as a whole, each in the manner of
// two vendors' libraries: all in strict mode, to the end, with the right pixels in memory.

import { describe, expect, it } from "vitest"
import {
    bottomUp,
    isPicture,
    warningsOf,
} from "../support/foreign/foreign-outcome.ts"
import { expectPictures, wayOutcome } from "../support/foreign/way-picture.ts"
import { buildArticle, LIBRARIES, type Library } from "./build.ts"

/** What each library does against the manual in all of its programs, without harm. */
const WARNINGS: Readonly<Record<Library, readonly string[]>> = {
    spl: ["I2C2_CR1: is written while STOP is pending: wait until it reads 0"],
    hal: [
        "DMA2_LIFCR: reserved bits 0x80 are written 1 and take no effect (RM0090 10.5.3)",
    ],
}
const BASIC_TIMER_READS = [
    "TIM7_0x08: is read: TIM7 has no SMCR (RM0090 20.4)",
    "TIM7_0x20: is read: TIM7 has no CCER (RM0090 20.4)",
]

describe.each(LIBRARIES)("firmware in the manner of %s", library => {
    const hal = library === "hal"

    it("takes rows one by one into a display's memory, bottom-up", async () => {
        const elf = buildArticle(library, "lines")
        const outcome = await wayOutcome("lines", elf)

        await expectPictures("lines", outcome)
        for (const { frame } of outcome.captures) {
            expect(frame.sent).toMatchObject({
                ...{ columns: 160, rows: 120, format: "rgb565be" },
                unusable: false,
            })
            expect(frame.runs).toHaveLength(120)
        }
        expect(warningsOf(outcome)).toEqual([
            ...(hal ? BASIC_TIMER_READS : []),
            ...WARNINGS[library],
        ])
    })

    it("crops in the DCMI", async () => {
        const elf = buildArticle(
            library,
            "crop",
            // Eight pieces of 2,400 words: the addresses of the double buffer move on six times per frame.
            hal ? ["TRANSFER_WORDS_MAX=4096"] : []
        )
        const outcome = await wayOutcome("crop", elf)

        await expectPictures("crop", outcome)
        for (const { frame } of outcome.captures)
            expect(frame.sent).toMatchObject({ columns: 752, rows: 480 })
        expect(warningsOf(outcome)).toEqual(WARNINGS[library])
    })

    it("takes what a window in the sensor sends, at 119 frames per second", async () => {
        const elf = buildArticle(library, "window")
        const outcome = await wayOutcome("window", elf)

        await expectPictures("window", outcome)
        const [, ...settled] = outcome.captures
        for (const { frame } of settled)
            expect(frame.sent.window).toEqual({
                ...{ x: 266, y: 130, width: 220, height: 220 },
            })
        const { firstStartNs, lastStartNs } = outcome.run.watch
        // Rows of 846 clocks, 220 and 45 of them, and 4 clocks, at 26.666667 MHz.
        expect((lastStartNs - firstStartNs!) / 4).toBeCloseTo(
            ((220 + 45) * 846 + 4) / 26.666667e-3,
            0
        )
        expect(warningsOf(outcome)).toEqual([
            ...WARNINGS[library],
            ...(hal
                ? [
                      "DMA2_S1M1AR: is written while EN is 1, and is used in double buffer mode only (RM0090 10.5.9)",
                  ]
                : []),
        ])
    })

    it("takes one JPEG as a whole", async () => {
        const elf = buildArticle(library, "jpeg")
        const outcome = await wayOutcome("jpeg", elf)

        await expectPictures("jpeg", outcome)
        expect(warningsOf(outcome)).toEqual([
            ...(hal ? BASIC_TIMER_READS : []),
            ...WARNINGS[library],
        ])
    })
})

describe("a row whose transfer came too late", () => {
    it("spoils two frames, and not all later ones: the frame interrupt leads", async () => {
        const rowBytes = 160 * 2
        const elf = buildArticle("spl", "lines", ["BLOCKED_FRAME=2"])
        const { run, captures, text } = await wayOutcome("lines", elf)

        expect(text).toBe("done\r\n")
        expect(run.watch.overruns).toBe(1)
        const right = captures.map(({ sent, memory }) =>
            isPicture(memory, bottomUp(sent, rowBytes))
        )
        // The second frame overran and is none of these. The third goes to the places of other rows; the first row of the
        // fourth had its place before the frame interrupt came.
        expect(right).toEqual([true, false, false, true])
    })
})
