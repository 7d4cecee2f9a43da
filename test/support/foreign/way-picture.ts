// SPDX-License-Identifier: MIT
// What each of the ways to take frames (test/foreign/article) must have in memory or on the glass at its end.

import { expect } from "vitest"
import { SENSOR_OF, type Way } from "../../foreign/build.ts"
import { expectedGlass } from "./expected-glass.ts"
import {
    bottomUp,
    cut,
    foreignOutcome,
    isPicture,
    jpegSize,
    type ForeignProgram,
    type Outcome,
} from "./foreign-outcome.ts"

interface WayFacts {
    /** Frames that it takes. */
    readonly frames: number
    /** Bytes of its variable `frame`; absent: it has none. */
    readonly frameBytes?: number
    /** It has ended by then, in any manner. */
    readonly seconds: number
}

const WAY_FACTS: Readonly<Record<Way, WayFacts>> = {
    lines: { frames: 4, frameBytes: 160 * 120 * 2, seconds: 0.5 },
    crop: { frames: 3, frameBytes: 320 * 240, seconds: 0.12 },
    window: { frames: 5, frameBytes: 220 * 220, seconds: 0.12 },
    jpeg: { frames: 1, frameBytes: 64 * 1024, seconds: 0.4 },
    lcd_lines: { frames: 4, seconds: 0.16 },
    lcd_dma: { frames: 3, seconds: 0.75 },
    snapshots: { frames: 5, frameBytes: 320 * 240, seconds: 0.16 },
    suspend: { frames: 6, frameBytes: 220 * 220, seconds: 0.16 },
}

/** Run a program that is built for a way, with an ILI9341 at NE1 where it has an LCD, in strict mode to its end. */
export async function wayOutcome(
    way: Way,
    elf: string,
    more: Pick<ForeignProgram, "i2cPins"> = {}
): Promise<Outcome> {
    const { frameBytes, seconds } = WAY_FACTS[way]
    const outcome = await foreignOutcome({
        ...{ elf, seconds, sensor: SENSOR_OF[way] },
        ...(frameBytes !== undefined && { frameBytes }),
        ...(way.startsWith("lcd") && {
            lcd: { name: "ili9341", select: 1, dataLine: undefined } as const,
        }),
        ...more,
    })
    expect(outcome.ended).toBeUndefined()
    return outcome
}

/** What the program's frame in memory must be. */
function wanted(way: Way, sent: Uint8Array): Uint8Array {
    if (way === "lines") return bottomUp(sent, 160 * 2)
    if (way === "crop")
        return cut(sent, 752, { x: 216, y: 120, width: 320, height: 240 })
    return sent
}

/** It took the way's frames, all but the first after a change of mode are those of the sensor, and it said that it is done. */
export async function expectPictures(way: Way, outcome: Outcome) {
    const { run, captures, text } = outcome
    const { frames } = WAY_FACTS[way]
    expect(run.watch.overruns).toBe(0)
    expect(captures).toHaveLength(frames)
    expect(text).toMatch(/done\r\n$/)
    if (way.startsWith("lcd")) return expectGlass(way, outcome)
    const usable = captures.filter(({ frame }) => !frame.sent.unusable)
    expect(usable.length).toBeGreaterThanOrEqual(Math.max(1, frames - 1))
    for (const { frame, sent, memory } of usable) {
        expect(frame.exact).toBe(true)
        const picture = memory.subarray(
            0,
            way === "jpeg" ? sent.length : undefined
        )
        expect(isPicture(picture, wanted(way, sent))).toBe(true)
        if (way !== "jpeg") continue
        expect(text).toBe(`${sent.length} bytes\r\ndone\r\n`)
        expect(await jpegSize(picture)).toEqual({ width: 320, height: 240 })
    }
}

function expectGlass(way: Way, { run, captures }: Outcome): void {
    const [pixels, place] =
        way === "lcd_lines"
            ? (["gray", { x: 80, y: 60 }] as const)
            : (["rgb565le", { x: 20, y: 100 }] as const)
    const window = { ...place, width: 160, height: 120 }
    const { rgb } = expectedGlass(captures.at(-1)!.sent, pixels, window)
    expect(isPicture(run.lcd!.controller.image().rgb, rgb)).toBe(true)
}
