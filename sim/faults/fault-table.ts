// SPDX-License-Identifier: MIT
// Every fault that can be injected, written once: its name, how long it lasts, its parameters with their limits. The parser,
// the types and the page's panel follow from it.

/** A whole number. */
export interface WholeParameter<Optional extends boolean> {
    readonly kind: "whole"
    readonly what: string
    readonly min: number
    readonly max: number
    /** "seeded": chosen by the run's seed, from what fits; undefined: it must be given. */
    readonly otherwise: number | "seeded" | undefined
    /** Written in hexadecimal. */
    readonly hex?: boolean
    /** Only for the type. */
    readonly optional: Optional
}

/** Two different data lines, 0 to 7. */
export interface LinesParameter {
    readonly kind: "lines"
    readonly what: string
}

export type Parameter = WholeParameter<boolean> | LinesParameter

/**
 * moment: it happens once. frame: it hits the first frame of the sensor that starts at or after its time; with `for` every
 * frame that starts within it. span: it lasts; without `for` until the end of the run.
 */
export type FaultLasts = "moment" | "frame" | "span"

interface FaultEntry {
    readonly lasts: FaultLasts
    readonly what: string
    readonly parameters: Readonly<Record<string, Parameter>>
}

/** Left out: `otherwise`. */
function whole(
    what: string,
    min: number,
    max: number,
    otherwise: number
): WholeParameter<false> {
    return { kind: "whole", what, min, max, otherwise, optional: false }
}

/** Left out: chosen by the seed. */
function seeded(what: string, min: number, max: number): WholeParameter<true> {
    return {
        kind: "whole",
        what,
        min,
        max,
        otherwise: "seeded",
        optional: true,
    }
}

/** Cannot be left out. */
function required(what: string, max: number): WholeParameter<false> {
    return {
        kind: "whole",
        what,
        min: 0,
        max,
        otherwise: undefined,
        hex: true,
        optional: false,
    }
}

const LINES: LinesParameter = { kind: "lines", what: "two data lines" }

const U32_MAX = 0xffffffff
/** Rows of the largest frame of either sensor are fewer, and so are the bytes of a row. */
const ROW = seeded("row of the frame", 0, 4095)
const COLUMN = seeded("byte of the row", 0, 8191)
const BYTE = "byte of the transfer, 0 is the address"

