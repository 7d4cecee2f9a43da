// SPDX-License-Identifier: MIT
// Faults that a self-test has to name, with what it has to say.

import type { FindingName } from "../../../host/commands/selftest/judge/findings.ts"
import type { SensorName } from "../../../protocol/names.ts"
import type { SelftestCase } from "./selftest-rig.ts"

/** One fault alone. */
export interface NamedFault {
    readonly fault: NonNullable<SelftestCase["fault"]>
    readonly name: FindingName
    /** Left out: not compared. */
    readonly part?: string
    /** Left out: both. */
    readonly sensor?: SensorName
}

const LINES = [0, 1, 2, 3, 4, 5, 6, 7]

/** Longer than any self-test. */
const ALWAYS = 1000

/** Each data line at each level. */
export const STUCK: readonly NamedFault[] = LINES.flatMap(line =>
    [0, 1].map((level): NamedFault => ({
        fault: { fault: "data-stuck", line, level },
        name: "data-stuck",
        part: `D${line}`,
    }))
)

/** The 28 pairs of data lines. */
export const PAIRS: readonly (readonly [number, number])[] = LINES.flatMap(a =>
    LINES.slice(a + 1).map(b => [a, b] as const)
)

export const SWAPPED: readonly NamedFault[] = PAIRS.map(([a, b]) => ({
    fault: { fault: "data-swapped", lines: [a, b] },
    name: "data-swapped",
    part: `D${a}, D${b}`,
}))

export const SHORTED: readonly NamedFault[] = PAIRS.map(([a, b]) => ({
    fault: { fault: "data-shorted", lines: [a, b] },
    name: "data-shorted",
    part: `D${a}, D${b}`,
}))

/** A fault that is there all the time and has the name of what is found. */
function same(
    name: FindingName,
    part: string,
    parameters: Record<string, unknown> = {}
): NamedFault {
    return { fault: { fault: name, ...parameters }, name, part }
}

/** PIXCLK, HSYNC, VSYNC. */
export const SYNC: readonly NamedFault[] = [
    same("pixclk-edge", "PIXCLK"),
    same("vsync-polarity", "VSYNC"),
    same("hsync-polarity", "HSYNC"),
    same("pixclk-stopped", "PIXCLK"),
    same("vsync-stuck", "VSYNC", { level: 0 }),
    same("vsync-stuck", "VSYNC", { level: 1 }),
    same("hsync-lost", "HSYNC", { for: ALWAYS }),
]

/** Rows and columns of each frame: the first, in the middle, one that the captures of 52 rows leave out. */
export const ROWS: readonly NamedFault[] = [0, 30, 56].flatMap(row => [
    same("row-lost", "HSYNC", { row, for: ALWAYS }),
    same("row-doubled", "HSYNC", { row, for: ALWAYS }),
    same("pixclk-lost", "PIXCLK", { row, column: 3, for: ALWAYS }),
    same("pixclk-added", "PIXCLK", { row, column: 3, for: ALWAYS }),
    same("pixclk-lost", "PIXCLK", { row, column: 40, count: 8, for: ALWAYS }),
    same("pixclk-added", "PIXCLK", { row, column: 40, count: 8, for: ALWAYS }),
])

/** The sensor's I2C bus, and the sensor itself. */
export const BUS: readonly NamedFault[] = [
    same("i2c-sda-low", "SDA"),
    same("i2c-sda-low", "SDA", { clocks: 5 }),
    same("i2c-stretch", "SCL"),
    same("i2c-nack", "SCL, SDA", { count: 1 }),
    same("i2c-nack", "SCL, SDA", { count: 20 }),
    same("i2c-nack", "SCL, SDA", { count: 3, byte: 1 }),
    same("i2c-nack", "SCL, SDA", { at: 0.1 }),
    same("i2c-wrong-value", "SDA", { count: 1, mask: 1 }),
    same("i2c-wrong-value", "SDA", { count: 1_000_000, mask: 16 }),
    { fault: { fault: "i2c-nack", count: 1_000_000 }, name: "sensor-absent" },
    { fault: { fault: "sensor-unplug" }, name: "sensor-absent" },
    { fault: { fault: "sensor-wrong-chip" }, name: "sensor-wrong-chip" },
    { fault: { fault: "sensor-brown-out", at: 0.3 }, name: "sensor-reset" },
    { fault: { fault: "sensor-reset", at: 0.3 }, name: "sensor-reset" },
]

/** All of them. */
export const NAMED_FAULTS: readonly NamedFault[] = [
    ...STUCK,
    ...SWAPPED,
    ...SHORTED,
    ...SYNC,
    ...ROWS,
    ...BUS,
]
