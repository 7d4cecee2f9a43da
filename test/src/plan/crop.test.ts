// SPDX-License-Identifier: MIT
// Cropping arithmetic at every border of its ranges, and as properties.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MT9V034_LIMITS } from "../../../drivers/mt9v034/timing.ts"
import type { SensorLimits } from "../../../drivers/sensor-limits.ts"
import {
    alignedWidth,
    centred,
    dcmiCrop,
    dmaTransfers,
    placeWindow,
} from "../../../src/plan/crop.ts"
import type { WindowRequest } from "../../../protocol/capture.ts"

const TWO_BYTES: SensorLimits = { ...MT9V034_LIMITS, bytesPerPixel: 2 }

const place = (request: WindowRequest) => placeWindow(request, MT9V034_LIMITS)

describe("centring", () => {
    it.each([
        { length: 220, field: 752, start: 266 },
        { length: 752, field: 752, start: 0 },
        { length: 751, field: 752, start: 0 },
        { length: 1, field: 480, start: 239 },
    ])("puts $length into $field at $start", ({ length, field, start }) => {
        expect(centred(length, field)).toBe(start)
    })
})

describe("line length", () => {
    it.each([
        [1, 4],
        [3, 4],
        [4, 4],
        [5, 4],
        [7, 4],
        [8, 8],
        [751, 748],
        [752, 752],
    ])("of %i pixels of one byte becomes %i", (width, aligned) => {
        expect(alignedWidth(width, 1)).toBe(aligned)
    })

    it.each([
        [1, 2],
        [2, 2],
        [3, 2],
        [4, 4],
        [751, 750],
    ])("of %i pixels of two bytes becomes %i", (width, aligned) => {
        expect(alignedWidth(width, 2)).toBe(aligned)
    })
})

