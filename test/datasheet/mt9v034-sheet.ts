// SPDX-License-Identifier: MIT
// The MT9V034's registers, typed from the data sheet for the tests. Neither the driver nor the model reads this.
//
// DS: MT9V034/D Rev. 7 (ON Semiconductor, January 2017). RR: the register reference, which is not public, as the drivers
// of Linux (LX), OpenMV (OMV) and PX4Flow (PX) quote it. Where they disagree the strict side stands here.

/** `ro`: read only. `reserved`: undocumented, only the reset value and the recommended one are known. */
export type SheetAccess = "rw" | "ro" | "reserved"

/** When a write acts: in the next frame, or in the frame after it (DS, shadowed registers). */
export type SheetSync = "next-frame" | "frame-after-next"

export interface SheetRegister {
    readonly address: number
    readonly name: string
    readonly access: SheetAccess
    /** undefined: the data sheet does not list the register among the shadowed ones. */
    readonly sync?: SheetSync
    /** undefined: the sources do not give it, or disagree. */
    readonly reset?: number
    /** Smallest and largest value, where the register holds a number. */
    readonly range?: readonly [min: number, max: number]
    /** The data sheet's recommended value for a reserved register. */
    readonly recommended?: number
    readonly source: string
}

type Range = readonly [min: number, max: number]

interface Row {
    readonly reset?: number
    readonly range?: Range
    readonly sync?: SheetSync
    readonly source: string
}

function rw(address: number, name: string, row: Row): SheetRegister {
    return { address, name, access: "rw", ...row }
}

/** A register of context A and its twin of context B. */
function pair(a: number, b: number, name: string, row: Row): SheetRegister[] {
    return [rw(a, name, row), rw(b, `${name}_B`, row)]
}

function ro(
    address: number,
    name: string,
    source: string,
    reset?: number
): SheetRegister {
    return { address, name, access: "ro", reset, source }
}

function reserved(
    address: number,
    reset: number,
    recommended: number
): SheetRegister {
    const name = `RESERVED_${address.toString(16).toUpperCase()}`
    const source = "DS, recommended register settings; PX, OMV"
    return {
        address,
        name,
        access: "reserved",
        reset,
        recommended,
        source,
    }
}

const F1 = "next-frame"
const F2 = "frame-after-next"

const GEOMETRY: readonly SheetRegister[] = [
    ...pair(0x01, 0xc9, "COLUMN_START", {
        reset: 1,
        range: [1, 752],
        sync: F1,
        source: "DS, LX",
    }),
    ...pair(0x02, 0xca, "ROW_START", {
        reset: 4,
        range: [4, 482],
        sync: F1,
        source: "DS",
    }),
    ...pair(0x03, 0xcb, "WINDOW_HEIGHT", {
        reset: 480,
        range: [1, 480],
        sync: F1,
        source: "DS",
    }),
    ...pair(0x04, 0xcc, "WINDOW_WIDTH", {
        reset: 752,
        range: [1, 752],
        sync: F1,
        source: "DS",
    }),
    ...pair(0x05, 0xcd, "HORIZONTAL_BLANKING", {
        reset: 94,
        range: [61, 1023],
        sync: F1,
        source: "DS, table 5; LX",
    }),
    // Upper limit: 3000 (OMV) or 32288 (LX).
    ...pair(0x06, 0xce, "VERTICAL_BLANKING", {
        reset: 45,
        range: [4, 3000],
        sync: F1,
        source: "DS, table 5; OMV",
    }),
    {
        ...rw(0x0d, "READ_MODE_A", {
            reset: 0x0300,
            sync: F1,
            source: "DS, RR, PX",
        }),
    },
    {
        ...rw(0x0e, "READ_MODE_B", {
            reset: 0x0300,
            sync: F1,
            source: "DS, RR, PX",
        }),
    },
]

const EXPOSURE: readonly SheetRegister[] = [
    ...pair(0x08, 0xcf, "SHUTTER_WIDTH_1", {
        reset: 0x01bb,
        sync: F2,
        source: "RR, PX",
    }),
    ...pair(0x09, 0xd0, "SHUTTER_WIDTH_2", {
        reset: 0x01d9,
        sync: F2,
        source: "RR, PX",
    }),
    rw(0x0a, "SHUTTER_WIDTH_CONTROL", {
        reset: 0x0164,
        sync: F2,
        source: "RR, PX",
    }),
    rw(0xd1, "SHUTTER_WIDTH_CONTROL_B", {
        sync: F2,
        source: "RR; reset value not confirmed",
    }),
    ...pair(0x0b, 0xd2, "TOTAL_SHUTTER_WIDTH", {
        reset: 480,
        range: [0, 32765],
        sync: F2,
        source: "DS, LX",
    }),
    ...pair(0xd3, 0xd6, "FINE_SHUTTER_WIDTH_1", {
        reset: 0,
        sync: F2,
        source: "RR",
    }),
    ...pair(0xd4, 0xd7, "FINE_SHUTTER_WIDTH_2", {
        reset: 0,
        sync: F2,
        source: "RR",
    }),
    ...pair(0xd5, 0xd8, "FINE_SHUTTER_WIDTH_TOTAL", {
        reset: 0,
        range: [0, 1774],
        sync: F2,
        source: "DS",
    }),
    ...pair(0x31, 0x39, "V1_CONTROL", {
        sync: F2,
        source: "DS; codes not confirmed",
    }),
    ...pair(0x32, 0x3a, "V2_CONTROL", {
        sync: F2,
        source: "DS; codes not confirmed",
    }),
    ...pair(0x33, 0x3b, "V3_CONTROL", {
        sync: F2,
        source: "DS; codes not confirmed",
    }),
    ...pair(0x34, 0x3c, "V4_CONTROL", {
        sync: F2,
        source: "DS; codes not confirmed",
    }),
    ...pair(0x35, 0x36, "ANALOG_GAIN", {
        reset: 0x10,
        range: [16, 64],
        sync: F1,
        source: "DS, LX",
    }),
]

