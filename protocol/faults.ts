// SPDX-License-Identifier: MIT
// What can go wrong, one code and one name for each: console, link, page, docs and JSON say the name.

export enum FaultCause {
    // Why a program ended.
    /** Thrown and not caught. */
    EXCEPTION = 48,
    /** The GC heap or the VM's own heap is full. */
    OUT_OF_MEMORY = 49,
    /** 131,072 steps of bytecode without a pause. */
    ENDLESS_LOOP = 50,
    /** The program called panic(). */
    PANIC = 51,
    /** The program called restart() or reboot(). */
    RESTART = 52,
    /** The VM refuses the program's image. */
    VERIFICATION = 53,
    /** The VM met what it cannot go on with. */
    VM_TRAP = 54,
    /** The program's calls are nested too deeply, or the stack of the C code is full. */
    STACK_OVERFLOW = 55,
    /** A part of the main loop stood still. */
    WATCHDOG = 56,
    /** An exception of the core, or an interrupt without a handler. */
    HARD_FAULT = 57,
}

export const FAULT_NAMES: Readonly<Record<FaultCause, string>> = {
    [FaultCause.EXCEPTION]: "exception",
    [FaultCause.OUT_OF_MEMORY]: "out-of-memory",
    [FaultCause.ENDLESS_LOOP]: "endless-loop",
    [FaultCause.PANIC]: "panic",
    [FaultCause.RESTART]: "restart",
    [FaultCause.VERIFICATION]: "verification",
    [FaultCause.VM_TRAP]: "vm-trap",
    [FaultCause.STACK_OVERFLOW]: "stack-overflow",
    [FaultCause.WATCHDOG]: "watchdog",
    [FaultCause.HARD_FAULT]: "hard-fault",
}
