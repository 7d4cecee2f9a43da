// SPDX-License-Identifier: MIT
// Frame timing of the MT9V034 model against numbers worked out from the data sheet's formulas (MT9V034/D Rev. 7, p.9..10).

import { describe, expect, it } from "vitest"
import { flatScene } from "../../../sim/scene/flat.ts"
import {
    FIELD,
    framePeriodClocks,
    Mt9v034Rig,
    window,
} from "../../support/sensors/mt9v034-rig.ts"

/** Times are rounded to ns: at most one on each side of a difference. */
const ROUNDING_NS = 1

describe("MT9V034 at power-up, 26.66 MHz", () => {
    const rig = new Mt9v034Rig()
    rig.runFrames(2)
    const clocksBetween = (from: number, to: number) => rig.clocks(to - from)
    const fvRises = rig.edgesOf("FV", 1)
    const fvFalls = rig.edgesOf("FV", 0)
    const lvRises = rig.edgesOf("LV", 1)
    const lvFalls = rig.edgesOf("LV", 0)

    it.each([
        ["P1, from frame valid to line valid", 71, fvRises[0]!, lvRises[0]!],
        ["A, line valid", 752, lvRises[0]!, lvFalls[0]!],
        ["Q, between two lines", 94, lvFalls[0]!, lvRises[1]!],
        ["row time", 846, lvRises[200]!, lvRises[201]!],
        ["P2, from the last line to frame end", 23, lvFalls[479]!, fvFalls[0]!],
        ["frame valid high", 406_080, fvRises[0]!, fvFalls[0]!],
        ["frame valid low", 38_074, fvFalls[0]!, fvRises[1]!],
        ["frame", 444_154, fvRises[0]!, fvRises[1]!],
    ])("%s is %d clocks", (_name, clocks, from, to) => {
        expect(clocksBetween(from, to)).toBeCloseTo(clocks, 1)
    })

    it("sends 480 lines per frame", () => {
        expect(rig.sent[0]!.lines).toHaveLength(480)
        expect(rig.sent[0]!.lines[0]!.bytes).toHaveLength(752)
    })

    it("hands over a line at its last clock, with the time of its first byte and PIXCLK's period", () => {
        const line = rig.sent[0]!.lines[3]!
        expect(line.startNs).toBe(lvRises[3])
        expect(line.timeNs).toBe(lvFalls[3])
        expect(line.periodNs).toBeCloseTo(37.509, 3)
    })
})

describe("MT9V034 752x480 at defaults", () => {
    it.each([
        [26_600_000, "31.805", "16.698", "59.89"],
        [26_660_000, "31.733", "16.660", "60.02"],
        [26_666_667, "31.725", "16.656", "60.04"],
        [27_000_000, "31.333", "16.450", "60.79"],
        [22_500_000, "37.600", "19.740", "50.66"],
        [21_000_000, "40.286", "21.150", "47.28"],
    ])(
        "at %d Hz has rows of %s us and frames of %s ms, %s fps",
        (xclkHz, rowUs, frameMs, fps) => {
            const rig = new Mt9v034Rig({ xclkHz })
            rig.runFrames(2)
            const [first, second] = rig.edgesOf("LV", 1)
            const [a, b] = rig.edgesOf("FV", 1)
            // A row is measured over 100 of them, because edges are rounded to ns.
            const hundred = rig.edgesOf("LV", 1)[100]! - first!
            expect((hundred / 100 / 1000).toFixed(3)).toBe(rowUs)
            expect(((b! - a!) / 1e6).toFixed(3)).toBe(frameMs)
            expect((1e9 / (b! - a!)).toFixed(2)).toBe(fps)
            expect(rig.clocks(second! - first!)).toBeCloseTo(846, 1)
        }
    )
})

