// SPDX-License-Identifier: MIT
// I2C register map (RM0090 §27.6, RM0390 §24.6) and the arithmetic of its clock.

export const I2C_BASES = {
    I2C1: 0x40005400,
    I2C2: 0x40005800,
    I2C3: 0x40005c00,
} as const
export const I2C_SIZE_BYTES = 0x400

export enum I2cRegister {
    CR1 = 0x00,
    CR2 = 0x04,
    OAR1 = 0x08,
    OAR2 = 0x0c,
    DR = 0x10,
    SR1 = 0x14,
    SR2 = 0x18,
    CCR = 0x1c,
    TRISE = 0x20,
    FLTR = 0x24, // F42x and F446 only
}

export enum I2cCr1 {
    PE = 1 << 0,
    SMBUS = 1 << 1,
    SMBTYPE = 1 << 3,
    ENARP = 1 << 4,
    ENPEC = 1 << 5,
    ENGC = 1 << 6,
    NOSTRETCH = 1 << 7,
    START = 1 << 8,
    STOP = 1 << 9,
    ACK = 1 << 10,
    POS = 1 << 11,
    PEC = 1 << 12,
    ALERT = 1 << 13,
    SWRST = 1 << 15,
}

export enum I2cCr2 {
    FREQ = 0x3f << 0, // PCLK1, MHz
    ITERREN = 1 << 8,
    ITEVTEN = 1 << 9,
    ITBUFEN = 1 << 10,
    DMAEN = 1 << 11,
    LAST = 1 << 12,
}

export enum I2cSr1 {
    SB = 1 << 0,
    ADDR = 1 << 1,
    BTF = 1 << 2,
    ADD10 = 1 << 3,
    STOPF = 1 << 4,
    RXNE = 1 << 6,
    TXE = 1 << 7,
    BERR = 1 << 8,
    ARLO = 1 << 9,
    AF = 1 << 10,
    OVR = 1 << 11,
    PECERR = 1 << 12,
    TIMEOUT = 1 << 14,
    SMBALERT = 1 << 15,
}

export enum I2cSr2 {
    MSL = 1 << 0,
    BUSY = 1 << 1,
    TRA = 1 << 2,
    GENCALL = 1 << 4,
    SMBDEFAULT = 1 << 5,
    SMBHOST = 1 << 6,
    DUALF = 1 << 7,
    PEC = 0xff << 8,
}

export enum I2cCcr {
    CCR = 0xfff << 0,
    DUTY = 1 << 14,
    F_S = 1 << 15,
}

/** Nominal period of SCL, ns, as CCR sets it. RM0090 §27.6.8: standard 2, fast 3, fast with DUTY 25 PCLK1 per count. */
export function sclPeriodNs(ccr: number, pclk1Hz: number): number {
    const fast = (ccr & I2cCcr.F_S) !== 0
    const factor = fast ? ((ccr & I2cCcr.DUTY) !== 0 ? 25 : 3) : 2
    return ((ccr & I2cCcr.CCR) * factor * 1e9) / pclk1Hz
}

/** How much of it SCL is low: standard 1 of 2, fast 2 of 3, fast with DUTY 16 of 25 (RM0090 §27.6.8). */
export function sclLowNs(ccr: number, pclk1Hz: number): number {
    const fast = (ccr & I2cCcr.F_S) !== 0
    const share = fast ? ((ccr & I2cCcr.DUTY) !== 0 ? 16 / 25 : 2 / 3) : 1 / 2
    return share * sclPeriodNs(ccr, pclk1Hz)
}

/** The value TRISE must have: the longest rise time the bus allows (1000 or 300 ns) in PCLK1, plus 1 (RM0090 §27.6.9). */
export function triseFor(ccr: number, pclk1Hz: number): number {
    const riseNs = (ccr & I2cCcr.F_S) !== 0 ? 300 : 1000
    return Math.floor((riseNs * pclk1Hz) / 1e9) + 1
}
