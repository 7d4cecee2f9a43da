// SPDX-License-Identifier: MIT
// The judge of the self-test with measurements of its own: what no injected fault makes.

import { describe, expect, it } from "vitest"
import { readBoard } from "../../../../boards/board-file.ts"
import {
    knownRgb565,
    knownYuv,
} from "../../../../host/commands/selftest/judge/colour-bars.ts"
import { judge } from "../../../../host/commands/selftest/judge/judge.ts"
import {
    MeasurementReader,
    type Measurements,
} from "../../../../host/commands/selftest/judge/measurements.ts"
import { MT9V034_SHAPE, SELFTEST_FIXED } from "../../../../protocol/selftest.ts"

const BOARD = readBoard("nucleo-f446re", "mt9v034")

/** What a healthy MT9V034 gives, its bytes as the wires change them. */
function measured(
    wires: (byte: number) => number = byte => byte,
    changes: Partial<Measurements> = {}
): Measurements {
    const { offsetBytes, lineBytes, rows } = MT9V034_SHAPE
    return {
        sensor: "mt9v034",
        hclkHz: BOARD.hclkHz,
        xclkHz: BOARD.sensor.xclkHz,
        levels: 3,
        answers: [{ address: 0x48, status: 0, id: 0x1324, same: 8 }],
        scratch: [{ written: 0x15, read: 0x15 }],
        reset: 2,
        standby: 2,
        error: undefined,
        sync: [{ flips: 0, captured: true, frames: 2, seen: 0 }],
        fixed: SELFTEST_FIXED.map(value => ({
            value,
            pixels: new Uint8Array(8).fill(wires(value)),
        })),
        rows: Array.from({ length: rows }, (_, row) =>
            Uint8Array.from({ length: lineBytes }, (_, column) =>
                wires((row + column + offsetBytes) & 0xff)
            )
        ),
        rgb: undefined,
        kept: true,
        count: { whole: 7, short: 0, long: 0 },
        time: {
            frames: 5,
            us: 83_300,
            plannedFps: 60.024,
            lineBytes: 96,
            rowNs: 31_733,
        },
        failedTransfers: 0,
        ...changes,
    }
}

function found(seen: Measurements): string[] {
    return judge(seen, BOARD).findings.map(
        ({ name, part }) => `${name} ${part}`
    )
}

describe("the judge of the self-test", () => {
    it("finds nothing wrong where nothing is", () => {
        expect(judge(measured(), BOARD)).toMatchObject({
            ok: true,
            findings: [],
        })
    })

    it("takes the ramp from any value on: no document says where it begins", () => {
        const rows = measured().rows.map(row => row.map(value => value + 77))
        expect(found(measured(undefined, { rows }))).toEqual([])
    })

    it("names a bus that is soldered the other way round, pair by pair", () => {
        const reversed = (byte: number): number =>
            [0, 1, 2, 3, 4, 5, 6, 7].reduce(
                (sum, line) => sum | (((byte >> line) & 1) << (7 - line)),
                0
            )
        expect(found(measured(reversed))).toEqual([
            "data-swapped D0, D7",
            "data-swapped D1, D6",
            "data-swapped D2, D5",
            "data-swapped D3, D4",
        ])
    })

    it("names two faults at once", () => {
        const wires = (byte: number): number => {
            const differ = ((byte >> 5) ^ (byte >> 6)) & 1
            return (byte ^ (differ << 5) ^ (differ << 6)) & ~4
        }
        expect(found(measured(wires))).toEqual([
            "data-stuck D2",
            "data-swapped D5, D6",
        ])
    })

    it("names lines that are both high where one is", () => {
        const wires = (byte: number): number => (byte & 9 ? byte | 9 : byte)
        expect(found(measured(wires))).toEqual(["data-shorted D0, D3"])
    })

    it("does not call right what it cannot explain", () => {
        const wires = (byte: number): number => byte ^ (byte & 0x80 ? 0x13 : 0)
        expect(found(measured(wires))).toEqual([
            expect.stringMatching(/^data-wrong D0, D1, D4$/),
        ])
    })

    it("calculates XCLK from the time of frames", () => {
        const time = { ...measured().time!, us: 83_300 * 1.11 }
        const { findings } = judge(measured(undefined, { time }), BOARD)
        expect(findings).toMatchObject([{ name: "xclk-rate", part: "XCLK" }])
        expect(findings[0]!.detail).toContain("about 24.0")
    })

    it("knows what PIXCLK the DCMI can take", () => {
        const hclkHz = 60_000_000
        expect(found(measured(undefined, { hclkHz }))).toEqual([
            "pixclk-rate PIXCLK",
        ])
    })

    it.each([
        { fixed: [] },
        { rows: [] },
        { count: undefined },
    ] satisfies Partial<Measurements>[])(
        "is not content when frames stop coming: %o",
        changes => {
            expect(found(measured(undefined, changes))).toEqual([
                "frames-lost PIXCLK, HSYNC, VSYNC",
            ])
        }
    )

    it("says what the driver said when nothing else is wrong", () => {
        const error = "MT9V034: CHIP_VERSION reads 0x0000, expected 0x1324"
        const seen = measured(undefined, { sync: [], error })
        expect(judge(seen, BOARD).findings).toEqual([
            { name: "sensor-error", part: "MT9V034", detail: error },
        ])
    })
})

