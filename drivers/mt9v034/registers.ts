// SPDX-License-Identifier: MIT
// MT9V034 registers and their fields. 16 bits each, high byte first on the bus; names as in the register reference.

/** Register addresses; context B has the suffix _B. */
export enum Reg {
    CHIP_VERSION = 0x00, // read only, 0x1324
    COLUMN_START = 0x01, // pixels, 1..752
    ROW_START = 0x02, // rows, 4..482
    WINDOW_HEIGHT = 0x03, // rows before binning, 1..480
    WINDOW_WIDTH = 0x04, // pixels before binning, 1..752
    HORIZONTAL_BLANKING = 0x05, // PIXCLK, 61 (binned by 2: 71, by 4: 91) .. 1023
    VERTICAL_BLANKING = 0x06, // rows, 4..3000
    CHIP_CONTROL = 0x07, // fields: ChipControl
    SHUTTER_WIDTH_1 = 0x08, // rows, first knee
    SHUTTER_WIDTH_2 = 0x09, // rows, second knee
    SHUTTER_WIDTH_CONTROL = 0x0a,
    TOTAL_SHUTTER_WIDTH = 0x0b, // rows, 0..32765
    RESET = 0x0c, // fields: Reset
    READ_MODE_A = 0x0d, // fields: ReadMode of timing.ts
    READ_MODE_B = 0x0e,
    PIXEL_OPERATION_MODE = 0x0f, // 0: linear, monochrome
    LED_OUT_CONTROL = 0x1b,
    ADC_RESOLUTION_CONTROL = 0x1c, // [1:0] context A, [9:8] context B; values: Adc
    VREF_ADC_CONTROL = 0x2c,
    V1_CONTROL = 0x31,
    V2_CONTROL = 0x32,
    V3_CONTROL = 0x33,
    V4_CONTROL = 0x34,
    ANALOG_GAIN = 0x35, // 16..64, 16 = 1x; above 32 even numbers only
    ANALOG_GAIN_B = 0x36,
    V1_CONTROL_B = 0x39,
    V2_CONTROL_B = 0x3a,
    V3_CONTROL_B = 0x3b,
    V4_CONTROL_B = 0x3c,
    ROW_NOISE_CORRECTION_CONTROL = 0x70, // [0] context A, [8] context B
    ROW_NOISE_CONSTANT = 0x71,
    PIXEL_CLOCK_CONTROL = 0x72, // fields: PixelClock
    TEST_PATTERN = 0x7f, // fields: Pattern
    AEC_AGC_DESIRED_BIN = 0xa5, // 1..64
    AEC_UPDATE_FREQUENCY = 0xa6, // frames skipped, 0..15
    AEC_LPF = 0xa8, // 0..2
    AGC_UPDATE_FREQUENCY = 0xa9, // frames skipped, 0..15
    AGC_LPF = 0xaa, // 0..2
    MAX_ANALOG_GAIN = 0xab, // 16..64
    AEC_MIN_EXPOSURE = 0xac, // rows
    AEC_MAX_EXPOSURE = 0xad, // rows
    AEC_AGC_ENABLE = 0xaf, // fields: AecAgc
    AGC_AEC_PIXEL_COUNT = 0xb0, // pixels looked at
    CURRENT_GAIN = 0xba, // read only, 16..64
    CURRENT_EXPOSURE = 0xbb, // read only, rows, 1..2047
    CURRENT_BIN = 0xbc, // read only
    COLUMN_START_B = 0xc9,
    ROW_START_B = 0xca,
    WINDOW_HEIGHT_B = 0xcb,
    WINDOW_WIDTH_B = 0xcc,
    HORIZONTAL_BLANKING_B = 0xcd,
    VERTICAL_BLANKING_B = 0xce,
    SHUTTER_WIDTH_1_B = 0xcf,
    SHUTTER_WIDTH_2_B = 0xd0,
    SHUTTER_WIDTH_CONTROL_B = 0xd1,
    TOTAL_SHUTTER_WIDTH_B = 0xd2,
    FINE_SHUTTER_WIDTH_1 = 0xd3, // PIXCLK
    FINE_SHUTTER_WIDTH_2 = 0xd4,
    FINE_SHUTTER_WIDTH_TOTAL = 0xd5, // PIXCLK, 0..1774
    FINE_SHUTTER_WIDTH_1_B = 0xd6,
    FINE_SHUTTER_WIDTH_2_B = 0xd7,
    FINE_SHUTTER_WIDTH_TOTAL_B = 0xd8,
    BYTEWISE_ADDRESS = 0xf0,
    REGISTER_LOCK = 0xfe, // values: Lock
}

/** Values of CHIP_VERSION. */
export enum ChipVersion {
    MT9V034 = 0x1324,
}

/** Fields of CHIP_CONTROL (0x07). */
export enum ChipControl {
    OPERATING_MODE = 3 << 3, // the field
    MASTER_MODE = 1 << 3, // its value for free running
    SNAPSHOT_MODE = 3 << 3, // its value for frames started by EXPOSURE
    DOUT_ENABLE = 1 << 7, // parallel output on
    SIMULTANEOUS = 1 << 8, // exposure overlaps readout (other drivers call this bit SEQUENTIAL)
    DEFECT_CORRECTION = 1 << 9,
    CONTEXT_B = 1 << 15,
}

/** Fields of RESET (0x0C); both clear themselves. */
export enum Reset {
    LOGIC = 1 << 0, // aborts the frame; registers keep their contents
    AEC_AGC = 1 << 1,
}