describe("MT9V034 with a shutter longer than the frame", () => {
    const small = window(220, 220, 704, 95)

    it.each([
        // At height + vblank - 2 = 313 rows both formulas agree.
        ["312 rows fit", { ...small, coarse: 312 }, 221_764, "120.2"],
        ["313 rows just fit", { ...small, coarse: 313 }, 221_764, "120.2"],
        ["314 rows add a row", { ...small, coarse: 314 }, 222_468, "119.8"],
        [
            "the reset value of 480 rows",
            { ...small, coarse: 480 },
            339_332,
            "78.6",
        ],
        [
            "480 rows at row 846, vblank 45",
            { ...window(220, 220, 846, 45), coarse: 480 },
            407_776,
            "65.4",
        ],
        [
            "480 rows and 100 clocks",
            { ...small, coarse: 480, fine: 100 },
            339_432,
            "78.5",
        ],
        // coarse + 1 = 313 rows, but the sheet's second formula would give a shorter frame than its rows need.
        [
            "312 rows and 100 clocks",
            { ...small, coarse: 312, fine: 100 },
            221_764,
            "120.2",
        ],
    ])("%s: frame length in clocks and fps", (_name, setup, clocks, fps) => {
        const measured = framePeriodClocks(26_660_000, setup)
        expect(measured).toBeCloseTo(clocks, 1)
        expect((26_660_000 / measured).toFixed(1)).toBe(fps)
    })

    it("runs a 220-row window at 78.6 fps when only the window was written after power-up", () => {
        const rig = new Mt9v034Rig({ scene: flatScene(FIELD, 1) })
        rig.writeSetup({ width: 220, height: 220, hblank: 484, vblank: 95 })
        rig.runFrames(6)
        expect((26_660_000 / rig.framePeriodClocks()).toFixed(1)).toBe("78.6")
    })

    it("leaves VERTICAL_BLANKING as it was written", () => {
        const rig = new Mt9v034Rig()
        rig.setUp({ ...small, coarse: 480 })
        rig.runFrames(3)
        expect(rig.readReg(0x06)).toBe(95)
    })

    it("counts the rows after binning", () => {
        // 120 rows out + vblank 4: 122 rows of exposure are the limit.
        const binned = { ...window(752, 480, 843, 4), readMode: 0x030a }
        expect(
            framePeriodClocks(26_660_000, { ...binned, coarse: 122 })
        ).toBeCloseTo(104_536, 1)
        expect(
            framePeriodClocks(26_660_000, { ...binned, coarse: 123 })
        ).toBeCloseTo(105_379, 1)
    })
})

describe("MT9V034 binning on the bus", () => {
    it.each([
        [0x0300, 752, 480, 1],
        [0x0301, 752, 240, 1],
        [0x0304, 376, 480, 2],
        [0x0309, 188, 240, 4],
        [0x0306, 376, 120, 2],
    ])(
        "read mode %d: %d bytes, %d lines, SYSCLK/%d",
        (readMode, columns, rows, divider) => {
            const rig = new Mt9v034Rig()
            rig.setUp({ readMode, hblank: 94, coarse: 50 })
            const { frame, lines } = rig.runFrames(1)
            expect([frame.columns, frame.rows]).toEqual([columns, rows])
            expect([lines[0]!.bytes.length, lines.length]).toEqual([
                columns,
                rows,
            ])
            expect(lines[0]!.periodNs * 26.66e-3).toBeCloseTo(divider, 6)
            // Line valid lasts as long as without binning: no row gets shorter.
            expect(
                rig.clocks(lines[0]!.timeNs - lines[0]!.startNs)
            ).toBeCloseTo(752, 1)
        }
    )
})

describe("MT9V034 over many frames", () => {
    it("does not drift: frame 5000 starts on its own clock to the nanosecond", () => {
        const xclkHz = 26_666_667
        const rig = new Mt9v034Rig({ xclkHz })
        rig.setUp({ width: 100, height: 1, hblank: 604, vblank: 4, coarse: 1 })
        rig.runFrames(5001)
        const first = rig.sent[0]!.frame.startNs
        const last = rig.sent[5000]!.frame.startNs
        const exactNs = (5000 * (5 * 704 + 4) * 1e9) / xclkHz
        expect(Math.abs(last - first - exactNs)).toBeLessThanOrEqual(
            ROUNDING_NS
        )
    })
})

describe("MT9V034 pixel clock control", () => {
    it("inverts line valid, frame valid and PIXCLK at the pins", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x72, 0x0013)
        // Both pins now rest high.
        expect(rig.edges.map(e => [e.pin, e.level])).toEqual([
            ["LV", 1],
            ["FV", 1],
        ])
        const { lines } = rig.runFrames(1)
        expect(rig.edges.slice(2, 5).map(e => [e.pin, e.level])).toEqual([
            ["FV", 0],
            ["LV", 0],
            ["LV", 1],
        ])
        expect(lines[0]!.stableEdge).toBe("falling")
    })

    it.each([
        ["about the falling edge of PIXCLK", 0, 0],
        ["half a SYSCLK later with columns binned by 2", 1 << 2, 0.5],
        ["half a SYSCLK later with columns binned by 4", 2 << 2, 0.5],
    ])("changes its data %s", (_, columnBin, sysClks) => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x0d, 0x0300 | columnBin)
        // The frame after the first has the binning.
        const { earliestNs, latestNs } = rig
            .runFrames(3)
            .lines.at(-1)!.dataChange!
        const sysClkNs = 1e9 / 26.66e6

        expect((earliestNs + latestNs) / 2).toBeCloseTo(sysClks * sysClkNs, 6)
        // Set-up and hold of 14 ns at 26.6 MHz.
        expect(latestNs - earliestNs).toBeCloseTo(1e9 / 26.6e6 - 28, 6)
    })

    it("has data stable at the rising edge by default", () => {
        const rig = new Mt9v034Rig()
        expect(rig.runFrames(1).lines[0]!.stableEdge).toBe("rising")
    })
})
