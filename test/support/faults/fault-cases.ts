// SPDX-License-Identifier: MIT
// The faults that are tried: the rows of docs/faults.md. Each is injected several times, every time another one of its kind.

import { FAULT_NAMES, type FaultName } from "../../../sim/faults/fault-table.ts"

/** A fault as a file has it, without its time. */
export interface FaultGiven {
    readonly fault: FaultName
    readonly for?: number
    readonly [parameter: string]: unknown
}

/** One row of the table. */
export interface FaultCase {
    readonly name: string
    /** Injected one after the other; what they leave open the seed chooses, another for each. */
    readonly given: readonly FaultGiven[]
    /** From one to the next, s: the longest that a recovery may take, and more. */
    readonly everyS: number
}

/** Of a fault that hits a frame or two. */
const SHORT_S = 0.15
/** Of one that takes the sensor away. */
const LONG_S = 1.6
/** How often a fault is injected whose place the seed chooses. */
const PLACES = 8

/** The window of the captures has rows 160 to 279 of the field (strategies.ts): above, first, middle, last, below. */
const FIELD_ROWS = [0, 100, 160, 220, 279, 400, 479]
/** The same of sensors that send only the window's rows. */
const WINDOW_ROWS = [0, 60, 119]

/** RM0090 15.8, 10.5. */
const REGISTERS = [
    ["DCMI_CR", "0x50050000", 0],
    ["DCMI_IER", "0x5005000c", 0],
    ["DCMI_CWSTRT", "0x50050020", 0x20004],
    ["DCMI_CWSIZE", "0x50050024", 0x100003],
    ["DMA2_S1CR", "0x40026428", 0],
    ["DMA2_S1PAR", "0x40026430", "0x50050004"],
] as const

function some(
    name: string,
    everyS: number,
    ...given: readonly FaultGiven[]
): FaultCase {
    return { name, everyS, given }
}

/** One whose place is left to the seed. */
function placed(fault: FaultName, parameters: object = {}): FaultCase {
    const given = Array.from({ length: PLACES }, () => ({
        fault,
        ...parameters,
    }))
    return some(fault, SHORT_S, ...given)
}

/** In chosen rows, and some that the seed chooses. */
function inRows(fault: FaultName): FaultCase {
    const rows = [...FIELD_ROWS, ...WINDOW_ROWS]
    return some(
        fault,
        SHORT_S,
        ...rows.map(row => ({ fault, row })),
        ...placed(fault).given
    )
}

function upset([register, address, value]: (typeof REGISTERS)[number]) {
    const given = { fault: "register-upset" as const, address, value }
    return some(`register-upset ${register}`, SHORT_S, given, given, given)
}

export const FAULT_CASES: readonly FaultCase[] = [
    some(
        "i2c-nack",
        0.7,
        { fault: "i2c-nack" },
        { fault: "i2c-nack", byte: 1 },
        { fault: "i2c-nack", count: 3 }
    ),
    some(
        "i2c-sda-low",
        LONG_S,
        { fault: "i2c-sda-low", clocks: 5, for: 0.4 },
        { fault: "i2c-sda-low", for: 0.4 }
    ),
    some("i2c-stretch", LONG_S, { fault: "i2c-stretch", for: 0.6 }),
    some(
        "i2c-wrong-value",
        0.7,
        { fault: "i2c-wrong-value" },
        { fault: "i2c-wrong-value" }
    ),
    some(
        "sensor-unplug",
        LONG_S,
        { fault: "sensor-unplug", for: 0.02 },
        { fault: "sensor-unplug", for: 0.5 }
    ),
    some("sensor-reset", LONG_S, { fault: "sensor-reset" }),
    some("sensor-brown-out", LONG_S, { fault: "sensor-brown-out" }),
    some("sensor-wrong-chip", LONG_S, {
        fault: "sensor-wrong-chip",
        for: 0.5,
    }),
    placed("vsync-lost"),
    some(
        "vsync-stuck",
        LONG_S,
        { fault: "vsync-stuck", level: 0, for: 0.01 },
        { fault: "vsync-stuck", level: 1, for: 0.01 },
        { fault: "vsync-stuck", level: 0, for: 0.3 },
        { fault: "vsync-stuck", level: 1, for: 0.3 }
    ),
    some(
        "vsync-glitch",
        SHORT_S,
        ...inRows("vsync-glitch").given.filter(({ row }) => row !== 0),
        { fault: "vsync-glitch", us: 100 },
        { fault: "vsync-glitch", us: 1000 }
    ),
    some("vsync-polarity", LONG_S, { fault: "vsync-polarity", for: 0.4 }),
    placed("hsync-lost"),
    some("hsync-polarity", LONG_S, { fault: "hsync-polarity", for: 0.4 }),
    inRows("row-lost"),
    inRows("row-doubled"),
    ...[1, 2, 3, 4, 40].map(count => ({
        ...placed("pixclk-lost", { count }),
        name: `pixclk-lost ${count}`,
    })),
    ...[1, 2, 3, 4, 40].map(count => ({
        ...placed("pixclk-added", { count }),
        name: `pixclk-added ${count}`,
    })),
    some(
        "pixclk-stopped",
        LONG_S,
        { fault: "pixclk-stopped", for: 0.001 },
        { fault: "pixclk-stopped", for: 0.3 }
    ),
    some("pixclk-edge", SHORT_S * 3, { fault: "pixclk-edge", for: 0.05 }),
    some("data-stuck", SHORT_S * 3, { fault: "data-stuck", for: 0.05 }),
    some("data-swapped", SHORT_S * 3, {
        fault: "data-swapped",
        lines: [2, 5],
        for: 0.05,
    }),
    some("data-shorted", SHORT_S * 3, {
        fault: "data-shorted",
        lines: [0, 7],
        for: 0.05,
    }),
    placed("jpeg-no-end"),
    placed("jpeg-broken"),
    placed("dcmi-overrun"),
    ...REGISTERS.map(upset),
    some(
        "dma-late",
        SHORT_S * 2,
        { fault: "dma-late" },
        { fault: "dma-late", us: 100 },
        { fault: "dma-late", us: 20_000 }
    ),
    placed("dma-error"),
    placed("fifo-error"),
    some(
        "irq-late",
        SHORT_S * 3,
        { fault: "irq-late", for: 0.05 },
        { fault: "irq-late", us: 2000, for: 0.05 },
        { fault: "irq-late", us: 12_000, for: 0.05 }
    ),
    some("program-throw", LONG_S, { fault: "program-throw" }),
    some("program-loop", LONG_S, { fault: "program-loop" }),
    some("program-memory", LONG_S, { fault: "program-memory" }),
]

/** Faults that only a board can have. */
export const BOARD_CASES: readonly FaultCase[] = [
    some("power-cut", LONG_S, { fault: "power-cut", for: 0.1 }),
    some("link-noise", LONG_S, { fault: "link-noise", count: 1000 }),
    some("flash-error", LONG_S, { fault: "flash-error" }),
]

/** Every fault of the format must be tried. */
export function untriedFaults(): FaultName[] {
    const tried = new Set(
        [...FAULT_CASES, ...BOARD_CASES].flatMap(({ given }) =>
            given.map(({ fault }) => fault)
        )
    )
    return FAULT_NAMES.filter(name => !tried.has(name))
}
