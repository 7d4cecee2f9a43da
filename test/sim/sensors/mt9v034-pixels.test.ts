// SPDX-License-Identifier: MIT
// What the MT9V034 model puts on the bus, pixel by pixel.

import { describe, expect, it } from "vitest"
import { flatScene } from "../../../sim/scene/flat.ts"
import type { Field, Scene } from "../../../sim/scene/scene.ts"
import {
    FIELD,
    Mt9v034Rig,
    differences,
    pixelsOf,
    type RecordedFrame,
    type Setup,
} from "../../support/sensors/mt9v034-rig.ts"

/** 4 ms at 26.66 MHz: 126 rows of 846 clocks and 44 clocks. A scene value is then the value on the bus. */
const UNITY: Setup = { coarse: 126, fine: 44 }

/** A scene from a formula. */
function scene(value: (x: number, y: number) => number): Scene {
    const luma = new Uint8Array(752 * 480)
    for (let y = 0; y < 480; y++)
        for (let x = 0; x < 752; x++) luma[y * 752 + x] = value(x, y)
    const field: Field = { ...FIELD, luma }
    return { name: "formula", still: true, at: () => field }
}

function capture(of: Scene, setup: Setup): RecordedFrame {
    const rig = new Mt9v034Rig({ scene: of })
    rig.setUp(setup)
    return rig.runFrames(1)
}

/** hblank that keeps a row at 846 clocks, so that UNITY is 4 ms. */
const window = (
    columnStart: number,
    rowStart: number,
    width: number,
    height: number
): Setup => ({
    ...UNITY,
    columnStart,
    rowStart,
    width,
    height,
    hblank: 846 - width,
})

describe("MT9V034 window", () => {
    const coordinates = scene((x, y) => (x * 7 + y * 13) & 0xff)

    it("has the field's first pixel at column start 1, row start 4", () => {
        const { lines } = capture(coordinates, window(1, 4, 8, 2))
        expect([...lines[0]!.bytes]).toEqual([0, 7, 14, 21, 28, 35, 42, 49])
        expect([...lines[1]!.bytes]).toEqual([13, 20, 27, 34, 41, 48, 55, 62])
    })

    it("has the field's last pixel at column 752, row 483 (the highest row start is 482)", () => {
        const { lines } = capture(coordinates, window(752, 482, 1, 2))
        expect([...lines[1]!.bytes]).toEqual([(751 * 7 + 479 * 13) & 0xff])
    })
})

describe("MT9V034 flips", () => {
    const columns = scene(x => x & 0xff)
    const rows = scene((_x, y) => y & 0xff)

    it("mirrors columns with read mode [5]", () => {
        const { lines } = capture(columns, {
            ...window(11, 4, 4, 1),
            readMode: 0x0320,
        })
        expect([...lines[0]!.bytes]).toEqual([13, 12, 11, 10])
    })

    it("turns rows round with read mode [4]", () => {
        const { lines } = capture(rows, {
            ...window(1, 14, 1, 4),
            readMode: 0x0310,
        })
        expect(lines.map(line => line.bytes[0])).toEqual([13, 12, 11, 10])
    })
})

describe("MT9V034 binning", () => {
    // 10-bit values are four times the scene's: 50 levels differ by 200 LSB.
    it.each([
        ["averages two rows that differ by 196 LSB", [100, 149], 124],
        [
            "takes the darker of two rows that differ by 200 LSB",
            [100, 150],
            100,
        ],
        ["takes the darker also when it comes second", [150, 100], 100],
    ])("%s", (_name, levels, result) => {
        const stripes = scene((_x, y) => levels[y & 1]!)
        const { lines } = capture(stripes, {
            ...window(1, 4, 4, 4),
            readMode: 0x0301,
        })
        expect(lines).toHaveLength(2)
        expect([...lines[0]!.bytes]).toEqual([result, result, result, result])
    })

    it("bins four rows in pairs", () => {
        // (10, 20) -> 15, (200, 30) -> 30; (15, 30) -> 22.5
        const stripes = scene((_x, y) => [10, 20, 200, 30][y & 3]!)
        const { lines } = capture(stripes, {
            ...window(1, 4, 4, 8),
            readMode: 0x0302,
        })
        expect(lines.map(line => line.bytes[0])).toEqual([22, 22])
    })

    it("averages columns, however far apart", () => {
        const stripes = scene(x => [0, 250, 10, 20][x & 3]!)
        const two = capture(stripes, {
            ...window(1, 4, 8, 1),
            readMode: 0x0304,
        })
        const four = capture(stripes, {
            ...window(1, 4, 8, 1),
            readMode: 0x0308,
        })
        expect([...two.lines[0]!.bytes]).toEqual([125, 15, 125, 15])
        expect([...four.lines[0]!.bytes]).toEqual([70, 70])
    })
})

