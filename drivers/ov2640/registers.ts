// SPDX-License-Identifier: MIT
// OV2640 registers and their fields. Two banks of 8-bit registers; names as in the data sheet (v1.6, register tables).

/** Registers of the sensor bank. */
export enum SensorReg {
    GAIN = 0x00, // fields: Gain
    COM1 = 0x03, // [7:6] dummy frames, [3:2] VEND low, [1:0] VSTRT low
    REG04 = 0x04, // fields: Reg04
    REG08 = 0x08,
    COM2 = 0x09, // fields: Com2
    PID = 0x0a, // read only, 0x26; the data sheet says PIDH
    VER = 0x0b, // read only, 0x41 or 0x42; the data sheet says PIDL
    COM3 = 0x0c,
    COM4 = 0x0d,
    AEC = 0x10, // exposure, rows, bits [9:2]
    CLKRC = 0x11, // fields: Clkrc
    COM7 = 0x12, // fields: Com7
    COM8 = 0x13, // fields: Com8
    COM9 = 0x14, // [7:5] gain ceiling: 2x, 4x .. 128x
    COM10 = 0x15, // sync polarities; 0: VSYNC and HREF positive, data to be taken on the rising edge
    HREFST = 0x17, // 2 pixels, bits [10:3]
    HREFEND = 0x18,
    VSTRT = 0x19, // 2 lines, bits [9:2]
    VEND = 0x1a,
    MIDH = 0x1c, // read only, 0x7f
    MIDL = 0x1d, // read only, 0xa2
    AEW = 0x24, // luminance that AEC keeps, upper limit
    AEB = 0x25, // lower limit
    VV = 0x26,
    REG2A = 0x2a, // longer lines, upper 4 bits in [7:4]; sources disagree, left at 0
    FRARL = 0x2b,
    ADDVSL = 0x2d, // longer VSYNC, lines
    ADDVSH = 0x2e,
    YAVG = 0x2f, // read only, mean luminance
    HSDY = 0x30,
    HEDY = 0x31,
    REG32 = 0x32, // [7:6] PCLK divider, [5:3] HREFEND low, [2:0] HREFST low
    ARCOM2 = 0x34,
    REG45 = 0x45, // fields: Reg45
    FLL = 0x46, // extra lines of a frame, low byte
    FLH = 0x47,
    COM19 = 0x48,
    ZOOMS = 0x49,
    COM25 = 0x4e,
    BD50 = 0x4f,
    BD60 = 0x50,
    BANK_SEL = 0xff, // in both banks; values: Bank
}

/** Registers of the DSP bank. */
export enum DspReg {
    R_BYPASS = 0x05, // 1: the sensor's data go out as they are
    QS = 0x44, // JPEG quantisation scale, 0..63, small is good and large
    CTRLI = 0x50, // fields: Ctrli
    HSIZE = 0x51, // window width / 4, low byte
    VSIZE = 0x52, // window height / 4, low byte
    XOFFL = 0x53, // pixels, low byte
    YOFFL = 0x54, // pixels, low byte
    VHYX = 0x55, // b7 VSIZE[8], [6:4] YOFF[10:8], b3 HSIZE[8], [2:0] XOFF[10:8]
    DPRP = 0x56,
    TEST = 0x57, // b7 HSIZE[9]
    ZMOW = 0x5a, // output width / 4, low byte
    ZMOH = 0x5b, // output height / 4, low byte
    ZMHH = 0x5c, // b2 OUTH[8], [1:0] OUTW[9:8]
    BPADDR = 0x7c,
    BPDATA = 0x7d,
    CTRL2 = 0x86, // fields: Ctrl2
    CTRL3 = 0x87,
    SIZEL = 0x8c, // b6 HSIZE[11], [5:3] HSIZE[2:0], [2:0] VSIZE[2:0] of the DSP's input
    HSIZE8 = 0xc0, // input width, pixels, bits [10:3]
    VSIZE8 = 0xc1, // input height, pixels, bits [10:3]
    CTRL0 = 0xc2, // fields: Ctrl0
    CTRL1 = 0xc3,
    R_DVP_SP = 0xd3, // fields: DvpSpeed
    IMAGE_MODE = 0xda, // fields: ImageMode
    RESET = 0xe0, // fields: DspReset
    MS_SP = 0xf0,
    MC_BIST = 0xf9,
    BANK_SEL = 0xff, // in both banks; values: Bank
}

