// SPDX-License-Identifier: MIT
// Strategy line with a ring of batches: the rows of a window reach the program in order, right, and without a gap.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate } from "../../sim/testing.ts"

describe("onLines", () => {
    it("gets 360x200 in batches of 40 rows, in order, pixel for pixel", async () => {
        const result = await simulate({
            app: "test/system/programs/row-batches.ts",
            frames: 50,
        })

        expect(result.counters).toMatchObject({
            torn: 0,
            pixelErrors: 0,
            dropped: 0,
            overruns: 0,
            resyncs: 0,
        })
        expect(result.warnings).toEqual([])
        const batches = result.console
            .map(line => /^(\d+) (\d+) 40 (true|false)$/.exec(line))
            .filter(match => match !== null)
        expect(batches.length).toBeGreaterThanOrEqual(49)
        const first = Number(batches[0]![1])
        for (const [index, [, sequence, firstRow, last]] of batches.entries()) {
            expect(Number(sequence)).toBe(first + Math.floor(index / 5))
            expect(Number(firstRow)).toBe((index % 5) * 40)
            expect(last).toBe(String(index % 5 === 4))
        }
        expect(result.frames[1]).toMatchObject({
            width: 360,
            height: 40,
            firstRow: 40,
        })
    })
})
