// SPDX-License-Identifier: MIT
// The register table of the MT9V034: address, name, reset value, range and when a write acts.

import { Reg } from "./register-addresses.ts"

/**
 * When a write acts. `next-frame`: from the start of frame n+1, `frame-after-next`: seen in frame n+2,
 * when written in frame n (MT9V034 DS, section on shadowed registers).
 */
export type Sync = "immediate" | "next-frame" | "frame-after-next"

/** `reserved`: undocumented; only the reset value and the recommended one may be written. */
export type Access = "rw" | "ro" | "reserved"

export interface RegisterSpec {
    readonly address: number
    readonly name: string
    readonly reset: number
    readonly access: Access
    readonly sync: Sync
    /** A number: its range. Without `mask`, all 16 bits; with it, `mask` lists flags that may be added. */
    readonly min?: number
    readonly max?: number
    /** Bit fields: the bits that may be 1. */
    readonly mask?: number
    /** The only values there are. */
    readonly values?: readonly number[]
}

type Limits = Pick<RegisterSpec, "min" | "max" | "mask" | "values">

const I = "immediate"
const F1 = "next-frame"
const F2 = "frame-after-next"

function rw(
    address: number,
    reset: number,
    limits: Limits,
    sync: Sync = I,
    name = Reg[address]!
): RegisterSpec {
    return { address, name, reset, access: "rw", sync, ...limits }
}

function ro(address: Reg, reset: number): RegisterSpec {
    return { address, name: Reg[address]!, reset, access: "ro", sync: I }
}

/** Undocumented; the data sheet's table of recommended values gives `recommended`. */
function reserved(
    address: Reg,
    reset: number,
    recommended: number
): RegisterSpec {
    const values = [reset, recommended]
    const name = Reg[address]!
    return { address, name, reset, access: "reserved", sync: I, values }
}

/** The same register in context A and in context B. */
function both(
    a: Reg,
    b: Reg,
    reset: number,
    limits: Limits,
    sync: Sync
): RegisterSpec[] {
    return [rw(a, reset, limits, sync), rw(b, reset, limits, sync)]
}

/** `resets.length` registers in a row, named `<prefix>_<n>`. */
function series(
    first: number,
    prefix: string,
    resets: readonly number[],
    limits: Limits
): RegisterSpec[] {
    return resets.map((reset, n) =>
        rw(first + n, reset, limits, I, `${prefix}_${n}`)
    )
}

const COLUMNS = { min: 1, max: 752 }
const ROWS = { min: 1, max: 480 }
/** Not given for the knees: that of the total is assumed. */
const COARSE_ROWS = { min: 0, max: 32765 }
const FINE_CLOCKS = { min: 0, max: 1774 }
const HDR_LEVEL = { mask: 0x003f }
/** R0x35[6:0] is the gain x 16; bit 15 forces 0.75x. */
const GAIN = { min: 16, max: 64, mask: 0x8000 }
const TILES = Array<number>(25).fill(0xf4f4)

