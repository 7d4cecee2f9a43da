// SPDX-License-Identifier: MIT
// OV2640 register file: names, addresses, reset values and what this model does with each (OV2640 DS v1.6, register tables).

/**
 * modelled: acts as the data sheet says; stored: read back, no effect here; refused: only its reset value may be written
 * to the refused bits; undocumented: used by every known driver, described by no source, stored.
 */
export type Treatment = "modelled" | "stored" | "undocumented"

export interface RegisterInfo {
    readonly address: number
    readonly name: string
    /** Value after reset, in UXGA mode. 0 where no source gives one. */
    readonly reset: number
    readonly readOnly: boolean
    readonly treatment: Treatment
    /** Bits whose function is not modelled: a write that changes them from their reset value is a violation. */
    readonly refusedMask: number
}

/** Present in both banks: bit 0 selects the bank, 0 = DSP, 1 = sensor. Reset 0x7f. */
export const BANK_SELECT = 0xff
export const BANK_SELECT_RESET = 0x7f

/** Addresses in the sensor bank (0xff = 1) that the model acts on. */
export enum Sensor {
    GAIN = 0x00,
    COM1 = 0x03,
    REG04 = 0x04,
    COM2 = 0x09,
    PID = 0x0a,
    VER = 0x0b,
    AEC = 0x10,
    CLKRC = 0x11,
    COM7 = 0x12,
    COM8 = 0x13,
    COM9 = 0x14,
    COM10 = 0x15,
    HREFST = 0x17,
    HREFEND = 0x18,
    VSTRT = 0x19,
    VEND = 0x1a,
    AEW = 0x24,
    AEB = 0x25,
    REG2A = 0x2a,
    FRARL = 0x2b,
    YAVG = 0x2f,
    REG32 = 0x32,
    REG45 = 0x45,
    FLL = 0x46,
    FLH = 0x47,
}

/** Addresses in the DSP bank (0xff = 0) that the model acts on. */
export enum Dsp {
    R_BYPASS = 0x05,
    QS = 0x44,
    CTRLI = 0x50,
    HSIZE = 0x51,
    VSIZE = 0x52,
    XOFFL = 0x53,
    YOFFL = 0x54,
    VHYX = 0x55,
    TEST = 0x57,
    ZMOW = 0x5a,
    ZMOH = 0x5b,
    ZMHH = 0x5c,
    BPADDR = 0x7c,
    BPDATA = 0x7d,
    CTRL2 = 0x86,
    SIZEL = 0x8c,
    HSIZE8 = 0xc0,
    VSIZE8 = 0xc1,
    CTRL0 = 0xc2,
    R_DVP_SP = 0xd3,
    IMAGE_MODE = 0xda,
    RESET = 0xe0,
}

type Row = readonly [
    address: number,
    name: string,
    reset: number,
    treatment?: "stored" | "read-only",
    refusedMask?: number,
]

const SENSOR_ROWS: readonly Row[] = [
    [0x00, "GAIN", 0x00],
    [0x03, "COM1", 0x0f, undefined, 0xc0],
    [0x04, "REG04", 0x20],
    [0x08, "REG08", 0x40, "stored"],
    [0x09, "COM2", 0x00],
    [0x0a, "PID", 0x26, "read-only"],
    [0x0b, "VER", 0x42, "read-only"],
    [0x0c, "COM3", 0x38, "stored", 0x01],
    [0x0d, "COM4", 0x07, "stored"],
    [0x10, "AEC", 0x33],
    [0x11, "CLKRC", 0x00, undefined, 0x40],
    [0x12, "COM7", 0x00, undefined, 0x08],
    [0x13, "COM8", 0xc7],
    [0x14, "COM9", 0x50],
    [0x15, "COM10", 0x00],
    [0x17, "HREFST", 0x11],
    [0x18, "HREFEND", 0x75],
    [0x19, "VSTRT", 0x01],
    [0x1a, "VEND", 0x97],
    [0x1c, "MIDH", 0x7f, "read-only"],
    [0x1d, "MIDL", 0xa2, "read-only"],
    [0x24, "AEW", 0x78],
    [0x25, "AEB", 0x68],
    [0x26, "VV", 0xd4, "stored"],
    [0x2a, "REG2A", 0x00],
    [0x2b, "FRARL", 0x00],
    [0x2d, "ADDVSL", 0x00, "stored", 0xff],
    [0x2e, "ADDVSH", 0x00, "stored", 0xff],
    [0x2f, "YAVG", 0x00],
    [0x30, "HSDY", 0x08, "stored"],
    [0x31, "HEDY", 0x30, "stored"],
    [0x32, "REG32", 0x36],
    [0x34, "ARCOM2", 0x20, "stored"],
    [0x45, "REG45", 0x00],
    [0x46, "FLL", 0x00],
    [0x47, "FLH", 0x00],
    [0x48, "COM19", 0x00, "stored"],
    [0x49, "ZOOMS", 0x00, "stored"],
    [0x4e, "COM25", 0x00, "stored"],
    [0x4f, "BD50", 0xca, "stored"],
    [0x50, "BD60", 0xa8, "stored"],
    [0x61, "HISTO_LOW", 0x80, "stored"],
    [0x62, "HISTO_HIGH", 0x90, "stored"],
]