/** Values of each half of ADC_RESOLUTION_CONTROL (0x1C). */
export enum Adc {
    LINEAR_BOTH_CONTEXTS = 0x0202, // 10 bit linear
}

/** Fields of PIXEL_CLOCK_CONTROL (0x72). */
export enum PixelClock {
    NOTHING_INVERTED = 0, // data to be taken on the rising edge, LINE_VALID and FRAME_VALID high with data
}

/** Fields of TEST_PATTERN (0x7F). */
export enum Pattern {
    GRAY_SHIFT = 11, // 1 vertical, 2 horizontal, 3 diagonal
    ENABLE = 1 << 13,
}

/** Fields of AEC_AGC_ENABLE (0xAF). */
export enum AecAgc {
    AEC_EN_A = 1 << 0,
    AGC_EN_A = 1 << 1,
    AEC_EN_B = 1 << 8,
    AGC_EN_B = 1 << 9,
}

/** Values of REGISTER_LOCK (0xFE). */
export enum Lock {
    UNLOCKED = 0xbeef,
}

/** Ranges of gain and automatic exposure; those of geometry and time are in timing.ts. */
export enum Range {
    GAIN_MIN = 16, // 1x
    GAIN_FINE_MAX = 32, // above, the lowest bit is ignored
    GAIN_MAX = 64, // 4x
    AEC_MAX_ROWS = 2047, // CURRENT_EXPOSURE counts no further
    AEC_PIXEL_COUNT = 44000, // of the full field
    AEC_BINS = 64,
    AEC_DESIRED_BIN = 32, // of AEC_BINS: middle gray; what the chip has after a reset is near white
}

/**
 * Name a register that the driver uses, for messages: DeviceScript enums have no reverse lookup.
 *
 * @returns "register" for one that has no name here
 */
export function registerName(reg: number): string {
    switch (reg) {
        case Reg.CHIP_VERSION:
            return "CHIP_VERSION"
        case Reg.COLUMN_START:
            return "COLUMN_START"
        case Reg.ROW_START:
            return "ROW_START"
        case Reg.WINDOW_HEIGHT:
            return "WINDOW_HEIGHT"
        case Reg.WINDOW_WIDTH:
            return "WINDOW_WIDTH"
        case Reg.HORIZONTAL_BLANKING:
            return "HORIZONTAL_BLANKING"
        case Reg.VERTICAL_BLANKING:
            return "VERTICAL_BLANKING"
        case Reg.CHIP_CONTROL:
            return "CHIP_CONTROL"
        case Reg.TOTAL_SHUTTER_WIDTH:
            return "TOTAL_SHUTTER_WIDTH"
        case Reg.RESET:
            return "RESET"
        case Reg.READ_MODE_A:
            return "READ_MODE_A"
        case Reg.PIXEL_OPERATION_MODE:
            return "PIXEL_OPERATION_MODE"
        case Reg.ADC_RESOLUTION_CONTROL:
            return "ADC_RESOLUTION_CONTROL"
        case Reg.ANALOG_GAIN:
            return "ANALOG_GAIN"
        case Reg.ROW_NOISE_CORRECTION_CONTROL:
            return "ROW_NOISE_CORRECTION_CONTROL"
        case Reg.PIXEL_CLOCK_CONTROL:
            return "PIXEL_CLOCK_CONTROL"
        case Reg.TEST_PATTERN:
            return "TEST_PATTERN"
        case Reg.AEC_AGC_DESIRED_BIN:
            return "AEC_AGC_DESIRED_BIN"
        case Reg.MAX_ANALOG_GAIN:
            return "MAX_ANALOG_GAIN"
        case Reg.AEC_MIN_EXPOSURE:
            return "AEC_MIN_EXPOSURE"
        case Reg.AEC_MAX_EXPOSURE:
            return "AEC_MAX_EXPOSURE"
        case Reg.AEC_AGC_ENABLE:
            return "AEC_AGC_ENABLE"
        case Reg.AGC_AEC_PIXEL_COUNT:
            return "AGC_AEC_PIXEL_COUNT"
        case Reg.CURRENT_GAIN:
            return "CURRENT_GAIN"
        case Reg.CURRENT_EXPOSURE:
            return "CURRENT_EXPOSURE"
        case Reg.FINE_SHUTTER_WIDTH_TOTAL:
            return "FINE_SHUTTER_WIDTH_TOTAL"
        case Reg.READ_MODE_B:
            return "READ_MODE_B"
        case Reg.ANALOG_GAIN_B:
            return "ANALOG_GAIN_B"
        case Reg.COLUMN_START_B:
            return "COLUMN_START_B"
        case Reg.ROW_START_B:
            return "ROW_START_B"
        case Reg.WINDOW_HEIGHT_B:
            return "WINDOW_HEIGHT_B"
        case Reg.WINDOW_WIDTH_B:
            return "WINDOW_WIDTH_B"
        case Reg.HORIZONTAL_BLANKING_B:
            return "HORIZONTAL_BLANKING_B"
        case Reg.VERTICAL_BLANKING_B:
            return "VERTICAL_BLANKING_B"
        case Reg.TOTAL_SHUTTER_WIDTH_B:
            return "TOTAL_SHUTTER_WIDTH_B"
        case Reg.FINE_SHUTTER_WIDTH_TOTAL_B:
            return "FINE_SHUTTER_WIDTH_TOTAL_B"
        case Reg.REGISTER_LOCK:
            return "REGISTER_LOCK"
        default:
            return "register"
    }
}