const AUTOMATIC: readonly SheetRegister[] = [
    // Reset: 58 (LX) or 45.
    rw(0xa5, "AEC_AGC_DESIRED_BIN", { range: [1, 64], source: "LX" }),
    rw(0xa6, "AEC_UPDATE_FREQUENCY", {
        reset: 2,
        range: [0, 15],
        source: "RR",
    }),
    // Reset: 0 or 1.
    rw(0xa8, "AEC_LPF", { range: [0, 2], source: "RR, PX" }),
    rw(0xa9, "AGC_UPDATE_FREQUENCY", {
        reset: 2,
        range: [0, 15],
        source: "RR",
    }),
    rw(0xaa, "AGC_LPF", { reset: 2, range: [0, 2], source: "RR, PX" }),
    rw(0xab, "MAX_ANALOG_GAIN", { reset: 64, range: [16, 64], source: "RR" }),
    rw(0xac, "AEC_MIN_EXPOSURE", { reset: 1, source: "DS p. 18, LX" }),
    rw(0xad, "AEC_MAX_EXPOSURE", { reset: 480, source: "DS p. 18, LX" }),
    rw(0xaf, "AEC_AGC_ENABLE", { reset: 0x0003, source: "RR, PX" }),
    rw(0xb0, "AGC_AEC_PIXEL_COUNT", { reset: 44_000, source: "RR" }),
    ro(0xba, "CURRENT_GAIN", "RR, OMV"),
    ro(0xbb, "CURRENT_EXPOSURE", "RR, OMV"),
    ro(0xbc, "CURRENT_BIN", "RR, OMV"),
]

const CONTROL: readonly SheetRegister[] = [
    ro(0x00, "CHIP_VERSION", "DS, LX, OMV", 0x1324),
    rw(0x07, "CHIP_CONTROL", { reset: 0x0388, sync: F1, source: "RR, PX" }),
    rw(0x0c, "RESET", { reset: 0, source: "DS, RR" }),
    rw(0x0f, "PIXEL_OPERATION_MODE", {
        source: "DS; reset value not confirmed",
    }),
    rw(0x1b, "LED_OUT_CONTROL", { reset: 0, source: "DS, RR" }),
    rw(0x1c, "ADC_RESOLUTION_CONTROL", {
        source: "PX; reset value not confirmed",
    }),
    rw(0x2c, "VREF_ADC_CONTROL", { reset: 4, source: "DS, PX" }),
    // Reset: 0x0000 (PX) or 0x0101.
    rw(0x70, "ROW_NOISE_CORRECTION_CONTROL", { source: "PX" }),
    rw(0x71, "ROW_NOISE_CONSTANT", {
        range: [0, 1023],
        source: "DS; reset value not confirmed",
    }),
    rw(0x72, "PIXEL_CLOCK_CONTROL", { reset: 0, source: "DS, LX" }),
    rw(0x7f, "TEST_PATTERN", { reset: 0, source: "DS, LX" }),
    rw(0xf0, "BYTEWISE_ADDRESS", { source: "DS, PX" }),
    rw(0xfe, "REGISTER_LOCK", { reset: 0xbeef, source: "DS, LX" }),
    reserved(0x13, 0x2d32, 0x2d2e),
    reserved(0x20, 0x01c1, 0x03c7),
    reserved(0x24, 0x0010, 0x001b),
    reserved(0x2b, 0x0004, 0x0003),
    reserved(0x2f, 0x0004, 0x0003),
]

/** All registers that the sheet and its witnesses name, in order of address. */
export const MT9V034_SHEET: readonly SheetRegister[] = [
    ...GEOMETRY,
    ...EXPOSURE,
    ...AUTOMATIC,
    ...CONTROL,
].sort((a, b) => a.address - b.address)

/** Bits of the control registers: DS, RR, PX, OMV, LX. */
export const MT9V034_FIELDS = {
    ChipControl: {
        OPERATING_MODE: 0b11 << 3,
        MASTER_MODE: 1 << 3,
        SNAPSHOT_MODE: 3 << 3,
        DOUT_ENABLE: 1 << 7,
        SIMULTANEOUS: 1 << 8,
        DEFECT_CORRECTION: 1 << 9,
        CONTEXT_B: 1 << 15,
    },
    Reset: { LOGIC: 1 << 0, AEC_AGC: 1 << 1 },
    ReadMode: {
        ROW_FLIP: 1 << 4,
        COLUMN_FLIP: 1 << 5,
    },
    Adc: { LINEAR_BOTH_CONTEXTS: (2 << 8) | 2 },
    PixelClock: { NOTHING_INVERTED: 0 },
    Pattern: { GRAY_SHIFT: 11, ENABLE: 1 << 13 },
    AecAgc: {
        AEC_EN_A: 1 << 0,
        AGC_EN_A: 1 << 1,
        AEC_EN_B: 1 << 8,
        AGC_EN_B: 1 << 9,
    },
    Lock: { UNLOCKED: 0xbeef },
    ChipVersion: { MT9V034: 0x1324 },
} as const

/** Values of REGISTER_LOCK: unlocked, all locked, only the read modes locked (DS). */
export const MT9V034_LOCK_VALUES = [0xbeef, 0xdead, 0xdeaf] as const
