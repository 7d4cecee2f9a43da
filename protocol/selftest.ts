// SPDX-License-Identifier: MIT
// What the self-test program says on the console, and what it captures: the program measures, the host judges. One line for
// each measurement, SELFTEST_PREFIX, a word, then numbers: the same through the simulator, an emulated board and a link.
// For DeviceScript and Node.

/** Before each line. */
export const SELFTEST_PREFIX = "selftest:"

/** Of the lines; the first line has it. */
export enum SelftestFormat {
    VERSION = 1,
}

/** The first word of a line, and what follows. Numbers are decimal, bytes hexadecimal without spaces. */
export const SelftestWord = {
    /** version, SensorCode. */
    BEGIN: "begin",
    /** HCLK Hz, XCLK Hz, BoardFlag bits. */
    BOARD: "board",
    /** I2cLevel bits, with no transfer under way. */
    LEVELS: "levels",
    /** Address, status (0: answers), identification (0: not asked), how many of ID_READS read the same. */
    I2C: "i2c",
    /** Written, read, status: a register that keeps what is written. */
    SCRATCH: "scratch",
    /** SelftestPin: what RESET and STANDBY do. */
    RESET: "reset",
    STANDBY: "standby",
    /** An error's message: the sensor's driver gave up. */
    ERROR: "error",
    /** BusSync bits turned over, frames captured whole, ends of frames seen, Signal bits seen. */
    SYNC: "sync",
    /** Value on D7..D0, pixels. */
    FIXED: "fixed",
    /** Row, byte of the captured row, pixels. */
    ROW: "row",
    /** OV2640: byte of the captured row, pixels in RGB565, high byte first. */
    RGB: "rgb",
    /** 1: at the end the sensor still has the registers that it was given. */
    KEPT: "kept",
    /** Frames whole, with words missing, with words left over. */
    COUNT: "count",
    /** Frames, us from the first end to the last, planned fps x 1000, bytes of a row on the bus, row time in ns. */
    TIME: "time",
    /** Transfers to the sensor that failed. */
    TRANSFERS: "transfers",
    END: "end",
}

/** What driving a pin did. */
export enum SelftestPin {
    NOT_ON_BOARD = 0,
    NO_EFFECT = 1,
    WORKS = 2,
}

/** A frame of the sensor, and what the DCMI takes of it. */
export interface SelftestShape {
    readonly widthPx: number
    readonly rows: number
    /** Bytes of a row on the bus. */
    readonly busLineBytes: number
    /** Bytes of a row before the captured ones: as many clocks may be lost or added in a row, and it stays whole. */
    readonly offsetBytes: number
    readonly lineBytes: number
    /** Rows that are captured, from the first on, when frames have a row less than they should. */
    readonly lines: number
}

/** MT9V034: a window of its own. */
export const MT9V034_SHAPE: SelftestShape = {
    widthPx: 96,
    rows: 64,
    busLineBytes: 96,
    offsetBytes: 24,
    lineBytes: 64,
    lines: 52,
}

/** OV2640: the whole field, in which a bar has 10 pixels; YUYV. */
export const OV2640_SHAPE: SelftestShape = {
    widthPx: 80,
    rows: 60,
    busLineBytes: 160,
    offsetBytes: 8,
    lineBytes: 144,
    lines: 52,
}

/** Bytes of one ROW line. */
export const SELFTEST_PIECE_BYTES = 48

/** Times that an identification is read. */
export const SELFTEST_ID_READS = 8

/**
 * Bytes that the MT9V034 sends as fixed data: place k of a line's number in each, and its opposite, so that any two lines
 * differ; all ones, in which two lines that touch are high and one that is stuck is not; all zeros.
 */
export const SELFTEST_FIXED = [0xaa, 0xcc, 0xf0, 0x55, 0x33, 0x0f, 0xff, 0]
