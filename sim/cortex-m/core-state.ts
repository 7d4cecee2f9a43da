// SPDX-License-Identifier: MIT
// The words that hooks.c and TypeScript share (cam_mcu_state_t in hooks.h), readable without a call.

/** Indices of words. */
export enum Word {
    BUDGET = 0,
    PC = 1,
    STOP = 2,
    DETAIL = 3,
    FLAGS = 4,
    EVENT = 5,
    FAULT_KIND = 6,
    FAULT_ADDRESS = 7,
    SKIP = 8,
    INSTRUCTION_BYTES = 9,
    MODE_CHANGED = 10,
    FLASH_WRITE_COUNT = 11,
    /** MPU_CTRL, 8 MPU_RBAR, 8 MPU_RASR. */
    MPU = 12,
    FLASH_WRITES = 29,
    CORE = 125,
    FP = 148,
    STOP_NEXT = 165,
    INSTRUCTIONS = 166,
    SPENT = 167,
    VECTOR = 168,
    LAST_INSTRUCTION = 169,
    /** DATA_WATCHES times begin, end, DataAccess. */
    DATA_WATCHES = 170,
    DATA_HITS = 194,
    DATA_ADDRESS = 195,
    COUNT = 196,
}

export const MPU_REGIONS = 8
export const FLASH_WRITE_WORDS = 6
/** Ranges of data that a debugger can watch at a time (CAM_DATA_WATCHES). */
export const DATA_WATCHES = 8
export const DATA_WATCH_WORDS = 3

/** Accesses that are watched (CAM_WATCH_*). */
export enum DataAccess {
    READ = 1 << 0,
    WRITE = 1 << 1,
    ANY = 3,
}

/** Indices from Word.CORE. */
export enum Core {
    R0 = 0,
    R1 = 1,
    R2 = 2,
    R3 = 3,
    R12 = 12,
    SP = 13,
    LR = 14,
    PC = 15,
    XPSR = 16,
    MSP = 17,
    PSP = 18,
    CONTROL = 19,
    PRIMASK = 20,
    BASEPRI = 21,
    FAULTMASK = 22,
}

/** Why the core stopped (cam_stop_t). */
export enum Stop {
    BUDGET = 0,
    INTERRUPT = 1,
    WATCHED = 2,
    WFI = 3,
    WFE = 4,
    SVC = 5,
    BKPT = 6,
    UNALIGNED = 7,
    DIVBYZERO = 8,
    NOCP = 9,
    ERROR = 10,
    UNTIL = 11,
    DATA_DENIED = 12,
    FETCH_DENIED = 13,
    UNPRIVILEGED = 14,
}

/** What the instruction hook looks for (CAM_FLAG_*). */
export enum Flag {
    MASKS = 1 << 0,
    DIV_TRAP = 1 << 1,
    ALIGN = 1 << 2,
    FP_OFF = 1 << 3,
    MPU = 1 << 4,
    WATCHED = 1 << 5,
    CYCLES = 1 << 6,
    UNPRIVILEGED = 1 << 7,
    CHECKED = 1 << 8,
    USERSETMPEND = 1 << 9,
    TALLIED = 1 << 10,
    DEBUGGED = 1 << 11,
}

/** Exceptions as Unicorn numbers them. */
export enum UnicornException {
    UNDEFINED = 1,
    PREFETCH_ABORT = 3,
    /** EXC_RETURN in the PC. */
    EXIT = 8,
    NOCP = 17,
    INVSTATE = 18,
}

/** Kinds of access in Word.FAULT_KIND. */
export enum BadAccess {
    READ_UNMAPPED = 19,
    WRITE_UNMAPPED = 20,
    FETCH_UNMAPPED = 21,
    WRITE_PROT = 22,
    READ_PROT = 23,
    FETCH_PROT = 24,
    /** By the MPU (CAM_ACCESS_DENIED). */
    DENIED = 32,
}

/** Unicorn's errors that are faults of the emulated program. */
export enum UnicornError {
    READ_UNMAPPED = 6,
    WRITE_UNMAPPED = 7,
    FETCH_UNMAPPED = 8,
    INSN_INVALID = 10,
    WRITE_PROT = 12,
    READ_PROT = 13,
    FETCH_PROT = 14,
    EXCEPTION = 21,
}

/** Where a called C function returns to (CAM_RETURN_ADDRESS). */
export const RETURN_ADDRESS = 0x1ffefff0
