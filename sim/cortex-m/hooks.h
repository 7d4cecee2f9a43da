// SPDX-License-Identifier: MIT
// The part of Unicorn 2's interface that hooks.c uses, and the state it shares with
// sim/cortex-m/unicorn.ts. Debian's libunicorn2 has the library without its headers; the values are
// those of Unicorn's public API.
#ifndef CAM_MCU_HOOKS_H
#define CAM_MCU_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protection/mpu.h"
#include "tally/tally.h"

typedef struct uc_struct uc_engine;

int uc_open(int arch, int mode, uc_engine **engine);
int uc_close(uc_engine *engine);
int uc_ctl(uc_engine *engine, int control, ...);
int uc_emu_start(uc_engine *engine, uint64_t begin, uint64_t until, uint64_t timeout_us,
                 size_t count);
int uc_emu_stop(uc_engine *engine);
int uc_hook_add(uc_engine *engine, size_t *hook, int type, void *callback, void *user_data,
                uint64_t begin, uint64_t end, ...);
int uc_mem_map_ptr(uc_engine *engine, uint64_t address, size_t bytes, uint32_t permissions,
                   void *memory);
int uc_mem_protect(uc_engine *engine, uint64_t address, size_t bytes, uint32_t permissions);
int uc_mmio_map(uc_engine *engine, uint64_t address, size_t bytes,
                uint64_t (*read)(uc_engine *, uint64_t, unsigned, void *), void *read_data,
                void (*write)(uc_engine *, uint64_t, unsigned, uint64_t, void *), void *write_data);
int uc_reg_read(uc_engine *engine, int reg, void *value);
int uc_reg_write(uc_engine *engine, int reg, const void *value);
const char *uc_strerror(int error);

enum {
    UC_ARCH_ARM = 1,
    UC_MODE_THUMB = 1 << 4,
    UC_MODE_MCLASS = 1 << 5,
    UC_CPU_ARM_CORTEX_M4 = 9,
    // uc_ctl: number of the control, count of arguments << 26, 1 = write << 30
    UC_CTL_SET_CPU_MODEL = 7 | 1 << 26 | 1 << 30,
    UC_CTL_REMOVE_CACHE = 9 | 2 << 26 | 1 << 30,
};

enum {
    UC_HOOK_INTR = 1 << 0,
    UC_HOOK_CODE = 1 << 2,
    UC_HOOK_MEM_READ_UNMAPPED = 1 << 4,
    UC_HOOK_MEM_WRITE_UNMAPPED = 1 << 5,
    UC_HOOK_MEM_FETCH_UNMAPPED = 1 << 6,
    UC_HOOK_MEM_READ_PROT = 1 << 7,
    UC_HOOK_MEM_WRITE_PROT = 1 << 8,
    UC_HOOK_MEM_FETCH_PROT = 1 << 9,
    UC_HOOK_MEM_WRITE = 1 << 11,
};

/** Unicorn's error for no memory. */
enum { UC_ERR_NOMEM = 1 };

/** Kinds of access that a memory hook reports. */
enum {
    UC_MEM_READ_UNMAPPED = 19,
    UC_MEM_WRITE_UNMAPPED = 20,
    UC_MEM_FETCH_UNMAPPED = 21,
    UC_MEM_WRITE_PROT = 22,
    UC_MEM_READ_PROT = 23,
    UC_MEM_FETCH_PROT = 24,
};

enum {
    UC_ARM_REG_FPSCR = 6,
    UC_ARM_REG_LR = 10,
    UC_ARM_REG_PC = 11,
    UC_ARM_REG_SP = 12,
    UC_ARM_REG_R0 = 66,
    UC_ARM_REG_S0 = 79,
    UC_ARM_REG_IPSR = 114,
    UC_ARM_REG_MSP = 115,
    UC_ARM_REG_PSP = 116,
    UC_ARM_REG_CONTROL = 117,
    UC_ARM_REG_XPSR = 120,
    UC_ARM_REG_PRIMASK = 123,
    UC_ARM_REG_BASEPRI = 124,
    UC_ARM_REG_FAULTMASK = 126,
};