describe("placing a window", () => {
    it.each([
        {
            request: { width: 220, height: 220 },
            x: 266,
            y: 130,
            width: 220,
            height: 220,
        },
        {
            request: { width: 752, height: 480 },
            x: 0,
            y: 0,
            width: 752,
            height: 480,
        },
        {
            request: { width: 360, height: 360 },
            x: 196,
            y: 60,
            width: 360,
            height: 360,
        },
        {
            request: { width: 188, height: 120 },
            x: 282,
            y: 180,
            width: 188,
            height: 120,
        },
        {
            request: { width: 260, height: 260, x: 10, y: 60 },
            x: 10,
            y: 60,
            width: 260,
            height: 260,
        },
        {
            request: { width: 221, height: 221 },
            x: 266,
            y: 129,
            width: 220,
            height: 221,
        },
        {
            request: { width: 223, height: 1, x: 1, y: 479 },
            x: 1,
            y: 479,
            width: 220,
            height: 1,
        },
        {
            request: { width: 220, height: 220, x: 532 },
            x: 532,
            y: 130,
            width: 220,
            height: 220,
        },
        {
            request: { width: 220, height: 220, y: 260 },
            x: 266,
            y: 260,
            width: 220,
            height: 220,
        },
        {
            request: { width: 4, height: 1, x: 748, y: 0 },
            x: 748,
            y: 0,
            width: 4,
            height: 1,
        },
        // Narrower than one word: it grows, and moves when it would stick out.
        {
            request: { width: 1, height: 1, x: 751, y: 0 },
            x: 748,
            y: 0,
            width: 4,
            height: 1,
        },
        {
            request: { width: 2, height: 1 },
            x: 374,
            y: 239,
            width: 4,
            height: 1,
        },
        {
            request: { width: 220.9, height: 220.9, x: 3.9, y: 0.5 },
            x: 3,
            y: 0,
            width: 220,
            height: 220,
        },
    ])(
        "takes $request as $width x $height at $x, $y",
        ({ request, ...window }) => {
            expect(place(request)).toEqual(window)
        }
    )

    it.each([
        {
            request: { width: 753, height: 480 },
            why: "window 753x480+0+0 ends at column 753, the MT9V034 has 752",
        },
        {
            request: { width: 752, height: 481 },
            why: "window 752x481+0+0 ends at row 481, the MT9V034 has 480",
        },
        {
            request: { width: 220, height: 220, x: 600, y: 0 },
            why: "window 220x220+600+0 ends at column 820, the MT9V034 has 752",
        },
        {
            request: { width: 220, height: 220, x: 533 },
            why: "ends at column 753",
        },
        {
            request: { width: 220, height: 220, y: 261 },
            why: "ends at row 481",
        },
        {
            request: { width: 220, height: 220, x: -1 },
            why: "starts before column 0",
        },
        { request: { width: 0, height: 220 }, why: "has no pixels" },
        { request: { width: 220, height: 0 }, why: "has no pixels" },
        { request: { width: 0.9, height: 220 }, why: "has no pixels" },
        { request: { width: -4, height: 4 }, why: "has no pixels" },
        { request: { width: NaN, height: 4 }, why: "has no pixels" },
    ])("refuses $request: $why", ({ request, why }) => {
        expect(() => place(request)).toThrow(why)
    })

    it("keeps what it takes on the field, in whole words, and never far from what was asked", () => {
        const requests = fc
            .record({
                width: fc.integer({ min: 1, max: 752 }),
                height: fc.integer({ min: 1, max: 480 }),
            })
            .chain(size =>
                fc.record({
                    width: fc.constant(size.width),
                    height: fc.constant(size.height),
                    x: fc.option(
                        fc.integer({ min: 0, max: 752 - size.width }),
                        { nil: undefined }
                    ),
                    y: fc.option(
                        fc.integer({ min: 0, max: 480 - size.height }),
                        { nil: undefined }
                    ),
                })
            )

        fc.assert(
            fc.property(
                requests,
                fc.constantFrom(MT9V034_LIMITS, TWO_BYTES),
                (request, limits) => {
                    const window = placeWindow(request, limits)
                    const lineBytes = window.width * limits.bytesPerPixel

                    expect(lineBytes % 4).toBe(0)
                    expect(window.height).toBe(request.height)
                    expect(window.x).toBeGreaterThanOrEqual(0)
                    expect(window.y).toBeGreaterThanOrEqual(0)
                    expect(window.x + window.width).toBeLessThanOrEqual(752)
                    expect(window.y + window.height).toBeLessThanOrEqual(480)
                    expect(Math.abs(window.width - request.width)).toBeLessThan(
                        4
                    )
                    expect(
                        window.width <= request.width ||
                            window.width * limits.bytesPerPixel === 4
                    ).toBe(true)
                    if (
                        request.x !== undefined &&
                        window.width <= request.width
                    )
                        expect(window.x).toBe(request.x)
                    if (request.y !== undefined)
                        expect(window.y).toBe(request.y)
                }
            )
        )
    })

    it("refuses every window that sticks out", () => {
        const outside = fc
            .record({
                width: fc.integer({ min: 1, max: 2000 }),
                height: fc.integer({ min: 1, max: 2000 }),
                x: fc.integer({ min: -100, max: 2000 }),
                y: fc.integer({ min: -100, max: 2000 }),
            })
            .filter(
                ({ width, height, x, y }) =>
                    x < 0 || y < 0 || x + width > 752 || y + height > 480
            )

        fc.assert(
            fc.property(outside, request => {
                expect(() => place(request)).toThrow(/^window /)
            })
        )
    })
})