/** DSP registers that every driver writes and no document explains; they have no names. */
export enum Undocumented {
    /** 0x67 with YUV, 0x77 else (Linux, esp32-camera). */
    E1 = 0xe1,
    E1_YUV = 0x67,
    E1_OTHER = 0x77,
}

/** Values of BANK_SEL (0xFF). */
export enum Bank {
    DSP = 0,
    SENSOR = 1,
    /** Ours, never written: after a reset, or a transfer that failed. */
    UNKNOWN = -1,
}

/** Values of PID and VER. */
export enum ChipId {
    PID = 0x26,
    VER_DATA_SHEET = 0x41,
    VER_CURRENT = 0x42,
}

/** Fields of GAIN (0x00): gain = (b7 + 1)(b6 + 1)(b5 + 1)(b4 + 1)(1 + [3:0] / 16). */
export enum Gain {
    FRACTION_MASK = 0x0f,
    FIRST_DOUBLING = 1 << 4,
    DOUBLINGS_MAX = 4,
    STEPS = 16,
}

/** Fields of REG04 (0x04). */
export enum Reg04 {
    AEC_LOW_MASK = 3, // exposure, bits [1:0]
    HREF_BIT_0 = 1 << 3,
    VREF_BIT_0 = 1 << 4,
    RESERVED_ONE = 1 << 5, // 1 after a reset
    VFLIP = 1 << 6, // upside down
    MIRROR = 1 << 7,
}

/** Fields of COM2 (0x09). */
export enum Com2 {
    DRIVE_2X = 2, // the data sheet's coding; other drivers call the value 3x
    STANDBY = 1 << 4,
}

/** Fields of CLKRC (0x11): CLK = XVCLK (x 2 with DOUBLER) / ([5:0] + 1). */
export enum Clkrc {
    DIVIDER_MASK = 0x3f,
    DOUBLER = 1 << 7,
}

/** Fields of COM7 (0x12). */
export enum Com7 {
    COLOR_BAR = 1 << 1,
    ZOOM = 1 << 2,
    UXGA = 0 << 4,
    CIF = 2 << 4, // the data sheet prints 001; every driver writes 010
    SVGA = 4 << 4,
    RESET = 1 << 7, // clears itself
}

/** Fields of COM8 (0x13). */
export enum Com8 {
    AEC = 1 << 0,
    AGC = 1 << 2,
    BANDING = 1 << 5,
    RESERVED_ONES = 0xc2, // 1 after a reset
}

/** Values of COM9 (0x14). */
export enum Com9 {
    CEILING_8X = 0x50, // as after a reset
}

/** Fields of REG45 (0x45). */
export enum Reg45 {
    AEC_HIGH_MASK = 0x3f, // exposure, bits [15:10]
}

/** Fields of CTRLI (0x50): each divider divides by 2^n. */
export enum Ctrli {
    H_DIVIDER_SHIFT = 0,
    V_DIVIDER_SHIFT = 3,
    LP_DP = 1 << 7,
}

/** Fields of CTRL0 (0xC2). */
export enum Ctrl0 {
    RGB_EN = 1 << 1,
    YUV_EN = 1 << 2,
    YUV422 = 1 << 3,
}

/** Fields of CTRL2 (0x86). */
export enum Ctrl2 {
    CMX = 1 << 0,
    UV_AVG = 1 << 2,
    UV_ADJ = 1 << 3,
    SDE = 1 << 4,
    DCW = 1 << 5, // without it CTRLI and ZMOW, ZMOH do nothing
}