/** Why the core stopped. The same numbers are in sim/cortex-m/unicorn.ts. */
typedef enum {
    CAM_STOP_BUDGET = 0,    // the budget is used up; the next instruction has not been executed
    CAM_STOP_INTERRUPT = 1, // Unicorn's exception `detail`; 8: EXC_RETURN, in PC
    CAM_STOP_WATCHED = 2,   // an address of cam_mcu_watch comes next
    CAM_STOP_WFI = 3,       // these four: the instruction comes next, it is counted, not executed
    CAM_STOP_WFE = 4,       //
    CAM_STOP_SVC = 5,       //
    CAM_STOP_BKPT = 6,      // `detail`: the immediate
    CAM_STOP_UNALIGNED = 7, // these three: the instruction would raise a UsageFault
    CAM_STOP_DIVBYZERO = 8, //
    CAM_STOP_NOCP = 9,      //
    CAM_STOP_ERROR = 10,    // Unicorn's error `detail`; memory errors: fault_* is filled
    CAM_STOP_UNTIL = 11,    // PC is CAM_RETURN_ADDRESS
    CAM_STOP_DATA_DENIED = 12,  // these three: the instruction was not executed; `fault_address`
    CAM_STOP_FETCH_DENIED = 13, //
    CAM_STOP_UNPRIVILEGED = 14, // unprivileged code and the core's own registers
} cam_stop_t;

/** What cam_mcu_t.flags asks the instruction hook to look for. */
enum {
    CAM_FLAG_MASKS = 1 << 0,    // stop after CPS and MSR: an exception is pending and masked
    CAM_FLAG_DIV_TRAP = 1 << 1, // CCR.DIV_0_TRP
    CAM_FLAG_ALIGN = 1 << 2,    // CCR.UNALIGN_TRP
    CAM_FLAG_FP_OFF = 1 << 3,   // CPACR denies the FPU
    CAM_FLAG_MPU = 1 << 4,      // the MPU is in force
    CAM_FLAG_WATCHED = 1 << 5,  // cam_mcu_watch has addresses
    CAM_FLAG_CYCLES = 1 << 6,   // the budget is in cycles, by the cycle model
    CAM_FLAG_UNPRIVILEGED = 1 << 7,
    CAM_FLAG_CHECKED = 1 << 8,      // look at each access before the instruction is executed
    CAM_FLAG_USERSETMPEND = 1 << 9, // CCR: unprivileged code may write STIR
    CAM_FLAG_TALLIED = 1 << 10,     // what is executed counts in the tally
    CAM_FLAG_DEBUGGED = 1 << 11,    // a debugger watches data, or counts instructions
};

/** Where a call of a C function returns to: code may be executed there, and nothing is mapped. */
#define CAM_RETURN_ADDRESS 0x1ffefff0U

/** In fault_kind: the MPU denies the access. */
#define CAM_ACCESS_DENIED 32U

#define CAM_FLASH_WRITES 16

/** A store into flash: it has landed, `old` is what was there. */
typedef struct {
    uint32_t address;
    uint32_t bytes;
    uint32_t value_low;
    uint32_t value_high;
    uint32_t old_low;
    uint32_t old_high;
} cam_flash_write_t;

#define CAM_DATA_WATCHES 8

/** What a debugger watches; the instruction that accesses it is executed, and is the last one. */
typedef struct {
    uint32_t begin;
    uint32_t end;  // behind the last byte; 0: there is none
    uint32_t kind; // CAM_WATCH_READS, CAM_WATCH_WRITES, or both
} cam_data_watch_t;

enum { CAM_WATCH_READS = 1 << 0, CAM_WATCH_WRITES = 1 << 1 };

/** Shared with TypeScript as words: the order is that of sim/cortex-m/core-state.ts. */
typedef struct {
    int32_t budget; // still to be used up: instructions, or cycles with CAM_FLAG_CYCLES
    uint32_t pc;    // of the newest instruction that was begun
    uint32_t stop;
    uint32_t detail;
    uint32_t flags;
    uint32_t event; // the event register, set by SEV
    uint32_t fault_kind;
    uint32_t fault_address;
    uint32_t skip; // an address of cam_mcu_watch that is passed once
    uint32_t instruction_bytes;
    uint32_t mode_changed; // CONTROL or FAULTMASK may have been written
    uint32_t flash_write_count;
    cam_mpu_registers_t mpu;
    cam_flash_write_t flash_writes[CAM_FLASH_WRITES];
    uint32_t core[23];  // r0..r12, SP, LR, PC, xPSR, MSP, PSP, CONTROL, PRIMASK, BASEPRI, FAULTMASK
    uint32_t fp[17];    // s0..s15, FPSCR
    uint32_t stop_next; // stop before the next instruction, whatever the budget
    uint32_t instructions; // executed so far, modulo 2^32
    uint32_t spent;  // cycles that have passed otherwise since the newest instruction was begun
    uint32_t vector; // address of the vector of an exception that was just entered, else 0
    // With CAM_FLAG_DEBUGGED:
    uint32_t last_instruction; // stop when `instructions` is this
    cam_data_watch_t data_watches[CAM_DATA_WATCHES];
    uint32_t data_hits;    // one bit for each watch that an instruction has hit
    uint32_t data_address; // of the newest hit
} cam_mcu_state_t;

