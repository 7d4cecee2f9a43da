// SPDX-License-Identifier: MIT
// Register map of the FSMC (RM0090 §36.5.6, §36.6.8) and the FMC (RM0090 §37.5.6 to §37.7.5, RM0390 §11.5.6 to §11.7.5),
// and the banks behind it.

export const FSMC_BASE = 0xa0000000
export const FSMC_SIZE_BYTES = 0x1000

/** Banks 1 (NOR, PSRAM, SRAM) to 4 (PC card), 256 MB each. */
export const FSMC_BANKS_BASE = 0x60000000
export const FSMC_BANKS_END = 0xa0000000
/** Bank 1 has four regions of 64 MB, selected by NE1 to NE4. */
export const FSMC_SELECTS = 4
export const FSMC_REGION_BYTES = 0x04000000

export enum FsmcRegister {
    BCR1 = 0x00,
    BTR1 = 0x04,
    BCR2 = 0x08,
    BTR2 = 0x0c,
    BCR3 = 0x10,
    BTR3 = 0x14,
    BCR4 = 0x18,
    BTR4 = 0x1c,
    PCR2 = 0x60,
    SR2 = 0x64,
    PMEM2 = 0x68,
    PATT2 = 0x6c,
    ECCR2 = 0x74,
    PCR3 = 0x80,
    SR3 = 0x84,
    PMEM3 = 0x88,
    PATT3 = 0x8c,
    ECCR3 = 0x94,
    PCR4 = 0xa0,
    SR4 = 0xa4,
    PMEM4 = 0xa8,
    PATT4 = 0xac,
    PIO4 = 0xb0,
    BWTR1 = 0x104,
    BWTR2 = 0x10c,
    BWTR3 = 0x114,
    BWTR4 = 0x11c,
    SDCR1 = 0x140,
    SDCR2 = 0x144,
    SDTR1 = 0x148,
    SDTR2 = 0x14c,
    SDCMR = 0x150,
    SDRTR = 0x154,
    SDSR = 0x158,
}

/** Of the FMC only. */
export const SDRAM_FIRST = FsmcRegister.SDCR1

export enum FsmcBcr {
    MBKEN = 1 << 0,
    MUXEN = 1 << 1,
    MTYP = 3 << 2, // 0 SRAM, 1 PSRAM, 2 NOR
    MWID = 3 << 4, // 0 8 bits, 1 16 bits, 2 32 bits (FMC only)
    FACCEN = 1 << 6,
    WREN = 1 << 12,
    EXTMOD = 1 << 14,
}

export const MTYP_SRAM = 0
export const MTYP_NOR = 2 << 2

/** Bits of BCR: bit 7 is reserved and 1 after reset; the FMC has CCLKEN, the F446 WFDIS as well. */
export const BCR_FSMC = 0x000fffff
export const BCR_FMC = 0x003fffff

/** Bank 1 region 1 is on after reset, as NOR flash of 16 bits, multiplexed. */
export const BCR1_RESET = 0x30db
export const BCR_RESET = 0x30d2
export const BTR_RESET = 0x0fffffff
export const BTR_DEFINED = 0x3fffffff

/** PCR: PBKEN, the bank is on. */
export const PCR_PBKEN = 1 << 2

/** Reset values of registers that are only stored. */
export const FSMC_STORED: Readonly<Record<number, number>> = {
    [FsmcRegister.PCR2]: 0x18,
    [FsmcRegister.SR2]: 0x40,
    [FsmcRegister.PMEM2]: 0xfcfcfcfc,
    [FsmcRegister.PATT2]: 0xfcfcfcfc,
    [FsmcRegister.ECCR2]: 0,
    [FsmcRegister.PCR3]: 0x18,
    [FsmcRegister.SR3]: 0x40,
    [FsmcRegister.PMEM3]: 0xfcfcfcfc,
    [FsmcRegister.PATT3]: 0xfcfcfcfc,
    [FsmcRegister.ECCR3]: 0,
    [FsmcRegister.PCR4]: 0x18,
    [FsmcRegister.SR4]: 0x40,
    [FsmcRegister.PMEM4]: 0xfcfcfcfc,
    [FsmcRegister.PATT4]: 0xfcfcfcfc,
    [FsmcRegister.PIO4]: 0xfcfcfcfc,
    [FsmcRegister.SDCR1]: 0x2d0,
    [FsmcRegister.SDCR2]: 0x2d0,
    [FsmcRegister.SDTR1]: 0x0fffffff,
    [FsmcRegister.SDTR2]: 0x0fffffff,
    [FsmcRegister.SDCMR]: 0,
    [FsmcRegister.SDRTR]: 0,
    // Never busy.
    [FsmcRegister.SDSR]: 0,
}