describe("DCMI crop registers", () => {
    it("are 0x003C00C4 and 0x01670167 for a centred 360 x 360", () => {
        const crop = dcmiCrop({ x: 196, y: 60, width: 360, height: 360 }, 1)

        expect(crop).toEqual({ cwstrt: 0x003c00c4, cwsize: 0x01670167 })
    })

    it("count two pixel clocks for a pixel of two bytes, but rows as they are", () => {
        const crop = dcmiCrop({ x: 10, y: 5, width: 100, height: 50 }, 2)

        expect(crop).toEqual({
            cwstrt: (5 << 16) | 20,
            cwsize: (49 << 16) | 199,
        })
    })

    it("are 0 and 3 for one word of the first row", () => {
        expect(dcmiCrop({ x: 0, y: 0, width: 4, height: 1 }, 1)).toEqual({
            cwstrt: 0,
            cwsize: 3,
        })
    })

    it("hold 14 bits of HOFFCNT, 13 of VST, 14 of CAPCNT and VLINE, and not one more", () => {
        const most = { x: 0x3fff, y: 0x1fff, width: 0x4000, height: 0x4000 }

        expect(dcmiCrop(most, 1)).toEqual({
            cwstrt: 0x1fff3fff,
            cwsize: 0x3fff3fff,
        })
        expect(() => dcmiCrop({ ...most, x: 0x4000 }, 1)).toThrow(
            "HOFFCNT would be 16384, the register holds 0..16383"
        )
        expect(() => dcmiCrop({ ...most, y: 0x2000 }, 1)).toThrow(
            "VST would be 8192"
        )
        expect(() => dcmiCrop({ ...most, width: 0x4001 }, 1)).toThrow(
            "CAPCNT would be 16384"
        )
        expect(() => dcmiCrop({ ...most, height: 0x4001 }, 1)).toThrow(
            "VLINE would be 16384"
        )
        expect(() => dcmiCrop({ ...most, height: 0 }, 1)).toThrow(
            "VLINE would be -1"
        )
    })

    it("give window and position back", () => {
        const windows = fc.record({
            x: fc.integer({ min: 0, max: 748 }),
            y: fc.integer({ min: 0, max: 479 }),
            width: fc.integer({ min: 1, max: 188 }).map(words => words * 4),
            height: fc.integer({ min: 1, max: 480 }),
        })

        fc.assert(
            fc.property(windows, fc.constantFrom(1, 2), (window, bytes) => {
                const { cwstrt, cwsize } = dcmiCrop(window, bytes)

                expect((cwstrt & 0x3fff) / bytes).toBe(window.x)
                expect((cwstrt >> 16) & 0x1fff).toBe(window.y)
                expect(((cwsize & 0x3fff) + 1) / bytes).toBe(window.width)
                expect(((cwsize >> 16) & 0x3fff) + 1).toBe(window.height)
            })
        )
    })
})

describe("DMA transfers of a frame", () => {
    /** What the grabber makes of one frame at most. */
    const upTo64 = Array.from({ length: 64 }, (_, index) => index + 1)

    it("are refused when 64 equal ones do not do", () => {
        // 397 and 401 are primes.
        expect(() => dmaTransfers(397 * 401)).toThrow(
            "a frame of 159197 words is not 2..64 equal transfers of at most 65535"
        )
    })

    it.each([
        { words: 1, transfers: 1 },
        { words: 12_100, transfers: 1 },
        { words: 65_535, transfers: 1 },
        { words: 65_536, transfers: 2 },
        // 752 x 480: two of 45,120
        { words: 90_240, transfers: 2 },
        // 748 x 351: odd, so three of 21,879
        { words: 65_637, transfers: 3 },
        // 1600 x 1200 of two bytes
        { words: 960_000, transfers: 15 },
        // 11 x 17 x 353: two to ten are not equal
        { words: 187 * 353, transfers: 11 },
    ])("of $words words are $transfers", ({ words, transfers }) => {
        expect(dmaTransfers(words)).toBe(transfers)
    })

    it("are the fewest equal ones that DMA can count", () => {
        const lines = fc.integer({ min: 1, max: 1200 })
        const lineWords = fc.integer({ min: 1, max: 800 })

        fc.assert(
            fc.property(lines, lineWords, (lines, lineWords) => {
                const words = lines * lineWords
                const possible = (count: number) =>
                    words % count === 0 && words / count <= 65_535
                if (!upTo64.some(possible)) {
                    expect(() => dmaTransfers(words)).toThrow(/equal transfers/)
                    return
                }
                const transfers = dmaTransfers(words)

                expect(possible(transfers)).toBe(true)
                for (let fewer = 1; fewer < transfers; fewer++)
                    if (possible(fewer)) expect.fail(`${fewer} suffice`)
            })
        )
    })
})