typedef uint32_t (*cam_mcu_read_t)(uint32_t address, uint32_t bytes);
typedef void (*cam_mcu_write_t)(uint32_t address, uint32_t bytes, uint32_t value);

/** One emulated core. */
typedef struct cam_mcu cam_mcu_t;

/**
 * @param state shared words, zeroed, alive as long as the core
 * @param memory the MCU's memories: the byte of address a is memory[a]
 * @param memory_bytes its length
 * @return NULL when there is no such core in the library
 */
cam_mcu_t *cam_mcu_open(cam_mcu_state_t *state, uint8_t *memory, uint32_t memory_bytes,
                        cam_mcu_read_t read, cam_mcu_write_t write);
void cam_mcu_close(cam_mcu_t *mcu);

/** Map `bytes` of memory from `from` on at `address`, in pages of 1 KB. @return Unicorn's error */
int cam_mcu_map(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, uint32_t from, int writable);
/** Send the accesses to these addresses to the callbacks. @return Unicorn's error */
int cam_mcu_map_io(cam_mcu_t *mcu, uint32_t address, uint32_t bytes);
/** Check every access to a page of 1 KB of RAM against the MPU in privileged code, too, or none any
 * more. @return Unicorn's error */
int cam_mcu_protect(cam_mcu_t *mcu, uint32_t page, int checked);
/** state->mpu was written. */
void cam_mcu_mpu_changed(cam_mcu_t *mcu);
/** Whether the MPU, which is in force, denies a load or store of stacking. */
int cam_mcu_denies(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, int writes, int privileged);
/** Stop, or no longer, before the instruction at `address`. */
void cam_mcu_watch(cam_mcu_t *mcu, uint32_t address, int on);
/** FLASH_ACR was written, or reset: wait states and caches. */
void cam_mcu_set_flash_acr(cam_mcu_t *mcu, uint32_t acr);
/** The core was reset: its pipeline and the flash's caches are empty. */
void cam_mcu_reset_cycles(cam_mcu_t *mcu);
/** The bytes of memory were changed from outside: forget code that was translated from them. */
void cam_mcu_changed(cam_mcu_t *mcu, uint32_t address, uint32_t bytes);

/**
 * Keep a tally from now on; before the first run.
 * @param functions by address; NULL: counts by address only
 * @return whether there is memory for it
 */
int cam_mcu_tally(cam_mcu_t *mcu, const cam_tally_function_t *functions, uint32_t function_count);
/** @param places as cam_tally_set_vm has them. @return whether there is memory */
int cam_mcu_tally_vm(cam_mcu_t *mcu, const cam_tally_vm_t *vm, const uint16_t *places);
void cam_mcu_tally_passed(cam_mcu_t *mcu, uint32_t cycles, int entry);
void cam_mcu_tally_exceptions(cam_mcu_t *mcu, uint32_t depth, uint32_t exception);
void cam_mcu_tally_reset(cam_mcu_t *mcu);
/** @return count of nodes; copied are as many as there is room for */
uint32_t cam_mcu_tally_nodes(cam_mcu_t *mcu, cam_tally_node_t *nodes, uint32_t room);
/** Of each halfword of code: how often begun, how often jumped away from. */
void cam_mcu_tally_counts(cam_mcu_t *mcu, uint32_t address, uint32_t halfwords, uint32_t *counts);
/** Of each byte of the bytecode. */
void cam_mcu_tally_operations(cam_mcu_t *mcu, uint32_t *counts, uint32_t bytes);

/** Tell of each store of the program that reaches into these bytes of RAM, before it is done; at
 * most one range. @return Unicorn's error */
int cam_mcu_watch_stores(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, cam_mcu_write_t stored);

/** Run from state->core's PC until state->stop says why not. */
void cam_mcu_run(cam_mcu_t *mcu);
/** CPU registers into state->core. */
void cam_mcu_load(cam_mcu_t *mcu);
/** state->core into the CPU; mode and stack follow xPSR and CONTROL. */
void cam_mcu_store(cam_mcu_t *mcu);
void cam_mcu_load_fp(cam_mcu_t *mcu);
void cam_mcu_store_fp(cam_mcu_t *mcu);

/** s16 to s31, which exceptions do not stack: 16 words are read, or written. */
void cam_mcu_high_fp(cam_mcu_t *mcu, uint32_t *words, int write);

#endif