const CONTEXTS: readonly RegisterSpec[] = [
    ...both(Reg.COLUMN_START, Reg.COLUMN_START_B, 1, COLUMNS, F1),
    // Rows 0..3 are optically black.
    ...both(Reg.ROW_START, Reg.ROW_START_B, 4, { min: 4, max: 482 }, F1),
    ...both(Reg.WINDOW_HEIGHT, Reg.WINDOW_HEIGHT_B, 480, ROWS, F1),
    ...both(Reg.WINDOW_WIDTH, Reg.WINDOW_WIDTH_B, 752, COLUMNS, F1),
    ...both(
        Reg.HORIZONTAL_BLANKING,
        Reg.HORIZONTAL_BLANKING_B,
        94,
        { min: 61, max: 1023 },
        F1
    ),
    // Upper limit: 3000 or 32288, sources disagree; the strict one.
    ...both(
        Reg.VERTICAL_BLANKING,
        Reg.VERTICAL_BLANKING_B,
        45,
        { min: 4, max: 3000 },
        F1
    ),
    ...both(Reg.SHUTTER_WIDTH_1, Reg.SHUTTER_WIDTH_1_B, 443, COARSE_ROWS, F2),
    ...both(Reg.SHUTTER_WIDTH_2, Reg.SHUTTER_WIDTH_2_B, 473, COARSE_ROWS, F2),
    // [3:0] T2 ratio, [7:4] T3 ratio, [8] knee auto adjust, [9] single knee
    ...both(
        Reg.SHUTTER_WIDTH_CONTROL,
        Reg.SHUTTER_WIDTH_CONTROL_B,
        0x0164,
        { mask: 0x03ff },
        F2
    ),
    ...both(
        Reg.TOTAL_SHUTTER_WIDTH,
        Reg.TOTAL_SHUTTER_WIDTH_B,
        480,
        COARSE_ROWS,
        F2
    ),
    ...both(
        Reg.FINE_SHUTTER_WIDTH_1,
        Reg.FINE_SHUTTER_WIDTH_1_B,
        0,
        FINE_CLOCKS,
        F2
    ),
    ...both(
        Reg.FINE_SHUTTER_WIDTH_2,
        Reg.FINE_SHUTTER_WIDTH_2_B,
        0,
        FINE_CLOCKS,
        F2
    ),
    ...both(
        Reg.FINE_SHUTTER_WIDTH_TOTAL,
        Reg.FINE_SHUTTER_WIDTH_TOTAL_B,
        0,
        FINE_CLOCKS,
        F2
    ),
    // [9:8] must stay 1, 1
    ...both(Reg.READ_MODE_A, Reg.READ_MODE_B, 0x0300, { mask: 0x03ff }, F1),
    ...both(Reg.V1_CONTROL, Reg.V1_CONTROL_B, 0x27, HDR_LEVEL, F2),
    ...both(Reg.V2_CONTROL, Reg.V2_CONTROL_B, 0x1a, HDR_LEVEL, F2),
    ...both(Reg.V3_CONTROL, Reg.V3_CONTROL_B, 0x05, HDR_LEVEL, F2),
    ...both(Reg.V4_CONTROL, Reg.V4_CONTROL_B, 0x03, HDR_LEVEL, F2),
    ...both(Reg.ANALOG_GAIN, Reg.ANALOG_GAIN_B, 16, GAIN, F1),
]