/** Fields of R_DVP_SP (0xD3). */
export enum DvpSpeed {
    DIVIDER_MASK = 0x7f,
    AUTO = 1 << 7,
}

/** Fields of IMAGE_MODE (0xDA). */
export enum ImageMode {
    BYTE_SWAP = 1 << 0,
    HREF_AS_VSYNC = 1 << 1, // JPEG only
    YUV422 = 0 << 2,
    RGB565 = 2 << 2,
    JPEG = 1 << 4,
    Y8 = 1 << 6,
}

/** Fields of RESET (0xE0): what is held in reset. */
export enum DspReset {
    DVP = 1 << 2, // the parallel port; also held after a reset
    JPEG = 1 << 4,
}

/** Ranges that a register sets; those of geometry and time are in geometry.ts and timing.ts. */
export enum Range {
    GAIN_MIN = 1,
    GAIN_MAX = 31, // 2 x 2 x 2 x 2 x (1 + 15/16)
    EXPOSURE_MIN_ROWS = 1,
    AEC_AIM = 0x70, // middle of AEB and AEW after a reset, of 255
    AEC_TOLERANCE = 8,
}

/**
 * Name a DSP register that the driver uses, for messages: DeviceScript enums have no reverse lookup.
 *
 * @returns "register" for one that has no name here
 */
export function dspRegisterName(reg: number): string {
    switch (reg) {
        case DspReg.R_BYPASS:
            return "R_BYPASS"
        case DspReg.QS:
            return "QS"
        case DspReg.CTRLI:
            return "CTRLI"
        case DspReg.HSIZE:
            return "HSIZE"
        case DspReg.VSIZE:
            return "VSIZE"
        case DspReg.XOFFL:
            return "XOFFL"
        case DspReg.YOFFL:
            return "YOFFL"
        case DspReg.VHYX:
            return "VHYX"
        case DspReg.TEST:
            return "TEST"
        case DspReg.ZMOW:
            return "ZMOW"
        case DspReg.ZMOH:
            return "ZMOH"
        case DspReg.ZMHH:
            return "ZMHH"
        case DspReg.CTRL2:
            return "CTRL2"
        case DspReg.SIZEL:
            return "SIZEL"
        case DspReg.HSIZE8:
            return "HSIZE8"
        case DspReg.VSIZE8:
            return "VSIZE8"
        case DspReg.CTRL0:
            return "CTRL0"
        case DspReg.R_DVP_SP:
            return "R_DVP_SP"
        case DspReg.IMAGE_MODE:
            return "IMAGE_MODE"
        case DspReg.RESET:
            return "RESET"
        case DspReg.BANK_SEL:
            return "BANK_SEL"
        default:
            return "DSP register"
    }
}

/** Name a register of the sensor bank that the driver uses. */
export function sensorRegisterName(reg: number): string {
    switch (reg) {
        case SensorReg.GAIN:
            return "GAIN"
        case SensorReg.COM1:
            return "COM1"
        case SensorReg.REG04:
            return "REG04"
        case SensorReg.COM2:
            return "COM2"
        case SensorReg.PID:
            return "PID"
        case SensorReg.VER:
            return "VER"
        case SensorReg.AEC:
            return "AEC"
        case SensorReg.CLKRC:
            return "CLKRC"
        case SensorReg.COM7:
            return "COM7"
        case SensorReg.COM8:
            return "COM8"
        case SensorReg.COM9:
            return "COM9"
        case SensorReg.COM10:
            return "COM10"
        case SensorReg.HREFST:
            return "HREFST"
        case SensorReg.HREFEND:
            return "HREFEND"
        case SensorReg.VSTRT:
            return "VSTRT"
        case SensorReg.VEND:
            return "VEND"
        case SensorReg.REG32:
            return "REG32"
        case SensorReg.REG45:
            return "REG45"
        case SensorReg.FLL:
            return "FLL"
        case SensorReg.FLH:
            return "FLH"
        case SensorReg.BANK_SEL:
            return "BANK_SEL"
        default:
            return "sensor register"
    }
}
