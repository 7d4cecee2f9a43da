// SPDX-License-Identifier: MIT
// Combinations of MT9V034 registers that cannot work, at their limits.

import { describe, expect, it } from "vitest"
import { Mt9v034Rig } from "../../support/sensors/mt9v034-rig.ts"

describe("MT9V034 combinations that cannot work", () => {
    it.each([
        [
            "a row of 689 clocks",
            { width: 220, hblank: 469 },
            /220 \+ 469 = 689 clocks is under 690/,
        ],
        [
            "a window past the last column",
            { columnStart: 534, width: 220, hblank: 484 },
            /COLUMN_START.* end at 753, the array at 752/,
        ],
        [
            "a window past the last row",
            { rowStart: 265, height: 220 },
            /ROW_START.* end at 484, the array at 483/,
        ],
        [
            "blanking 70 with column bin 2",
            { hblank: 70, readMode: 0x0304 },
            /column bin 2 needs at least 71 clocks, not 70/,
        ],
        [
            "blanking 90 with column bin 4",
            { hblank: 90, readMode: 0x0308 },
            /column bin 4 needs at least 91/,
        ],
        [
            "a width that is no multiple of the bin",
            { width: 751, readMode: 0x0304 },
            /751 columns cannot be binned by 2/,
        ],
        [
            "a height that is no multiple of the bin",
            { height: 442, readMode: 0x0302 },
            /442 rows cannot be binned by 4/,
        ],
        [
            "a fine shutter over a row",
            { fine: 847 },
            /847 clocks are more than a row of 846/,
        ],
        [
            "no whole row and 259 clocks of exposure",
            { coarse: 0, fine: 259 },
            /at least 260 clocks are needed/,
        ],
    ])("%s is refused when it lasts for two frames", (_name, setup, rule) => {
        const rig = new Mt9v034Rig()
        rig.setUp({ coarse: 100, ...setup })
        const { frame } = rig.runFrames(1)
        expect(frame.unusable).toBe(true)
        expect(rig.sensor.warnings.join()).toMatch(rule)
        expect(() => rig.runFrames(1)).toThrow(rule)
    })

    it.each([
        ["a row of 690 clocks", { width: 220, hblank: 470 }],
        ["the last column", { columnStart: 533, width: 220, hblank: 484 }],
        ["the last row", { rowStart: 264, height: 220 }],
        ["blanking 71 with column bin 2", { hblank: 71, readMode: 0x0304 }],
        ["blanking 91 with column bin 4", { hblank: 91, readMode: 0x0308 }],
        ["a fine shutter of a row", { fine: 846 }],
        ["260 clocks of exposure", { coarse: 0, fine: 260 }],
    ])("%s is accepted", (_name, setup) => {
        const rig = new Mt9v034Rig()
        rig.setUp({ coarse: 100, ...setup })
        expect(rig.runFrames(3).frame.unusable).toBe(false)
    })

    it("cost one frame when they end before the next frame start, as between two writes of a driver", () => {
        const rig = new Mt9v034Rig()
        rig.setUp({ coarse: 100 })
        rig.runFrames(1)
        rig.runIntoFrame()
        rig.writeReg(0x04, 220)
        rig.runFrames(1)
        rig.runIntoFrame()
        rig.writeReg(0x05, 484)
        rig.runFrames(4)
        expect(rig.sent.map(sent => sent.frame.unusable)).toEqual([
            false,
            false,
            true,
            true,
            false,
            false,
        ])
    })

    it.each([690, 703])("a row of %d clocks is used, with a warning", row => {
        const rig = new Mt9v034Rig()
        rig.setUp({ width: 220, height: 10, hblank: row - 220, coarse: 5 })
        rig.runFrames(5)
        expect(rig.sensor.warnings).toEqual([
            `a row of ${row} clocks is under the 704 of the data sheet's Rev. 7 (earlier revisions: 690)`,
        ])
    })

    it("a row of 704 clocks has no warning", () => {
        const rig = new Mt9v034Rig()
        rig.setUp({ width: 220, height: 10, hblank: 484, coarse: 5 })
        rig.runFrames(5)
        expect(rig.sensor.warnings).toEqual([])
    })
})