const SHARED: readonly RegisterSpec[] = [
    ro(Reg.CHIP_VERSION, 0x1324),
    // [2:0] scan, [4:3] mode, [5] stereo, [6] stereo slave, [7] parallel output, [8] simultaneous,
    // [9] defect correction, [15] context B
    rw(Reg.CHIP_CONTROL, 0x0388, { mask: 0x83ff }, F1),
    rw(Reg.RESET, 0, { mask: 0x0003 }),
    // [0] HDR A, [1] colour A, [8] HDR B, [9] colour B; reset value not confirmed
    rw(Reg.PIXEL_OPERATION_MODE, 0, { mask: 0x0303 }),
    reserved(Reg.RESERVED_13, 0x2d32, 0x2d2e),
    rw(Reg.LED_OUT_CONTROL, 0, { mask: 0x0003 }),
    // [1:0] A, [9:8] B: 2 = 10-bit linear, 3 = companding; reset value not confirmed
    rw(Reg.ADC_RESOLUTION_CONTROL, 0x0202, { mask: 0x0303 }),
    reserved(Reg.RESERVED_20, 0x01c1, 0x03c7),
    reserved(Reg.RESERVED_24, 0x0010, 0x001b),
    reserved(Reg.RESERVED_2B, 0x0004, 0x0003),
    rw(Reg.VREF_ADC_CONTROL, 4, { mask: 0x0007 }),
    reserved(Reg.RESERVED_2F, 0x0004, 0x0003),
    ro(Reg.DARK_AVERAGE, 0),
    rw(Reg.BLACK_LEVEL_THRESHOLDS, 0x231d, { mask: 0xffff }),
    rw(Reg.BLACK_LEVEL_CONTROL, 0x0080, { mask: 0x00e1 }),
    rw(Reg.BLACK_LEVEL_VALUE, 0, { mask: 0x00ff }),
    rw(Reg.BLACK_LEVEL_STEP, 2, { mask: 0x001f }),
    // Drivers read it: [11:9] the colour filter, 0 = none; [8:0] = 4 on this part.
    ro(Reg.RESERVED_6B, 0x0004),
    // Sources disagree on the reset value (0x0000 or 0x0101); on is what has to be turned off for a pattern.
    rw(Reg.ROW_NOISE_CORRECTION_CONTROL, 0x0101, { mask: 0x0303 }),
    rw(Reg.ROW_NOISE_CONSTANT, 0x2a, { min: 0, max: 1023 }),
    // [0] invert LV, [1] invert FV, [2] LV xor FV, [3] LV in vertical blanking, [4] invert PIXCLK
    rw(Reg.PIXEL_CLOCK_CONTROL, 0, { mask: 0x001f }),
    // [9:0] fixed data, [10] use it, [12:11] gradient, [13] enable, [14] flip at frame
    rw(Reg.TEST_PATTERN, 0, { mask: 0x7fff }, F1),
    ...series(Reg.TILE_GAIN_0, "TILE_GAIN", TILES, { mask: 0xffff }),
    ...series(
        Reg.TILE_X_BOUNDARY_0,
        "TILE_X_BOUNDARY",
        [0, 150, 300, 450, 600, 752],
        { min: 0, max: 752 }
    ),
    ...series(
        Reg.TILE_Y_BOUNDARY_0,
        "TILE_Y_BOUNDARY",
        [0, 96, 192, 288, 384, 480],
        { min: 0, max: 480 }
    ),
    // 58 or 45: sources disagree; Linux has 58.
    rw(Reg.AEC_AGC_DESIRED_BIN, 58, { min: 1, max: 64 }),
    rw(Reg.AEC_UPDATE_FREQUENCY, 2, { min: 0, max: 15 }),
    rw(Reg.AEC_LPF, 1, { min: 0, max: 2 }),
    rw(Reg.AGC_UPDATE_FREQUENCY, 2, { min: 0, max: 15 }),
    rw(Reg.AGC_LPF, 2, { min: 0, max: 2 }),
    rw(Reg.MAX_ANALOG_GAIN, 64, { min: 16, max: 64 }),
    // The range is not given; that of the shutter is assumed.
    rw(Reg.AEC_MIN_EXPOSURE, 1, { min: 1, max: 32765 }),
    rw(Reg.AEC_MAX_EXPOSURE, 480, { min: 1, max: 32765 }),
    // [0] AEC A, [1] AGC A, [8] AEC B, [9] AGC B
    rw(Reg.AEC_AGC_ENABLE, 0x0003, { mask: 0x0303 }, F1),
    rw(Reg.AGC_AEC_PIXEL_COUNT, 0xabe0, { mask: 0xffff }),
    // The LVDS serializer, off; 2, 0x10, 0x10 are not confirmed.
    ...series(Reg.LVDS_0, "LVDS", [2, 0x10, 0x10, 0, 0, 0, 0, 0, 0], {
        mask: 0xffff,
    }),
    ro(Reg.CURRENT_GAIN, 16),
    ro(Reg.CURRENT_EXPOSURE, 480),
    ro(Reg.CURRENT_BIN, 0),
    rw(Reg.INTERLACED_FIELD_BLANKING, 22, { min: 0, max: 255 }),
    rw(Reg.MONITOR_MODE_FRAMES, 10, { min: 0, max: 255 }),
    // OpenMV reads it; no source says what it is.
    rw(Reg.RESERVED_C1, 0, { mask: 0xffff }),
    rw(Reg.MONITOR_MODE_ENABLE, 0, { mask: 0x0001 }),
    // The second byte of a byte-wise transfer; no content of its own.
    rw(Reg.BYTEWISE_ADDRESS, 0, { mask: 0x00ff }),
    // Unlocked, all locked, read mode locked.
    rw(Reg.REGISTER_LOCK, 0xbeef, { values: [0xbeef, 0xdead, 0xdeaf] }),
]

/** All registers of the model, in order of address. */
export const REGISTERS: readonly RegisterSpec[] = [...CONTEXTS, ...SHARED].sort(
    (a, b) => a.address - b.address
)

const BY_ADDRESS = new Map(REGISTERS.map(spec => [spec.address, spec]))

/** The register at an address; undefined when the sheet has none there. */
export function registerAt(address: number): RegisterSpec | undefined {
    return BY_ADDRESS.get(address)
}

const CONTEXT_B = new Map(
    CONTEXTS.filter(spec => Reg[spec.address]!.endsWith("_B")).map(spec => [
        spec.name.replace(/_B$/, ""),
        spec.address,
    ])
)

/** The register that does the job of context A's register `a` while context B is active. */
export function inContextB(a: Reg): Reg {
    const address = CONTEXT_B.get(Reg[a]!.replace(/_A$/, ""))
    if (address === undefined)
        throw new RangeError(`MT9V034: ${Reg[a]} is shared by both contexts`)
    return address
}
