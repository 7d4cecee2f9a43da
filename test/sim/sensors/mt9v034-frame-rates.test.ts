// SPDX-License-Identifier: MIT
// Frame rates of the MT9V034 model against hand calculations from the data sheet's formulas (MT9V034/D Rev. 7, p.9..10).

import { describe, expect, it } from "vitest"
import {
    framePeriodClocks,
    Mt9v034Rig,
    window,
    type Setup,
} from "../../support/sensors/mt9v034-rig.ts"

const FREQUENCIES_HZ = [26_600_000, 26_660_000, 26_666_667, 27_000_000]

/** Frame rates are typed with the digits that a hand calculation printed: right within one unit of the last. */
function expectFps(fps: number, text: string): void {
    const unit = 10 ** -text.split(".")[1]!.length
    expect(Math.abs(fps - Number(text))).toBeLessThan(unit)
}

interface Mode {
    readonly name: string
    readonly setup: Setup
    readonly row: number
    readonly rowsOut: number
    readonly fps: readonly string[]
}

const MODES: readonly Mode[] = [
    {
        name: "752x480 default",
        setup: { coarse: 100 },
        row: 846,
        rowsOut: 480,
        fps: ["59.89", "60.02", "60.04", "60.79"],
    },
    {
        name: "752x480 fastest",
        setup: { hblank: 61, vblank: 4, coarse: 100 },
        row: 813,
        rowsOut: 480,
        fps: ["67.60", "67.75", "67.77", "68.62"],
    },
    {
        name: "220x220 max",
        setup: window(220, 220, 704, 4),
        row: 704,
        rowsOut: 220,
        fps: ["168.7", "169.1", "169.1", "171.2"],
    },
    {
        name: "220x220 max, old row minimum",
        setup: window(220, 220, 690, 4),
        row: 690,
        rowsOut: 220,
        fps: ["172.1", "172.5", "172.5", "174.7"],
    },
    {
        name: "220x220, vblank 10",
        setup: window(220, 220, 704, 10),
        row: 704,
        rowsOut: 220,
        fps: ["164.3", "164.6", "164.7", "166.7"],
    },
    {
        name: "220x220 default row and vblank",
        setup: window(220, 220, 846, 45),
        row: 846,
        rowsOut: 220,
        fps: ["118.65", "118.92", "118.95", "120.43"],
    },
    {
        name: "360x360 max",
        setup: window(360, 360, 704, 4),
        row: 704,
        rowsOut: 360,
        fps: ["103.8", "104.0", "104.1", "105.4"],
    },
    {
        name: "360x360 max, old row minimum",
        setup: window(360, 360, 690, 4),
        row: 690,
        rowsOut: 360,
        fps: ["105.9", "106.1", "106.2", "107.5"],
    },
    {
        name: "320x240 max",
        setup: window(320, 240, 704, 4),
        row: 704,
        rowsOut: 240,
        fps: ["154.9", "155.2", "155.2", "157.2"],
    },
    {
        name: "320x240 max, old row minimum",
        setup: window(320, 240, 690, 4),
        row: 690,
        rowsOut: 240,
        fps: ["158.0", "158.4", "158.4", "160.4"],
    },
    {
        name: "320x240 from 640x480 by 2x2 binning",
        setup: { ...window(640, 480, 711, 4), readMode: 0x0305 },
        row: 711,
        rowsOut: 240,
        fps: ["153.3", "153.7", "153.7", "155.6"],
    },
    {
        name: "188x120 from 752x480 by 4x4 binning",
        setup: { ...window(752, 480, 843, 4), readMode: 0x030a },
        row: 843,
        rowsOut: 120,
        fps: ["254.5", "255.0", "255.1", "258.3"],
    },
    {
        name: "188x120 as plain window",
        setup: window(188, 120, 704, 4),
        row: 704,
        rowsOut: 120,
        fps: ["304.7", "305.4", "305.5", "309.3"],
    },
]

describe.each(MODES)("MT9V034 $name", ({ setup, row, rowsOut, fps }) => {
    it.each(FREQUENCIES_HZ.map((hz, i) => [hz, fps[i]!] as const))(
        "at %d Hz runs at %s fps, exact to one clock",
        (xclkHz, text) => {
            const clocks = framePeriodClocks(xclkHz, setup)
            expect(clocks).toBeCloseTo(
                (rowsOut + (setup.vblank ?? 45)) * row + 4,
                1
            )
            expectFps(xclkHz / clocks, text)
        }
    )
})

describe("MT9V034 220x220 near 120 fps", () => {
    // Row, SYSCLK, vertical blanking, frames per second.
    it.each([
        [704, 26_600_000, 94, "120.33"],
        [704, 26_600_000, 95, "119.95"],
        [704, 26_660_000, 95, "120.22"],
        [704, 26_660_000, 96, "119.84"],
        [704, 26_666_667, 95, "120.25"],
        [704, 26_666_667, 96, "119.87"],
        [704, 27_000_000, 99, "120.22"],
        [704, 27_000_000, 100, "119.85"],
        [690, 26_660_000, 102, "119.99"],
        [690, 26_666_667, 102, "120.02"],
        [690, 27_000_000, 106, "120.03"],
        [846, 26_600_000, 42, "120.006"],
        [846, 26_660_000, 42, "120.28"],
        [846, 26_660_000, 43, "119.82"],
        [846, 27_000_000, 46, "119.98"],
        [846, 27_000_000, 45, "120.43"],
        [701, 26_666_667, 97, "120.0007"],
        [743, 26_660_000, 79, "120.00"],
        [983, 26_660_000, 6, "120.0025"],
        [767, 26_600_000, 69, "119.9998"],
        [750, 27_000_000, 80, "119.998"],
        [974, 27_000_000, 11, "120.001"],
    ])(
        "row %d at %d Hz with vblank %d gives %s fps",
        (row, xclkHz, vblank, fps) => {
            const clocks = framePeriodClocks(
                xclkHz,
                window(220, 220, row, vblank)
            )
            expect(clocks).toBeCloseTo((220 + vblank) * row + 4, 1)
            expectFps(xclkHz / clocks, fps)
        }
    )

    it("leaves 66,884 clocks (2.51 ms) of frame valid low at row 704 and vblank 95", () => {
        const rig = new Mt9v034Rig()
        rig.setUp(window(220, 220, 704, 95))
        rig.runFrames(1)
        rig.runIntoFrame()
        const lowNs = rig.edgesOf("FV", 1)[1]! - rig.edgesOf("FV", 0)[0]!
        expect(rig.clocks(lowNs)).toBeCloseTo(66_884, 1)
        expect((lowNs / 1e6).toFixed(2)).toBe("2.51")
    })
})