const DSP_ROWS: readonly Row[] = [
    [0x05, "R_BYPASS", 0x01],
    [0x44, "QS", 0x0c],
    [0x50, "CTRLI", 0x00],
    [0x51, "HSIZE", 0x40],
    [0x52, "VSIZE", 0xf0],
    [0x53, "XOFFL", 0x00],
    [0x54, "YOFFL", 0x00],
    [0x55, "VHYX", 0x08],
    [0x56, "DPRP", 0x00, "stored"],
    [0x57, "TEST", 0x00],
    [0x5a, "ZMOW", 0x58],
    [0x5b, "ZMOH", 0x48],
    [0x5c, "ZMHH", 0x00],
    [0x7c, "BPADDR", 0x00],
    [0x7d, "BPDATA", 0x00],
    [0x86, "CTRL2", 0x0d],
    [0x87, "CTRL3", 0x50, "stored"],
    [0x8c, "SIZEL", 0x00],
    [0xc0, "HSIZE8", 0x80],
    [0xc1, "VSIZE8", 0x60],
    [0xc2, "CTRL0", 0x0c],
    [0xc3, "CTRL1", 0xff, "stored"],
    [0xd3, "R_DVP_SP", 0x82],
    [0xda, "IMAGE_MODE", 0x00, undefined, 0xa0],
    [0xe0, "RESET", 0x04],
    [0xf0, "MS_SP", 0x04, "stored"],
    [0xf7, "SS_ID", 0x00, "stored"],
    [0xf8, "SS_CTRL", 0x01, "stored"],
    [0xf9, "MC_BIST", 0x00, "stored"],
    [0xfa, "MC_AL", 0x00, "stored"],
    [0xfb, "MC_AH", 0x00, "stored"],
    [0xfc, "MC_D", 0x80, "stored"],
    [0xfd, "P_CMD", 0x00, "stored"],
    [0xfe, "P_STATUS", 0x00, "stored"],
]

/** Written by the init tables of public drivers (esp32-camera, Linux, OpenMV) and STM32 demos, described nowhere. */
const SENSOR_UNDOCUMENTED = [
    0x06, 0x07, 0x0e, 0x16, 0x20, 0x21, 0x22, 0x23, 0x28, 0x2c, 0x33, 0x35,
    0x36, 0x37, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x42, 0x43, 0x4a, 0x4c,
    0x5a, 0x5b, 0x5c, 0x5d, 0x63, 0x6c, 0x6d, 0x6e, 0x70, 0x71, 0x73, 0x7c,
]
const DSP_UNDOCUMENTED = [
    0x00,
    0x2c,
    0x2e,
    0x33,
    0x3c,
    0x41,
    0x42,
    0x43,
    0x4c,
    0x76,
    0x7f,
    0xd7,
    0xd9,
    0xdd,
    0xdf,
    0xe1,
    0xe5,
    0xeb,
    0xed,
    ...range(0x88, 0x8b),
    ...range(0x90, 0xbf),
    ...range(0xc4, 0xce),
]

/** Every register of a bank, by address. 0xff belongs to both and to neither table. */
export const SENSOR_REGISTERS = registerTable(SENSOR_ROWS, SENSOR_UNDOCUMENTED)
export const DSP_REGISTERS = registerTable(DSP_ROWS, DSP_UNDOCUMENTED)

function registerTable(
    rows: readonly Row[],
    addresses: readonly number[]
): ReadonlyMap<number, RegisterInfo> {
    const table = new Map<number, RegisterInfo>()
    for (const [address, name, reset, access, refusedMask = 0] of rows)
        table.set(address, {
            address,
            name,
            reset,
            readOnly: access === "read-only",
            treatment: access === "stored" ? "stored" : "modelled",
            refusedMask,
        })
    for (const address of addresses) table.set(address, undocumented(address))
    return table
}

/** What no source describes: it is stored. */
export function undocumented(address: number): RegisterInfo {
    return {
        address,
        name: `RSVD_${address.toString(16).toUpperCase().padStart(2, "0")}`,
        reset: 0,
        readOnly: false,
        treatment: "undocumented",
        refusedMask: 0,
    }
}

function range(first: number, last: number): number[] {
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
