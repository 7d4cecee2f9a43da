// SPDX-License-Identifier: MIT
// Frames in four ways, by row, by crop in the DCMI, by window in the sensor, and a JPEG as a whole, each in the manner of
// two vendors' libraries: all in strict mode, to the end, with the right pixels in memory.

import { describe, expect, it } from "vitest"
import {
    bottomUp,
    cut,
    foreignOutcome,
    isPicture,
    jpegSize,
    warningsOf,
    type Outcome,
} from "../support/foreign/foreign-outcome.ts"
import {
    buildArticle,
    LIBRARIES,
    SENSOR_OF,
    type Library,
    type Way,
} from "./build.ts"

/** All programs have ended by then. */
const SECONDS = { mt9v034: 0.12, ov2640: 0.45 }

/** Run a program to its end. @param bytes of its frame */
async function outcomeOf(
    library: Library,
    way: Way,
    bytes: number,
    defines: readonly string[] = []
): Promise<Outcome> {
    const sensor = SENSOR_OF[way]
    const outcome = await foreignOutcome({
        elf: buildArticle(library, way, defines),
        sensor,
        seconds: SECONDS[sensor],
        frameBytes: bytes,
    })
    expect(outcome.ended).toBeUndefined()
    return outcome
}

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
        const rowBytes = 160 * 2
        const outcome = await outcomeOf(library, "lines", 120 * rowBytes)

        expect(outcome.text).toBe("done\r\n")
        expect(outcome.captures).toHaveLength(4)
        for (const { frame, sent, memory } of outcome.captures) {
            expect(frame.sent).toMatchObject({
                columns: 160,
                rows: 120,
                format: "rgb565be",
                unusable: false,
            })
            expect(frame.runs).toHaveLength(120)
            expect(isPicture(memory, bottomUp(sent, rowBytes))).toBe(true)
        }
        expect(outcome.run.watch.overruns).toBe(0)
        expect(warningsOf(outcome)).toEqual([
            ...(hal ? BASIC_TIMER_READS : []),
            ...WARNINGS[library],
        ])
    })

    it("crops in the DCMI", async () => {
        const window = { x: 216, y: 120, width: 320, height: 240 }
        const outcome = await outcomeOf(
            library,
            "crop",
            320 * 240,
            // Eight pieces of 2,400 words: the addresses of the double buffer move on six times per frame.
            hal ? ["TRANSFER_WORDS_MAX=4096"] : []
        )

        expect(outcome.text).toBe("done\r\n")
        expect(outcome.captures).toHaveLength(3)
        const usable = outcome.captures.filter(
            ({ frame }) => !frame.sent.unusable
        )
        expect(usable.length).toBeGreaterThan(1)
        for (const { frame, sent, memory } of usable) {
            expect(frame.sent).toMatchObject({ columns: 752, rows: 480 })
            expect(isPicture(memory, cut(sent, 752, window))).toBe(true)
        }
        expect(warningsOf(outcome)).toEqual(WARNINGS[library])
    })

    it("takes what a window in the sensor sends, at 119 frames per second", async () => {
        const outcome = await outcomeOf(library, "window", 220 * 220)

        expect(outcome.text).toBe("done\r\n")
        expect(outcome.captures).toHaveLength(5)
        const usable = outcome.captures.filter(
            ({ frame }) => !frame.sent.unusable
        )
        expect(usable.length).toBeGreaterThan(3)
        for (const { frame, sent, memory } of usable) {
            expect(frame.sent.window).toEqual({
                x: 266,
                y: 130,
                width: 220,
                height: 220,
            })
            expect(isPicture(memory, sent)).toBe(true)
        }
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
        const outcome = await outcomeOf(library, "jpeg", 64 * 1024)

        expect(outcome.captures).toHaveLength(1)
        const { sent, memory } = outcome.captures[0]!
        expect(outcome.text).toBe(`${sent.length} bytes\r\ndone\r\n`)
        const jpeg = memory.subarray(0, sent.length)
        expect(isPicture(jpeg, sent)).toBe(true)
        expect(await jpegSize(jpeg)).toEqual({ width: 320, height: 240 })
        expect(warningsOf(outcome)).toEqual([
            ...(hal ? BASIC_TIMER_READS : []),
            ...WARNINGS[library],
        ])
    })
})

describe("a row whose transfer came too late", () => {
    it("spoils two frames, and not all later ones: the frame interrupt leads", async () => {
        const rowBytes = 160 * 2
        const { run, captures, text } = await outcomeOf(
            "spl",
            "lines",
            120 * rowBytes,
            ["BLOCKED_FRAME=2"]
        )

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