export const FAULT_TABLE = {
    "i2c-nack": {
        lasts: "moment",
        what: "the sensor does not acknowledge a byte",
        parameters: {
            count: whole("transfers that it hits", 1, 1_000_000, 1),
            byte: whole(BYTE, 0, 255, 0),
        },
    },
    "i2c-sda-low": {
        lasts: "span",
        what: "SDA is held low",
        parameters: {
            clocks: whole(
                "clocks of SCL after which it is let go; 0: none help",
                0,
                1000,
                0
            ),
        },
    },
    "i2c-stretch": {
        lasts: "span",
        what: "SCL is held low",
        parameters: {},
    },
    "i2c-wrong-value": {
        lasts: "moment",
        what: "bytes read from the sensor arrive with wrong bits",
        parameters: {
            count: whole("bytes that it hits", 1, 1_000_000, 1),
            mask: seeded("bits that are turned over", 1, 255),
        },
    },
    "sensor-unplug": {
        lasts: "span",
        what: "the sensor is unplugged; plugged in again it has its power-on registers",
        parameters: {},
    },
    "sensor-reset": {
        lasts: "moment",
        what: "a pulse on the sensor's reset pin",
        parameters: { us: whole("length of the pulse, us", 1, 1_000_000, 100) },
    },
    "sensor-brown-out": {
        lasts: "moment",
        what: "the sensor's registers are as after power-on; it answers and sends all the time",
        parameters: {},
    },
    "sensor-wrong-chip": {
        lasts: "span",
        what: "another chip answers at the sensor's address",
        parameters: {
            id: seeded(
                "what its identification registers read; left out: an MT9V032 or an OV7725",
                0,
                0xffff
            ),
        },
    },
    "vsync-lost": {
        lasts: "frame",
        what: "VSYNC does not mark the end of the frame: it and the next look like one",
        parameters: {},
    },
    "vsync-stuck": {
        lasts: "span",
        what: "VSYNC stays at one level",
        parameters: { level: seeded("level; left out: as it is then", 0, 1) },
    },
    "vsync-glitch": {
        lasts: "frame",
        what: "a short pulse on VSYNC before a row",
        parameters: {
            row: seeded("row of the frame, from 1 on", 1, 4095),
            us: whole("length of the pulse, us", 1, 1_000_000, 1),
        },
    },
    "hsync-lost": {
        lasts: "frame",
        what: "HSYNC stays away for a whole frame",
        parameters: {},
    },
    "row-lost": {
        lasts: "frame",
        what: "HSYNC stays away for a row",
        parameters: { row: ROW },
    },
    "row-doubled": {
        lasts: "frame",
        what: "a row comes twice, and what follows a row later",
        parameters: { row: ROW },
    },
    "pixclk-lost": {
        lasts: "frame",
        what: "clocks of a row are missed",
        parameters: {
            count: whole("clocks", 1, 8192, 1),
            row: ROW,
            column: COLUMN,
        },
    },
    "pixclk-added": {
        lasts: "frame",
        what: "clocks of a row are too many",
        parameters: {
            count: whole("clocks", 1, 8192, 1),
            row: ROW,
            column: COLUMN,
        },
    },
    "pixclk-stopped": {
        lasts: "span",
        what: "PIXCLK does not move: the DCMI sees nothing of what the other lines do",
        parameters: {},
    },
    "data-stuck": {
        lasts: "span",
        what: "a data line stays at one level",
        parameters: {
            line: seeded("data line", 0, 7),
            level: seeded("level", 0, 1),
        },
    },
    "data-swapped": {
        lasts: "span",
        what: "two data lines are exchanged",
        parameters: { lines: LINES },
    },
    "data-shorted": {
        lasts: "span",
        what: "two data lines touch: both are low where one is",
        parameters: { lines: LINES },
    },
    "pixclk-edge": {
        lasts: "span",
        what: "PIXCLK is inverted: the data is sampled while it changes",
        parameters: {},
    },
    "vsync-polarity": {
        lasts: "span",
        what: "VSYNC is inverted",
        parameters: {},
    },
    "hsync-polarity": {
        lasts: "span",
        what: "HSYNC is inverted",
        parameters: {},
    },
    "dcmi-overrun": {
        lasts: "moment",
        what: "the DCMI's FIFO overruns in the next row that is captured",
        parameters: {},
    },
    "register-upset": {
        lasts: "moment",
        what: "a store into a peripheral's register that nobody made",
        parameters: {
            address: required("address of the register", U32_MAX),
            value: required("what it becomes", U32_MAX),
        },
    },
    "dma-late": {
        lasts: "moment",
        what: "others have the bus matrix: the DMA moves nothing",
        parameters: { us: whole("for so long, us", 1, 10_000_000, 3000) },
    },
    "dma-error": {
        lasts: "moment",
        what: "a bus error (TEIF) of the stream that serves the DCMI, at its next words",
        parameters: {},
    },
    "fifo-error": {
        lasts: "moment",
        what: "a FIFO error (FEIF) of the stream that serves the DCMI, at its next words",
        parameters: {},
    },
    "jpeg-no-end": {
        lasts: "frame",
        what: "a JPEG without its end marker",
        parameters: {},
    },
    "jpeg-broken": {
        lasts: "frame",
        what: "wrong bytes in the middle of a JPEG",
        parameters: { count: whole("bytes", 1, 65_536, 16) },
    },
    "irq-late": {
        lasts: "span",
        what: "the capture's interrupts are taken late",
        parameters: { us: whole("by so long, us", 1, 10_000_000, 100) },
    },
    "flash-error": {
        lasts: "moment",
        what: "the next programming or erasing of flash fails (PGSERR)",
        parameters: {
            count: whole("operations that it hits", 1, 1_000_000, 1),
        },
    },
    "power-cut": {
        lasts: "span",
        what: "no power: then everything but the flash begins anew",
        parameters: {},
    },
    "link-noise": {
        lasts: "moment",
        what: "random characters on the serial link, to the board",
        parameters: { count: whole("characters", 1, 100_000, 100) },
    },
    "program-throw": {
        lasts: "moment",
        what: "the program throws when it has used the I2C bus the next time",
        parameters: {},
    },
    "program-loop": {
        lasts: "moment",
        what: "the program loops for ever when it has used the I2C bus the next time",
        parameters: {},
    },
    "program-memory": {
        lasts: "moment",
        what: "the program takes more memory than there is when it has used the I2C bus the next time",
        parameters: {},
    },
} as const satisfies Readonly<Record<string, FaultEntry>>

type Table = typeof FAULT_TABLE

export type FaultName = keyof Table
export const FAULT_NAMES = Object.keys(FAULT_TABLE) as FaultName[]

type ValueOf<P> = P extends LinesParameter
    ? readonly [number, number]
    : P extends WholeParameter<true>
      ? number | undefined
      : number

/** One fault of a kind, checked, with its defaults. */
export type FaultOf<Name extends FaultName> = {
    readonly fault: Name
    /** Virtual time since power-on, s. */
    readonly at: number
    /** How long it lasts, s; see FaultLasts. */
    readonly for?: number | undefined
} & {
    readonly [P in keyof Table[Name]["parameters"]]: ValueOf<
        Table[Name]["parameters"][P]
    >
}

export type Fault = { [Name in FaultName]: FaultOf<Name> }[FaultName]

/** The entry of a fault, with its parameters by name. */
export function faultEntry(name: FaultName): FaultEntry {
    return FAULT_TABLE[name]
}
