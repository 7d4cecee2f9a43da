// SPDX-License-Identifier: MIT
// DCMI register map (RM0090 §15.8, RM0390 §14.8).

export const DCMI_BASE = 0x50050000
export const DCMI_SIZE_BYTES = 0x400

export enum DcmiRegister {
    CR = 0x00,
    SR = 0x04,
    RIS = 0x08,
    IER = 0x0c,
    MIS = 0x10,
    ICR = 0x14,
    ESCR = 0x18,
    ESUR = 0x1c,
    CWSTRT = 0x20,
    CWSIZE = 0x24,
    DR = 0x28,
}

export enum DcmiCr {
    CAPTURE = 1 << 0,
    CM = 1 << 1, // 0 continuous, 1 snapshot
    CROP = 1 << 2,
    JPEG = 1 << 3,
    ESS = 1 << 4,
    PCKPOL = 1 << 5, // 0 samples on the falling edge of PIXCLK, 1 on the rising
    HSPOL = 1 << 6, // level of HSYNC while data is NOT valid
    VSPOL = 1 << 7, // level of VSYNC while data is NOT valid
    FCRC = 3 << 8, // 0 all frames, 1 every 2nd, 2 one of 4
    EDM = 3 << 10, // 8, 10, 12, 14 bits
    ENABLE = 1 << 14,
    // F446 only:
    BSM = 3 << 16, // 0 all bytes, 1 every other, 2 one of 4, 3 two of 4
    OEBS = 1 << 18, // 1: the second of them
    LSM = 1 << 19, // 1: every other line
    OELS = 1 << 20, // 1: the second of them
}

export enum DcmiSr {
    HSYNC = 1 << 0, // 1: between lines
    VSYNC = 1 << 1, // 1: between frames
    FNE = 1 << 2, // 1: the FIFO holds data
}

/** Bits of RIS, IER, MIS and ICR. */
export enum DcmiFlag {
    FRAME = 1 << 0,
    OVR = 1 << 1,
    ERR = 1 << 2,
    VSYNC = 1 << 3,
    LINE = 1 << 4,
}

export enum DcmiCwstrt {
    HOFFCNT = 0x3fff << 0, // pixel clocks before the window
    VST = 0x1fff << 16, // lines before the window
}

export enum DcmiCwsize {
    CAPCNT = 0x3fff << 0, // pixel clocks captured, minus 1
    VLINE = 0x3fff << 16, // lines captured, minus 1
}
