// SPDX-License-Identifier: MIT
// The drawing is looked at as an image: the beam is where the signal was at that time.

import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { scopeSvg, type ScopePanel } from "../../../sim/trace/scope-svg.ts"

/** The screen's left and right edge, px, and the levels of the first channel. */
const LEFT = 210
const RIGHT = 1176
const HIGH_Y = 100
const LOW_Y = 138

const YELLOW = "#ffff00"

const PANEL: ScopePanel = {
    title: "one frame",
    startNs: 0,
    endNs: 10e6,
    originNs: 0,
    channels: [
        {
            label: "capture",
            colour: YELLOW,
            changes: [
                [2e6, 1],
                [5e6, 0],
            ],
        },
    ],
}

/** Where a time of PANEL is, px. */
function x(timeMs: number): number {
    return Math.round(LEFT + ((RIGHT - LEFT) * timeMs) / 10)
}

async function image(panel: ScopePanel) {
    const svg = Buffer.from(scopeSvg("test", [panel]))
    const { data, info } = await sharp(svg)
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
    return {
        info,
        at: (column: number, row: number) => {
            const index = (row * info.width + column) * 3
            return [...data.subarray(index, index + 3)] as const
        },
    }
}

function isYellow([red, green, blue]: readonly number[]): boolean {
    return red! > 150 && green! > 150 && blue! < 80
}

describe("a channel of the scope", () => {
    it("is low before its pulse, high within it, low after it", async () => {
        const { at } = await image(PANEL)

        const high = [1, 3, 4.5, 6].map(ms => isYellow(at(x(ms), HIGH_Y)))
        const low = [1, 3, 4.5, 6].map(ms => isYellow(at(x(ms), LOW_Y)))
        expect(high).toEqual([false, true, true, false])
        expect(low).toEqual([true, false, false, true])
    })

    it("has its flanks at the time of its changes", async () => {
        const { at } = await image(PANEL)
        const middle = (HIGH_Y + LOW_Y) / 2

        const flanks: number[] = []
        for (let column = LEFT + 2; column < RIGHT - 2; column++)
            if (isYellow(at(column, middle))) flanks.push(column)
        expect(Math.abs(flanks[0]! - x(2))).toBeLessThanOrEqual(1)
        expect(Math.abs(flanks.at(-1)! - x(5))).toBeLessThanOrEqual(1)
        expect(flanks.length).toBeLessThanOrEqual(6)
    })

    it("has no flank where the view cuts a pulse", async () => {
        const { at } = await image({ ...PANEL, startNs: 3e6, endNs: 4e6 })
        const middle = (HIGH_Y + LOW_Y) / 2

        for (let column = LEFT + 1; column < RIGHT; column++)
            expect(isYellow(at(column, middle))).toBe(false)
        expect(isYellow(at(LEFT + 3, HIGH_Y))).toBe(true)
        expect(isYellow(at(RIGHT - 3, HIGH_Y))).toBe(true)
    })

    it("is a hatched block where its pulses are too near to be drawn apart", () => {
        const rows = Array.from({ length: 400 }, (_, row) => [
            [1e6 + row * 20_000, 1] as const,
            [1e6 + row * 20_000 + 15_000, 0] as const,
        ]).flat()
        const [channel] = PANEL.channels

        const dense = scopeSvg("test", [
            { ...PANEL, channels: [{ ...channel!, changes: rows }] },
        ])

        expect(dense.match(/url\(#pulses\)/g)).toHaveLength(1)
        expect(dense.length).toBeLessThan(6000)
        expect(scopeSvg("test", [PANEL])).not.toContain("url(#pulses)")
    })

    it("is two levels where only the pause between them is short", () => {
        const changes = [
            [1e6, 1],
            [4e6, 0],
            [4e6 + 1000, 1],
            [8e6, 0],
        ] as const
        const [channel] = PANEL.channels

        const svg = scopeSvg("test", [
            { ...PANEL, channels: [{ ...channel!, changes }] },
        ])

        expect(svg).not.toContain("url(#pulses)")
        expect(svg.match(/fill-opacity="0.18"/g)).toHaveLength(2)
    })
})

describe("the time axis", () => {
    const titleOf = (rangeNs: number) =>
        /[\d.]+ ms per division/.exec(
            scopeSvg("test", [{ ...PANEL, endNs: rangeNs }])
        )![0]

    it.each([
        [6e6, "1 ms per division"],
        [11.9e6, "1 ms per division"],
        [12e6, "2 ms per division"],
        [20e6, "2 ms per division"],
        [30e6, "5 ms per division"],
        [0.3e6, "0.05 ms per division"],
        [6000, "0.001 ms per division"],
    ])("of %d ns has %s", (rangeNs, text) => {
        expect(titleOf(rangeNs)).toBe(text)
    })

    it("counts from its origin", () => {
        const svg = scopeSvg("test", [
            { ...PANEL, startNs: 95e6, endNs: 105e6, originNs: 97e6 },
        ])

        const ticks = [...svg.matchAll(/>(-?\d+)( ms)?<\/text>/g)]
        expect(ticks.map(([, ms]) => Number(ms))).toEqual([
            -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8,
        ])
    })
})

describe("notes on the scope", () => {
    it("are written inside their arrow when there is room, beside it when there is none", () => {
        const spans = [
            { fromNs: 1e6, toNs: 9e6, label: "long" },
            { fromNs: 5e6, toNs: 5.1e6, label: "short" },
            { fromNs: 9.8e6, toNs: 9.9e6, label: "at the edge" },
        ]

        const svg = scopeSvg("test", [{ ...PANEL, spans }])

        expect(svg).toMatch(/text-anchor="middle">long</)
        expect(svg).toMatch(/text-anchor="start">short</)
        expect(svg).toMatch(/text-anchor="end">at the edge</)
    })

    it("are drawn for moments too", () => {
        const marks = [{ timeNs: 5e6, label: "the capture ends" }]

        const svg = scopeSvg("test", [{ ...PANEL, marks }])

        expect(svg).toContain(`>the capture ends</text>`)
        expect(svg).toContain(`M${x(5)} `)
    })

    it("cannot break the document", async () => {
        const label = `<b> & "c"`

        const svg = scopeSvg(label, [
            { ...PANEL, marks: [{ timeNs: 5e6, label }] },
        ])

        expect(svg).toContain(`&lt;b&gt; &amp; "c"`)
        await expect(sharp(Buffer.from(svg)).metadata()).resolves.toMatchObject(
            { width: 1200 }
        )
    })
})

describe("the drawing", () => {
    it("is the same text for the same signals", () => {
        expect(scopeSvg("test", [PANEL, PANEL])).toBe(
            scopeSvg("test", [PANEL, PANEL])
        )
    })

    it("needs nothing from outside", () => {
        expect(scopeSvg("test", [PANEL])).not.toMatch(/href|@import|<image/)
    })
})
