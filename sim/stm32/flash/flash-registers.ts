// SPDX-License-Identifier: MIT
// FLASH interface register map (RM0090 §3.9, RM0390 §3.8), sectors and times.

import type { ChipKind } from "../chip-kind.ts"

export const FLASH_BASE = 0x40023c00
export const FLASH_SIZE_BYTES = 0x400
/** Main memory as programs address it. */
export const FLASH_MEMORY = 0x08000000

export enum FlashRegister {
    ACR = 0x00,
    KEYR = 0x04,
    OPTKEYR = 0x08,
    SR = 0x0c,
    CR = 0x10,
    OPTCR = 0x14,
    OPTCR1 = 0x18, // F42x only
}

export enum FlashAcr {
    LATENCY = 0xf << 0, // three bits on F407
    PRFTEN = 1 << 8,
    ICEN = 1 << 9,
    DCEN = 1 << 10,
    ICRST = 1 << 11,
    DCRST = 1 << 12,
}

export enum FlashSr {
    EOP = 1 << 0,
    OPERR = 1 << 1,
    WRPERR = 1 << 4,
    PGAERR = 1 << 5,
    PGPERR = 1 << 6,
    PGSERR = 1 << 7,
    RDERR = 1 << 8, // not on F407
    BSY = 1 << 16,
}

export enum FlashCr {
    PG = 1 << 0,
    SER = 1 << 1,
    MER = 1 << 2,
    SNB = 0x1f << 3, // four bits but on F42x
    PSIZE = 3 << 8, // 0 x8, 1 x16, 2 x32, 3 x64
    MER1 = 1 << 15, // F42x only: bank 2
    STRT = 1 << 16,
    EOPIE = 1 << 24,
    ERRIE = 1 << 25,
    LOCK = 1 << 31,
}

export enum FlashOptcr {
    OPTLOCK = 1 << 0,
    OPTSTRT = 1 << 1,
    BOR_LEV = 3 << 2,
    BFB2 = 1 << 4, // F42x only
    WDG_SW = 1 << 5,
    nRST_STOP = 1 << 6,
    nRST_STDBY = 1 << 7,
    RDP = 0xff << 8,
    nWRP = 0xfff << 16,
    DB1M = 1 << 30, // F42x only
    SPRMOD = 1 << 31, // not on F407
}

/** RM0090 §3.6.1, §3.7.2. */
export const FLASH_KEYS = [0x45670123, 0xcdef89ab] as const
export const OPTION_KEYS = [0x08192a3b, 0x4c5d6e7f] as const

/** Typical, any parallelism: DS8626 table 40, DS9405 table 47, DS10693 table 47. */
export const PROGRAM_NS = 16_000

/** Typical erase times by PSIZE x8, x16, x32, ms; same tables. */
const ERASE_MS: Readonly<Record<number, readonly number[]>> = {
    0x4000: [400, 300, 250],
    0x10000: [1200, 700, 550],
    0x20000: [2000, 1300, 1000],
}

export interface FlashSector {
    readonly number: number
    /** What CR_SNB holds for it. */
    readonly code: number
    /** From the start of the flash. */
    readonly offset: number
    readonly bytes: number
    /** 0 or 1. */
    readonly bank: number
}

/** The sectors of a part: 4 x 16 KB, 64 KB, then 128 KB; an F42x of 2 MB has two banks of them (RM0090 §3.4). */
export function flashSectors(
    chip: ChipKind,
    flashBytes: number
): readonly FlashSector[] {
    const banks = chip === "stm32f429" && flashBytes > 0x100000 ? 2 : 1
    const sectors: FlashSector[] = []
    for (let bank = 0; bank < banks; bank++) {
        const end = flashBytes / banks
        for (let at = 0, index = 0; at < end; index++) {
            const bytes = index < 4 ? 0x4000 : index === 4 ? 0x10000 : 0x20000
            sectors.push({
                number: bank * 12 + index,
                code: bank * 16 + index,
                offset: bank * end + at,
                bytes,
                bank,
            })
            at += bytes
        }
    }
    return sectors
}

/** Typical time to erase a sector with PSIZE 0..2, ns. */
export function eraseNs(sectorBytes: number, psize: number): number {
    return ERASE_MS[sectorBytes]![psize]! * 1e6
}

/**
 * Wait states that HCLK needs at 2.7 to 3.6 V (RM0090 tables 10 and 11, RM0390 table 5): one more for each 30 MHz begun.
 */
export function waitStates(hclkHz: number): number {
    return Math.max(0, Math.ceil(hclkHz / 30e6) - 1)
}