describe("MT9V034 brightness", () => {
    it.each([
        ["4 ms at 1x", 100, {}, 100],
        ["4 ms at 1x, white", 255, {}, 255],
        ["2 ms", 100, { coarse: 63, fine: 22 }, 50],
        ["8 ms", 100, { coarse: 252, fine: 88 }, 200],
        ["gain 32 = 2x", 100, { gain: 32 }, 200],
        ["gain 33 acts as 32", 100, { gain: 33 }, 200],
        ["gain 34 = 2.125x", 100, { gain: 34 }, 212],
        ["gain 63 acts as 62 = 3.875x", 60, { gain: 63 }, 232],
        ["gain 64 = 4x", 60, { gain: 64 }, 240],
        ["gain 17 = 1.0625x", 160, { gain: 17 }, 170],
        ["bit 15 forces 0.75x", 100, { gain: 0x8020 }, 75],
        ["saturates", 100, { gain: 48 }, 255],
    ])("%s: scene %d", (_name, level, setup, result) => {
        const { lines } = capture(flatScene(FIELD, level), {
            ...window(1, 4, 4, 1),
            ...setup,
        })
        expect(lines[0]!.bytes[0]).toBe(result)
    })

    it("cuts the lowest two of 10 bits off", () => {
        // 101 x 0.75 = 75.75: 303 of 1023.
        const { lines } = capture(flatScene(FIELD, 101), {
            ...window(1, 4, 1, 1),
            gain: 0x8010,
        })
        expect(lines[0]!.bytes[0]).toBe(75)
    })
})

describe("MT9V034 test pattern R0x7F", () => {
    function pattern(value: number, setup: Setup = {}): RecordedFrame {
        const rig = new Mt9v034Rig({ scene: flatScene(FIELD, 77) })
        rig.writeReg(0x70, 0)
        rig.writeReg(0x7f, value)
        rig.setUp({ ...window(1, 4, 300, 300), ...setup })
        return rig.runFrames(1)
    }
    const at = ({ lines }: RecordedFrame, row: number, column: number) =>
        lines[row]!.bytes[column]

    it("vertical: one step per row", () => {
        const sent = pattern(0x2800)
        expect([
            at(sent, 0, 0),
            at(sent, 0, 299),
            at(sent, 1, 5),
            at(sent, 255, 0),
            at(sent, 256, 0),
        ]).toEqual([0, 0, 1, 255, 0])
    })

    it("horizontal: one step per column", () => {
        const sent = pattern(0x3000)
        expect([
            at(sent, 0, 0),
            at(sent, 299, 0),
            at(sent, 5, 1),
            at(sent, 0, 255),
            at(sent, 0, 256),
        ]).toEqual([0, 0, 1, 255, 0])
    })

    it("diagonal: one step per row and column", () => {
        const sent = pattern(0x3800)
        expect([at(sent, 0, 0), at(sent, 10, 20), at(sent, 200, 100)]).toEqual([
            0, 30, 44,
        ])
    })

    it("fixed data: the upper 8 of 10 bits", () => {
        const sent = pattern(0x2400 | 0x2ab)
        expect(new Set(pixelsOf(sent))).toEqual(new Set([0x2ab >> 2]))
    })

    it("does not change with window, flips, exposure or gain", () => {
        const plain = pixelsOf(pattern(0x3800))
        const changed = pattern(0x3800, {
            columnStart: 50,
            rowStart: 99,
            readMode: 0x0330,
            gain: 40,
            coarse: 5,
        })
        expect(differences(pixelsOf(changed), plain)).toBe(0)
    })

    it("needs the enable bit [13]", () => {
        expect(new Set(pixelsOf(pattern(0x1800)))).toEqual(new Set([77]))
    })

    it("warns when row noise correction is left on", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x7f, 0x2800)
        expect(rig.sensor.warnings.join()).toMatch(
            /ROW_NOISE_CORRECTION_CONTROL/
        )
        rig.writeReg(0x70, 0)
        rig.writeReg(0x7f, 0x3000)
        expect(rig.sensor.warnings).toHaveLength(1)
    })
})