describe("the OV2640's bars", () => {
    it("give each data line and each pair that touches a signature of its own", () => {
        const bytes = [...knownYuv(), ...knownRgb565()].map(({ sent }) => sent)
        const line = (n: number): string =>
            bytes.map(byte => (byte >> n) & 1).join("")
        const both = (a: number, b: number): string =>
            bytes.map(byte => (byte >> a) & (byte >> b) & 1).join("")
        const numbers = [0, 1, 2, 3, 4, 5, 6, 7]
        expect(new Set(numbers.map(line)).size).toBe(8)
        for (const a of numbers)
            for (const b of numbers.slice(a + 1)) {
                expect(both(a, b)).toContain("1")
                expect([line(a), line(b)]).not.toEqual([both(a, b), both(a, b)])
            }
    })
})

describe("MeasurementReader", () => {
    const run = [
        "selftest: begin 1 1",
        "selftest: board 180000000 26660000 7",
        "selftest: row 0 0 0102",
        "selftest: row 0 2 0304",
        "selftest: row 1 0 0506",
        "selftest: row 1 2 0708",
        "selftest: error MT9V034: no",
        "selftest: end",
    ]

    it("waits for a whole run, in whatever the lines begin with", () => {
        const reader = new MeasurementReader()
        for (const line of [...run.slice(5), ...run]) {
            expect(reader.measurements).toBeUndefined()
            reader.take(`program: ${line}`)
        }
        expect(reader.measurements).toMatchObject({
            sensor: "mt9v034",
            hclkHz: 180_000_000,
            error: "MT9V034: no",
            count: undefined,
        })
        expect(reader.measurements!.rows.map(row => [...row])).toEqual([
            [1, 2, 3, 4],
            [5, 6, 7, 8],
        ])
    })

    it("refuses the lines of another version", () => {
        const reader = new MeasurementReader()
        reader.take("selftest: begin 2 1")
        expect(() => reader.take("selftest: end")).toThrow(
            /version 2 of its lines, this command version 1/
        )
    })

    it("begins anew when lines were lost", () => {
        const reader = new MeasurementReader()
        for (const line of run.slice(0, 4)) reader.take(line)
        reader.restart()
        for (const line of run.slice(5)) reader.take(line)
        expect(reader.measurements).toBeUndefined()
        for (const line of run) reader.take(line)
        expect(reader.measurements).toBeDefined()
    })
})
