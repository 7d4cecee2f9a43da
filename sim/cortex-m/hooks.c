// SPDX-License-Identifier: MIT
// The emulated core's inner loop: counts instructions and cycles, finds the instructions that
// Unicorn does not do as a Cortex-M4 does, stops.

#include "hooks.h"
#include "cycles/pipeline.h"
#include "stores.h"
#include "tally/tally.h"

#include <stdlib.h>
#include <string.h>

#define FLASH_BASE 0x08000000U
#define RAM_BASE 0x10000000U
#define PAGE_BYTES 1024U
#define WATCH_BITS (1U << 20)

/** Keeps what is rare out of the function that runs before every instruction. */
#define COLD __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))

enum { PROT_NONE = 0, PROT_RX = 1 | 4, PROT_RWX = 7 };

/** What the first halfword of an instruction tells. */
typedef enum {
    KIND_PLAIN = 0,
    KIND_HINT,     // WFI, WFE, SEV
    KIND_IT,       //
    KIND_CPS,      // CPSIE, CPSID
    KIND_SVC,      //
    KIND_BKPT,     //
    KIND_WIDE,     // 0xf3af hints, MSR
    KIND_DIVIDE,   //
    KIND_MULTIPLE, // LDM, STM of 16 bits
    KIND_MULTIPLE_WIDE,
    KIND_DUAL, // LDRD, STRD, LDREX, STREX and table branches
    KIND_FP,
    KIND_SINGLE,       // LDR, STR, LDRH, STRH of 16 bits
    KIND_SINGLE_WIDE,  // of 32 bits
    KIND_UNPRIVILEGED, // LDRT, STRT and their like
    KIND_FETCH_DENIED, // the MPU denies to execute it
} kind_t;

struct cam_mcu {
    uc_engine *engine;
    cam_mcu_state_t *state;
    uint8_t *memory;
    uint32_t memory_bytes;
    cam_mcu_read_t read;
    cam_mcu_write_t write;
    uint32_t it_begin; // the IT block that was begun last: the instructions from here
    uint32_t it_end;   // up to here
    bool fresh;        // no instruction since the run began
    cam_stores_t stores;
    bool registers_checked;
    cam_mpu_t mpu;
    uint32_t executable; // 32 bytes of code that the MPU permits, as far as is known
    // An instruction of an IT block that may not be executed: Unicorn goes on to the block's end,
    // without accesses, and then everything is as it was before.
    bool held;
    uint32_t held_core[23];
    uint32_t held_fp[17];
    cam_pipeline_t pipeline;
    cam_instruction_t *decoded;     // of the flash, by halfwords
    cam_instruction_t elsewhere[2]; // the newest two of RAM
    uint32_t newest_elsewhere;
    uint8_t watched[WATCH_BITS / 8];
    bool hooked;            // the instruction hook is there
    cam_tally_t *tally;     // NULL: nobody asked for one
    cam_runs_t *runs;       // of the tally, when that is all that it keeps
    cam_mcu_write_t stored; // told of the stores to:
    uint32_t stores_begin;
    uint32_t stores_end;
};

/** An MMIO range's user data: which core, and from where Unicorn's offsets count. */
typedef struct {
    cam_mcu_t *mcu;
    uint32_t base;
} io_range_t;

static kind_t kind_of(uint32_t first) {
    if (first >= 0xec00 && first <= 0xefff) return KIND_FP;
    if ((first & 0xfe40) == 0xe800) return KIND_MULTIPLE_WIDE;
    if ((first & 0xfe40) == 0xe840) return KIND_DUAL;
    if ((first & 0xffd0) == 0xfb90) return KIND_DIVIDE;
    if (first == 0xf3af || (first & 0xfff0) == 0xf380) return KIND_WIDE;
    if ((first & 0xff80) == 0xf800 || (first & 0xff80) == 0xf880) return KIND_SINGLE_WIDE;
    if ((first & 0xff80) == 0xf900 || (first & 0xff80) == 0xf980) return KIND_SINGLE_WIDE;
    if (first >= 0xe800) return KIND_PLAIN;
    if ((first & 0xff0f) == 0xbf00 && first >= 0xbf20) return KIND_HINT;
    if ((first & 0xff00) == 0xbf00 && (first & 15) != 0) return KIND_IT;
    if ((first & 0xffe8) == 0xb660) return KIND_CPS;
    if ((first & 0xff00) == 0xdf00) return KIND_SVC;
    if ((first & 0xff00) == 0xbe00) return KIND_BKPT;
    if ((first & 0xf000) == 0xc000) return KIND_MULTIPLE;
    if ((first & 0xf000) == 0x5000 || (first & 0xf000) == 0x6000 || (first & 0xf000) == 0x8000)
        return KIND_SINGLE;
    return KIND_PLAIN;
}

static uint32_t halfword(const cam_mcu_t *mcu, uint32_t address) {
    uint32_t at = address < FLASH_BASE ? address + FLASH_BASE : address;
    if (at > mcu->memory_bytes - 2) return 0;
    return mcu->memory[at] | (uint32_t)mcu->memory[at + 1] << 8;
}

static uint32_t reg(const cam_mcu_t *mcu, uint32_t number) {
    if (mcu->pipeline.registers != NULL && number < 15) return mcu->pipeline.registers[number];
    static const int special[] = {UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC};
    uint32_t value = 0;
    uc_reg_read(mcu->engine, number < 13 ? UC_ARM_REG_R0 + (int)number : special[number - 13],
                &value);
    return value;
}

static uint32_t register_of(void *core, uint32_t number) { return reg(core, number); }

/** QEMU's CPU state begins with the registers: when they are there, they are read without a call.
 */
static void check_registers(cam_mcu_t *mcu) {
    const uint32_t *seen = mcu->stores.cpu;
    mcu->registers_checked = true;
    for (uint32_t number = 0; number < 15; number++)
        if (seen[number] != reg(mcu, number)) return;
    mcu->pipeline.registers = seen;
}

static void stop_with(cam_mcu_t *mcu, cam_stop_t why, uint32_t detail) {
    uc_emu_stop(mcu->engine);
    if (mcu->held) return;
    mcu->state->stop = why;
    mcu->state->detail = detail;
}

static bool in_it_block(const cam_mcu_t *mcu, uint32_t address) {
    return address >= mcu->it_begin && address < mcu->it_end;
}

static void hold(cam_mcu_t *mcu) {
    cam_mcu_state_t *state = mcu->state;
    cam_mcu_load(mcu);
    cam_mcu_load_fp(mcu);
    memcpy(mcu->held_core, state->core, sizeof mcu->held_core);
    memcpy(mcu->held_fp, state->fp, sizeof mcu->held_fp);
    mcu->held = true;
    mcu->stores.dropped = true;
    state->stop_next = 1;
}

static void release(cam_mcu_t *mcu) {
    cam_mcu_state_t *state = mcu->state;
    memcpy(state->core, mcu->held_core, sizeof mcu->held_core);
    memcpy(state->fp, mcu->held_fp, sizeof mcu->held_fp);
    cam_mcu_store(mcu);
    cam_mcu_store_fp(mcu);
    mcu->held = false;
    mcu->stores.dropped = false;
}

/** The instruction, which is the newest, is not executed: a fault. */
static void stop_before(cam_mcu_t *mcu, cam_stop_t why, uint32_t address) {
    stop_with(mcu, why, 0);
    mcu->state->fault_address = address;
    if (!mcu->held && in_it_block(mcu, mcu->state->pc)) hold(mcu);
}

/** The private peripheral bus: the core's own registers (ARMv7-M ARM B3.1.1). */
#define PPB_START 0xe0000000U
#define PPB_END 0xe0100000U
#define ITM_STIM_END 0xe0000080U
#define STIR 0xe000ef00U

/** The stimulus ports of the ITM are for all, STIR if CCR says so. */
static bool is_privileged_only(const cam_mcu_state_t *state, uint32_t address) {
    if (address < PPB_START || address >= PPB_END || address < ITM_STIM_END) return false;
    return (address & ~3U) != STIR || (state->flags & CAM_FLAG_USERSETMPEND) == 0;
}

/** Stop if an access may not be. @return whether it may not */
static bool denied(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, bool writes, bool privileged) {
    cam_mcu_state_t *state = mcu->state;
    uint32_t at = address;
    if ((state->flags & CAM_FLAG_MPU) != 0 &&
        !cam_mpu_permits(&mcu->mpu, address, bytes, writes ? CAM_RIGHT_WRITE : CAM_RIGHT_READ,
                         privileged, &at)) {
        stop_before(mcu, CAM_STOP_DATA_DENIED, at);
        return true;
    }
    if (privileged || !is_privileged_only(state, address)) return false;
    stop_before(mcu, CAM_STOP_UNPRIVILEGED, address);
    return true;
}

static bool may_execute(cam_mcu_t *mcu, uint32_t address, uint32_t bytes) {
    const cam_mcu_state_t *state = mcu->state;
    uint32_t at;
    return (state->flags & CAM_FLAG_MPU) == 0 ||
           cam_mpu_permits(&mcu->mpu, address, bytes, CAM_RIGHT_EXECUTE,
                           (state->flags & CAM_FLAG_UNPRIVILEGED) == 0, &at);
}

/** CAM_FLAG_CHECKED. @return whether the core stops before the instruction */
COLD static bool is_denied(cam_mcu_t *mcu, const cam_instruction_t *instruction, uint32_t address,
                           uint32_t bytes) {
    uint32_t end = (address + bytes - 1) >> 5;
    if (end != mcu->executable || end != address >> 5) {
        if (!may_execute(mcu, address, bytes)) {
            stop_before(mcu, CAM_STOP_FETCH_DENIED, address);
            return true;
        }
        mcu->executable = end;
    }
    if (instruction->transfers == 0) return false;
    bool privileged =
        (mcu->state->flags & CAM_FLAG_UNPRIVILEGED) == 0 && instruction->unprivileged == 0;
    return denied(mcu, cam_pipeline_access(&mcu->pipeline, instruction, address),
                  (uint32_t)instruction->transfers << instruction->size, instruction->stores != 0,
                  privileged);
}

/** SP and an aligned PC never make an address unaligned here. */
static void need_words(cam_mcu_t *mcu, uint32_t base) {
    if (base < 13 && (reg(mcu, base) & 3) != 0) stop_before(mcu, CAM_STOP_UNALIGNED, 0);
}

static void need_multiple_of(cam_mcu_t *mcu, uint32_t bytes, uint32_t address) {
    if ((address & (bytes - 1)) != 0) stop_before(mcu, CAM_STOP_UNALIGNED, 0);
}

/** ARMv7-M ARM A5.2.4: loads and stores of 16 bits. */
static void check_single(cam_mcu_t *mcu, uint32_t first) {
    uint32_t base = reg(mcu, first >> 3 & 7);
    if ((first & 0xf000) == 0x5000) {
        static const uint8_t bytes[] = {4, 2, 1, 1, 4, 2, 1, 2};
        need_multiple_of(mcu, bytes[first >> 9 & 7], base + reg(mcu, first >> 6 & 7));
    } else if ((first & 0xf000) == 0x6000)
        need_multiple_of(mcu, 4, base);
    else
        need_multiple_of(mcu, 2, base);
}

/** ARMv7-M ARM A5.3.7 to A5.3.10: loads and stores of 32 bits. */
static void check_single_wide(cam_mcu_t *mcu, uint32_t first, uint32_t second) {
    uint32_t bytes = 1U << (first >> 5 & 3);
    uint32_t base = first & 15;
    if (bytes > 4 || base == 15) return;
    uint32_t address = reg(mcu, base);
    if ((first & 0x80) != 0)
        address += second & 0xfff;
    else if ((second & 0xfc0) == 0)
        address += reg(mcu, second & 15) << (second >> 4 & 3);
    else if ((second & 0x400) != 0 && (second & 0x200) != 0)
        address += second & 0xff;
    else if ((second & 0x400) != 0)
        address -= second & 0xff;
    need_multiple_of(mcu, bytes, address);
}

/** LDRD, STRD, LDREX, STREX; the rest of this space needs no alignment, or that of halfwords. */
static void check_dual(cam_mcu_t *mcu, uint32_t first, uint32_t second) {
    bool indexed = (first & 0x0120) != 0;
    bool exclusive = (first & 0x01e0) == 0x0040;
    bool halfword_exclusive = (first & 0x01e0) == 0x00c0 && (second & 0x00f0) == 0x0050;
    if (indexed || exclusive)
        need_words(mcu, first & 15);
    else if (halfword_exclusive)
        need_multiple_of(mcu, 2, reg(mcu, first & 15));
}

static void check_fp(cam_mcu_t *mcu, uint32_t first, uint32_t second) {
    uint32_t coprocessor = second >> 8 & 15;
    bool fp = coprocessor == 10 || coprocessor == 11;
    if (fp && (mcu->state->flags & CAM_FLAG_FP_OFF) != 0)
        stop_before(mcu, CAM_STOP_NOCP, 0);
    else if (fp && (first & 0xfe00) == 0xec00 && (first & 0x01a0) != 0)
        need_words(mcu, first & 15); // VLDR, VSTR, VLDM, VSTM
}

/** TypeScript looks at CONTROL and FAULTMASK before the next instruction. */
static void change_mode(cam_mcu_t *mcu) {
    mcu->state->mode_changed = 1;
    mcu->state->stop_next = 1;
}

static void check_msr(cam_mcu_t *mcu, uint32_t second) {
    enum { FAULTMASK = 19, CONTROL = 20 };
    if ((second & 0xf000) != 0x8000) return;
    if ((second & 0xff) == CONTROL || (second & 0xff) == FAULTMASK) change_mode(mcu);
    if ((mcu->state->flags & CAM_FLAG_MASKS) != 0) mcu->state->stop_next = 1;
}

static void check_cps(cam_mcu_t *mcu, uint32_t first) {
    if ((first & 1) != 0) change_mode(mcu); // F
    if ((mcu->state->flags & CAM_FLAG_MASKS) != 0) mcu->state->stop_next = 1;
}

static void check_wide(cam_mcu_t *mcu, uint32_t first, uint32_t second) {
    cam_mcu_state_t *state = mcu->state;
    if ((first & 0xfff0) == 0xf380)
        check_msr(mcu, second);
    else if (second == 0x8003)
        stop_with(mcu, CAM_STOP_WFI, 0);
    else if (second == 0x8002)
        stop_with(mcu, CAM_STOP_WFE, 0);
    else if (second == 0x8004)
        state->event = 1;
}

static void check_hint(cam_mcu_t *mcu, uint32_t first) {
    if (first == 0xbf30)
        stop_with(mcu, CAM_STOP_WFI, 0);
    else if (first == 0xbf20)
        stop_with(mcu, CAM_STOP_WFE, 0);
    else if (first == 0xbf40)
        mcu->state->event = 1;
}

static void begin_it_block(cam_mcu_t *mcu, uint32_t address, uint32_t first) {
    uint32_t count = 4;
    while ((first >> (4 - count) & 1) == 0) count--;
    uint32_t end = address + 2;
    for (uint32_t i = 0; i < count; i++) end += halfword(mcu, end) >= 0xe800 ? 4 : 2;
    mcu->it_begin = address + 2;
    mcu->it_end = end;
}

/** With CAM_FLAG_CHECKED it has been looked at before. */
static void check_unprivileged(cam_mcu_t *mcu, uint32_t address, uint32_t first, uint32_t second) {
    cam_instruction_t instruction = cam_instruction_decode(first, second);
    uint32_t from = cam_pipeline_access(&mcu->pipeline, &instruction, address);
    if ((mcu->state->flags & CAM_FLAG_CHECKED) == 0 &&
        denied(mcu, from, 1U << instruction.size, instruction.stores != 0, false))
        return;
    if ((mcu->state->flags & CAM_FLAG_ALIGN) != 0) check_single_wide(mcu, first, second);
}

/** Instructions that are not left to Unicorn alone. */
COLD static void check(cam_mcu_t *mcu, kind_t kind, uint32_t address) {
    cam_mcu_state_t *state = mcu->state;
    uint32_t first = halfword(mcu, address);
    uint32_t second = halfword(mcu, address + 2);
    switch (kind) {
    case KIND_HINT:
        check_hint(mcu, first);
        break;
    case KIND_IT:
        begin_it_block(mcu, address, first);
        break;
    case KIND_CPS:
        check_cps(mcu, first);
        break;
    case KIND_SVC:
        stop_with(mcu, CAM_STOP_SVC, first & 0xff);
        break;
    case KIND_BKPT:
        stop_with(mcu, CAM_STOP_BKPT, first & 0xff);
        break;
    case KIND_WIDE:
        check_wide(mcu, first, second);
        break;
    case KIND_DIVIDE:
        if ((state->flags & CAM_FLAG_DIV_TRAP) != 0 && reg(mcu, second & 15) == 0)
            stop_before(mcu, CAM_STOP_DIVBYZERO, 0);
        break;
    case KIND_MULTIPLE:
        need_words(mcu, first >> 8 & 7);
        break;
    case KIND_MULTIPLE_WIDE:
        need_words(mcu, first & 15);
        break;
    case KIND_DUAL:
        check_dual(mcu, first, second);
        break;
    case KIND_FP:
        check_fp(mcu, first, second);
        break;
    case KIND_SINGLE:
        if ((state->flags & CAM_FLAG_ALIGN) != 0) check_single(mcu, first);
        break;
    case KIND_SINGLE_WIDE:
        if ((state->flags & CAM_FLAG_ALIGN) != 0) check_single_wide(mcu, first, second);
        break;
    case KIND_UNPRIVILEGED:
        check_unprivileged(mcu, address, first, second);
        break;
    case KIND_FETCH_DENIED:
        stop_before(mcu, CAM_STOP_FETCH_DENIED, address);
        break;
    case KIND_PLAIN:
        break;
    }
}

static bool is_watched(const cam_mcu_t *mcu, uint32_t address) {
    uint32_t bit = address / 2 % WATCH_BITS;
    return (mcu->watched[bit / 8] >> (bit % 8) & 1) != 0;
}

static cam_instruction_t decode(const cam_mcu_t *mcu, uint32_t address) {
    uint32_t first = halfword(mcu, address);
    cam_instruction_t instruction = cam_instruction_decode(first, halfword(mcu, address + 2));
    instruction.check = (instruction.unprivileged != 0 ? KIND_UNPRIVILEGED : kind_of(first)) & 15U;
    if (is_watched(mcu, address)) instruction.flags |= CAM_INSTRUCTION_MARKED;
    return instruction;
}

/** Code in RAM, which may have changed, is decoded each time. */
COLD static const cam_instruction_t *instruction_in_ram(cam_mcu_t *mcu, uint32_t address) {
    cam_stores_code_at(&mcu->stores, address);
    mcu->newest_elsewhere ^= 1;
    cam_instruction_t *instruction = &mcu->elsewhere[mcu->newest_elsewhere];
    *instruction = decode(mcu, address);
    uint32_t bytes = (instruction->flags & CAM_INSTRUCTION_WIDE) != 0 ? 4 : 2;
    if (!may_execute(mcu, address, bytes)) instruction->check = KIND_FETCH_DENIED;
    return instruction;
}

COLD static void decode_flash(cam_mcu_t *mcu, cam_instruction_t *instruction, uint32_t address) {
    *instruction = decode(mcu, address);
}

/** Code in flash is decoded once. */
static const cam_instruction_t *instruction_at(cam_mcu_t *mcu, uint32_t address) {
    uint32_t offset = address < FLASH_BASE ? address : address - FLASH_BASE;
    if (offset >= mcu->pipeline.flash_bytes) return instruction_in_ram(mcu, address);
    cam_instruction_t *instruction = &mcu->decoded[offset / 2];
    if ((instruction->flags & CAM_INSTRUCTION_KNOWN) == 0) decode_flash(mcu, instruction, address);
    return instruction;
}

/** @return instructions of the IT block between two addresses; 0 when one is outside: it is a
 * branch */
static uint32_t skipped(const cam_mcu_t *mcu, uint32_t from, uint32_t to) {
    uint32_t count = 0;
    if (from < mcu->it_begin || to > mcu->it_end || from >= to) return 0;
    for (uint32_t at = from; at < to; count++) at += halfword(mcu, at) >= 0xe800 ? 4 : 2;
    return count;
}

/** The next instruction is not the one behind the newest. */
COLD static void jump(cam_mcu_t *mcu, uint32_t address) {
    cam_pipeline_t *pipeline = &mcu->pipeline;
    uint32_t count = skipped(mcu, pipeline->next, address);
    if (mcu->fresh) {
        cam_pipeline_resume(pipeline, address, mcu->state->vector);
        mcu->state->vector = 0;
    } else if (count > 0)
        mcu->state->budget -= (int32_t)cam_pipeline_skip(pipeline, address, count);
    else
        cam_pipeline_branch(pipeline, address);
}

/** Cycles have passed while the core executed nothing: waits of an access, an exception. */
static void pass_spent(cam_mcu_t *mcu) {
    mcu->pipeline.now += mcu->state->spent;
    mcu->state->spent = 0;
}

/** The budget is used up. Unicorn does not stop inside an IT block: its instructions are executed,
 * and counted. */
COLD static bool stops_here(cam_mcu_t *mcu, uint32_t address) {
    if (mcu->held) return true;
    if (in_it_block(mcu, address)) return false;
    if (address >= RAM_BASE) cam_stores_code_at(&mcu->stores, address);
    stop_with(mcu, CAM_STOP_BUDGET, 0);
    return true;
}

/** A watched address is told of once before its instruction is executed. */
COLD static bool is_watched_now(cam_mcu_t *mcu, uint32_t address) {
    cam_mcu_state_t *state = mcu->state;
    if ((state->flags & CAM_FLAG_WATCHED) == 0) return false;
    if (state->skip != address) {
        stop_with(mcu, CAM_STOP_WATCHED, 0);
        return true;
    }
    state->skip = 0xffffffff;
    return false;
}

/** CAM_FLAG_DEBUGGED, before an instruction. */
COLD static void look_for_debugger(cam_mcu_t *mcu, const cam_instruction_t *instruction,
                                   uint32_t address) {
    cam_mcu_state_t *state = mcu->state;
    if (state->instructions == state->last_instruction) state->stop_next = 1;
    if (instruction->transfers == 0 || mcu->held) return;
    uint32_t begin = cam_pipeline_access(&mcu->pipeline, instruction, address);
    uint32_t end = begin + ((uint32_t)instruction->transfers << instruction->size);
    uint32_t kind = instruction->stores != 0 ? CAM_WATCH_WRITES : CAM_WATCH_READS;
    for (uint32_t i = 0; i < CAM_DATA_WATCHES; i++) {
        const cam_data_watch_t *watch = &state->data_watches[i];
        if ((watch->kind & kind) == 0 || begin >= watch->end || end <= watch->begin) continue;
        state->data_hits |= 1U << i;
        state->data_address = begin > watch->begin ? begin : watch->begin;
        state->stop_next = 1;
    }
}

/** Called before every instruction whose condition holds. */
INLINE void before_instruction(uint64_t address64, uint32_t bytes, void *user_data) {
    cam_mcu_t *mcu = user_data;
    cam_mcu_state_t *state = mcu->state;
    uint32_t address = (uint32_t)address64;
    bool cycles = (state->flags & CAM_FLAG_CYCLES) != 0;
    if (cycles && address != mcu->pipeline.next) jump(mcu, address);
    mcu->fresh = false;
    if ((state->budget <= 0 || state->stop_next != 0) && stops_here(mcu, address)) return;
    const cam_instruction_t *instruction = instruction_at(mcu, address);
    if ((instruction->flags & CAM_INSTRUCTION_MARKED) != 0 && is_watched_now(mcu, address)) return;
    state->pc = address;
    state->instruction_bytes = bytes;
    state->instructions++;
    state->budget -=
        cycles ? (int32_t)cam_pipeline_execute(&mcu->pipeline, instruction, address) : 1;
    if ((state->flags & (CAM_FLAG_CHECKED | CAM_FLAG_DEBUGGED)) != 0) {
        if ((state->flags & CAM_FLAG_DEBUGGED) != 0) look_for_debugger(mcu, instruction, address);
        if ((state->flags & CAM_FLAG_CHECKED) != 0 && is_denied(mcu, instruction, address, bytes))
            return;
    }
    if (instruction->check != KIND_PLAIN) check(mcu, (kind_t)instruction->check, address);
}

static void on_instruction(uc_engine *engine, uint64_t address64, uint32_t bytes, void *user_data) {
    (void)engine;
    before_instruction(address64, bytes, user_data);
}

/** In the VM's loop: which fiber runs, and which operation comes. */
COLD static void look_at_vm(cam_mcu_t *mcu, uint32_t address, uint32_t begin) {
    if (address == begin) cam_tally_fiber(mcu->tally, reg(mcu, 0));
    const cam_instruction_t *instruction = instruction_at(mcu, address);
    bool loads_byte = (instruction->flags & CAM_INSTRUCTION_LOADS) != 0 &&
                      instruction->transfers == 1 && instruction->size == 0;
    if (loads_byte)
        cam_tally_loads(mcu->tally, address,
                        cam_pipeline_access(&mcu->pipeline, instruction, address));
}

/** In place of on_instruction when there is a tally. */
static void on_tallied_instruction(uc_engine *engine, uint64_t address64, uint32_t bytes,
                                   void *user_data) {
    cam_mcu_t *mcu = user_data;
    uint32_t instructions = mcu->state->instructions;
    int32_t budget = mcu->state->budget;
    (void)engine;
    before_instruction(address64, bytes, user_data);
    if ((mcu->state->flags & CAM_FLAG_TALLIED) == 0) return;
    uint32_t units = (uint32_t)(budget - mcu->state->budget);
    uint32_t address = (uint32_t)address64;
    bool begun = mcu->state->instructions != instructions;
    if (mcu->runs != NULL) {
        if (!begun) return;
        cam_runs_executed(mcu->runs, address, bytes);
    } else {
        if (!begun) return cam_tally_skipped(mcu->tally, units);
        cam_tally_executed(mcu->tally, address, bytes, units);
    }
    if (cam_tally_in_vm(mcu->tally, address))
        look_at_vm(mcu, address, cam_tally_vm_begin(mcu->tally));
}

static void on_interrupt(uc_engine *engine, uint32_t number, void *user_data) {
    (void)engine;
    stop_with(user_data, CAM_STOP_INTERRUPT, number);
}

/** Whether the MPU denies a load or a store. */
static bool guarded(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, bool writes) {
    uint32_t at;
    return (mcu->state->flags & CAM_FLAG_MPU) != 0 &&
           !cam_mpu_permits(&mcu->mpu, address, bytes, writes ? CAM_RIGHT_WRITE : CAM_RIGHT_READ,
                            (mcu->state->flags & CAM_FLAG_UNPRIVILEGED) == 0, &at);
}

static bool is_flash(uint32_t address) { return address < 0x10000000U; }

/** OTP and the pages beside it: nothing models programming there. */
static bool is_system_memory(uint32_t address) {
    return address >= 0x1fff0000U && address < 0x20000000U;
}

/** Unicorn lets the store happen when the hook accepts it: what was there is kept, TypeScript puts
 * it back. */
static bool note_flash_write(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, uint64_t value) {
    cam_mcu_state_t *state = mcu->state;
    uint32_t at = address < FLASH_BASE ? address + FLASH_BASE : address;
    if (state->flash_write_count == CAM_FLASH_WRITES || bytes > 8) return false;
    cam_flash_write_t *entry = &state->flash_writes[state->flash_write_count++];
    uint64_t old = 0;
    memcpy(&old, mcu->memory + at, bytes);
    *entry = (cam_flash_write_t){
        at, bytes, (uint32_t)value, (uint32_t)(value >> 32), (uint32_t)old, (uint32_t)(old >> 32)};
    state->stop_next = 1;
    return true;
}

static bool on_bad_access(uc_engine *engine, int kind, uint64_t address64, int bytes, int64_t value,
                          void *user_data) {
    cam_mcu_t *mcu = user_data;
    cam_mcu_state_t *state = mcu->state;
    uint32_t address = (uint32_t)address64;
    (void)engine;
    if (mcu->held) return true;
    bool writes = kind == UC_MEM_WRITE_PROT;
    bool fetches = kind == UC_MEM_FETCH_PROT || kind == UC_MEM_FETCH_UNMAPPED;
    state->fault_address = address;
    if (!fetches &&
        guarded(mcu, address, (uint32_t)bytes, writes || kind == UC_MEM_WRITE_UNMAPPED)) {
        state->fault_kind = CAM_ACCESS_DENIED;
        return false;
    }
    if (writes && is_flash(address) &&
        note_flash_write(mcu, address, (uint32_t)bytes, (uint64_t)value))
        return true;
    bool ram = !is_flash(address) && !is_system_memory(address);
    if (ram && (writes || kind == UC_MEM_READ_PROT)) {
        // Unicorn drops an accepted store to a page that lost its write permission.
        if (writes) memcpy(mcu->memory + address, &value, (size_t)bytes);
        return true;
    }
    state->fault_kind = (uint32_t)kind;
    return false;
}

static uint64_t on_read(uc_engine *engine, uint64_t offset, unsigned bytes, void *user_data) {
    const io_range_t *range = user_data;
    (void)engine;
    if (range->mcu->held) return 0;
    uint32_t value = range->mcu->read(range->base + (uint32_t)offset, bytes);
    pass_spent(range->mcu);
    return value;
}

static void on_write(uc_engine *engine, uint64_t offset, unsigned bytes, uint64_t value,
                     void *user_data) {
    const io_range_t *range = user_data;
    (void)engine;
    range->mcu->write(range->base + (uint32_t)offset, bytes, (uint32_t)value);
    pass_spent(range->mcu);
}

static void on_store(uc_engine *engine, int kind, uint64_t address64, int bytes, int64_t value,
                     void *user_data) {
    const cam_mcu_t *mcu = user_data;
    uint32_t address = (uint32_t)address64;
    (void)engine;
    (void)kind;
    if (mcu->held || address >= mcu->stores_end || address + (uint32_t)bytes <= mcu->stores_begin)
        return;
    mcu->stored(address, (uint32_t)bytes, (uint32_t)value);
}

static int add_hook(cam_mcu_t *mcu, int type, void *callback) {
    size_t hook = 0;
    // An end below the begin: every address.
    return uc_hook_add(mcu->engine, &hook, type, callback, mcu, 1, 0);
}

cam_mcu_t *cam_mcu_open(cam_mcu_state_t *state, uint8_t *memory, uint32_t memory_bytes,
                        cam_mcu_read_t read, cam_mcu_write_t write) {
    cam_mcu_t *mcu = calloc(1, sizeof *mcu);
    if (mcu == NULL) return NULL;
    mcu->state = state;
    mcu->memory = memory;
    mcu->memory_bytes = memory_bytes;
    mcu->read = read;
    mcu->write = write;
    mcu->pipeline.register_of = register_of;
    mcu->pipeline.core = mcu;
    cam_mpu_open(&mcu->mpu, &state->mpu);
    mcu->executable = 0xffffffff;
    cam_pipeline_reset(&mcu->pipeline);
    const int bad_accesses = UC_HOOK_MEM_READ_UNMAPPED | UC_HOOK_MEM_WRITE_UNMAPPED |
                             UC_HOOK_MEM_FETCH_UNMAPPED | UC_HOOK_MEM_READ_PROT |
                             UC_HOOK_MEM_WRITE_PROT | UC_HOOK_MEM_FETCH_PROT;
    if (!cam_stores_open(&mcu->stores, memory, memory_bytes) ||
        uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &mcu->engine) != 0 ||
        uc_ctl(mcu->engine, UC_CTL_SET_CPU_MODEL, UC_CPU_ARM_CORTEX_M4) != 0 ||
        add_hook(mcu, UC_HOOK_INTR, (void *)on_interrupt) != 0 ||
        add_hook(mcu, bad_accesses, (void *)on_bad_access) != 0) {
        cam_stores_close(&mcu->stores);
        free(mcu);
        return NULL;
    }
    return mcu;
}

void cam_mcu_close(cam_mcu_t *mcu) {
    uc_close(mcu->engine);
    cam_stores_close(&mcu->stores);
    cam_tally_close(mcu->tally);
    free(mcu->decoded);
    free(mcu);
}

/** Room for what is decoded. @return Unicorn's error */
static int open_flash(cam_mcu_t *mcu, uint32_t bytes) {
    mcu->decoded = calloc(bytes / 2, sizeof *mcu->decoded);
    if (mcu->decoded == NULL) return UC_ERR_NOMEM;
    mcu->pipeline.flash_bytes = bytes;
    return 0;
}

int cam_mcu_map(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, uint32_t from, int writable) {
    // Page by page: changing the protection of part of a region would copy it away from `memory`.
    uint32_t step = writable != 0 ? PAGE_BYTES : bytes;
    for (uint32_t at = 0; at < bytes; at += step) {
        int error = uc_mem_map_ptr(mcu->engine, address + at, step,
                                   writable != 0 ? PROT_RWX : PROT_RX, mcu->memory + from + at);
        if (error != 0) return error;
    }
    if (writable != 0) cam_stores_mark(&mcu->stores, address, bytes, CAM_PAGE_RAM, true);
    return address == FLASH_BASE ? open_flash(mcu, bytes) : 0;
}

int cam_mcu_map_io(cam_mcu_t *mcu, uint32_t address, uint32_t bytes) {
    // Lives as long as the process: a core has a handful of ranges.
    io_range_t *range = malloc(sizeof *range);
    if (range == NULL) return -1;
    *range = (io_range_t){mcu, address};
    return uc_mmio_map(mcu->engine, address, bytes, on_read, range, on_write, range);
}

int cam_mcu_protect(cam_mcu_t *mcu, uint32_t page, int checked) {
    cam_stores_mark(&mcu->stores, page, PAGE_BYTES, CAM_PAGE_GUARDED, checked != 0);
    return uc_mem_protect(mcu->engine, page, PAGE_BYTES, checked != 0 ? 4 : PROT_RWX);
}

void cam_mcu_mpu_changed(cam_mcu_t *mcu) { cam_mpu_changed(&mcu->mpu); }

int cam_mcu_denies(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, int writes, int privileged) {
    uint32_t at;
    return !cam_mpu_permits(&mcu->mpu, address, bytes,
                            writes != 0 ? CAM_RIGHT_WRITE : CAM_RIGHT_READ, privileged != 0, &at);
}

void cam_mcu_set_flash_acr(cam_mcu_t *mcu, uint32_t acr) {
    cam_flash_set_acr(&mcu->pipeline.flash, acr);
}

void cam_mcu_reset_cycles(cam_mcu_t *mcu) { cam_pipeline_reset(&mcu->pipeline); }

/** The halfword before may begin an instruction that ends in them. */
static void forget_decoded(cam_mcu_t *mcu, uint32_t address, uint32_t bytes) {
    uint32_t halfwords = mcu->pipeline.flash_bytes / 2;
    if (address < FLASH_BASE) address += FLASH_BASE;
    if (address - FLASH_BASE >= mcu->pipeline.flash_bytes) return;
    uint32_t begin = (address - FLASH_BASE) / 2;
    uint32_t end = begin + (bytes + 3) / 2;
    if (begin > 0) begin--;
    for (uint32_t at = begin; at < end && at < halfwords; at++) mcu->decoded[at].flags = 0;
}

void cam_mcu_watch(cam_mcu_t *mcu, uint32_t address, int on) {
    uint32_t bit = address / 2 % WATCH_BITS;
    uint8_t mask = (uint8_t)(1U << (bit % 8));
    if (on != 0)
        mcu->watched[bit / 8] |= mask;
    else
        mcu->watched[bit / 8] &= (uint8_t)~mask;
    forget_decoded(mcu, address, 2);
}

void cam_mcu_changed(cam_mcu_t *mcu, uint32_t address, uint32_t bytes) {
    uc_ctl(mcu->engine, UC_CTL_REMOVE_CACHE, (uint64_t)address, (uint64_t)address + bytes);
    forget_decoded(mcu, address, bytes);
}

/** The one hook that runs before every instruction: with a tally another one. @return Unicorn's
 * error */
static int add_instruction_hook(cam_mcu_t *mcu) {
    mcu->hooked = true;
    return add_hook(mcu, UC_HOOK_CODE,
                    mcu->tally == NULL ? (void *)on_instruction : (void *)on_tallied_instruction);
}

void cam_mcu_run(cam_mcu_t *mcu) {
    cam_mcu_state_t *state = mcu->state;
    state->stop = CAM_STOP_UNTIL;
    state->stop_next = 0;
    mcu->fresh = true;
    pass_spent(mcu);
    if (!mcu->registers_checked && mcu->stores.cpu != NULL) check_registers(mcu);
    uint32_t pc = reg(mcu, 15);
    if (pc >= RAM_BASE) cam_stores_code_at(&mcu->stores, pc);
    // The rights may be others now.
    mcu->executable = 0xffffffff;
    cam_stores_t *before = cam_stores_run(&mcu->stores);
    int error = mcu->hooked ? 0 : add_instruction_hook(mcu);
    if (error == 0) error = uc_emu_start(mcu->engine, pc | 1, CAM_RETURN_ADDRESS, 0, 0);
    cam_stores_run(before);
    if (mcu->held)
        release(mcu);
    else if (error != 0) {
        state->stop = CAM_STOP_ERROR;
        state->detail = (uint32_t)error;
    }
}

static const int core_registers[] = {
    UC_ARM_REG_R0,      UC_ARM_REG_R0 + 1,  UC_ARM_REG_R0 + 2,   UC_ARM_REG_R0 + 3,
    UC_ARM_REG_R0 + 4,  UC_ARM_REG_R0 + 5,  UC_ARM_REG_R0 + 6,   UC_ARM_REG_R0 + 7,
    UC_ARM_REG_R0 + 8,  UC_ARM_REG_R0 + 9,  UC_ARM_REG_R0 + 10,  UC_ARM_REG_R0 + 11,
    UC_ARM_REG_R0 + 12, UC_ARM_REG_SP,      UC_ARM_REG_LR,       UC_ARM_REG_PC,
    UC_ARM_REG_XPSR,    UC_ARM_REG_MSP,     UC_ARM_REG_PSP,      UC_ARM_REG_CONTROL,
    UC_ARM_REG_PRIMASK, UC_ARM_REG_BASEPRI, UC_ARM_REG_FAULTMASK};

enum { CORE_XPSR = 16, CORE_MSP, CORE_PSP, CORE_CONTROL, CORE_PRIMASK, CORE_COUNT = 23 };

#define CONTROL_NPRIV (1U << 0)

/** Any handler: Unicorn keeps special registers from an unprivileged thread, and so from us. */
static const uint32_t some_handler = 3;

static void read_registers(cam_mcu_t *mcu, size_t from, size_t end) {
    for (size_t i = from; i < end; i++)
        uc_reg_read(mcu->engine, core_registers[i], &mcu->state->core[i]);
}

void cam_mcu_load(cam_mcu_t *mcu) {
    const uint32_t *core = mcu->state->core;
    read_registers(mcu, 0, CORE_COUNT);
    bool thread = (core[CORE_XPSR] & 0x1ff) == 0;
    if (!thread || (core[CORE_CONTROL] & CONTROL_NPRIV) == 0) return;
    const uint32_t no_handler = 0;
    uc_reg_write(mcu->engine, UC_ARM_REG_IPSR, &some_handler);
    read_registers(mcu, CORE_MSP, CORE_COUNT);
    uc_reg_write(mcu->engine, UC_ARM_REG_IPSR, &no_handler);
}

void cam_mcu_store(cam_mcu_t *mcu) {
    uc_engine *engine = mcu->engine;
    const uint32_t *core = mcu->state->core;
    uint32_t thread = 0;
    uint32_t exception = core[CORE_XPSR] & 0x1ff;
    uint32_t privileged = core[CORE_CONTROL] & ~CONTROL_NPRIV;
    uc_reg_write(engine, UC_ARM_REG_IPSR, &some_handler);
    uc_reg_write(engine, UC_ARM_REG_CONTROL, &privileged);
    // CONTROL.SPSEL can only be written in thread mode, and decides which SP the two stack pointers
    // are.
    uc_reg_write(engine, UC_ARM_REG_IPSR, &thread);
    uc_reg_write(engine, UC_ARM_REG_CONTROL, &privileged);
    uc_reg_write(engine, UC_ARM_REG_MSP, &core[CORE_MSP]);
    uc_reg_write(engine, UC_ARM_REG_PSP, &core[CORE_PSP]);
    uc_reg_write(engine, UC_ARM_REG_XPSR, &core[CORE_XPSR]);
    uc_reg_write(engine, UC_ARM_REG_IPSR, &exception);
    for (size_t i = 0; i < 13; i++) uc_reg_write(engine, core_registers[i], &core[i]);
    uc_reg_write(engine, UC_ARM_REG_LR, &core[14]);
    uc_reg_write(engine, UC_ARM_REG_PC, &core[15]);
    for (size_t i = CORE_PRIMASK; i < CORE_PRIMASK + 3; i++)
        uc_reg_write(engine, core_registers[i], &core[i]);
    if (privileged != core[CORE_CONTROL])
        uc_reg_write(engine, UC_ARM_REG_CONTROL, &core[CORE_CONTROL]);
}

void cam_mcu_load_fp(cam_mcu_t *mcu) {
    for (int i = 0; i < 16; i++) uc_reg_read(mcu->engine, UC_ARM_REG_S0 + i, &mcu->state->fp[i]);
    uc_reg_read(mcu->engine, UC_ARM_REG_FPSCR, &mcu->state->fp[16]);
}

void cam_mcu_high_fp(cam_mcu_t *mcu, uint32_t *words, int write) {
    for (int i = 0; i < 16; i++)
        if (write != 0)
            uc_reg_write(mcu->engine, UC_ARM_REG_S0 + 16 + i, &words[i]);
        else
            uc_reg_read(mcu->engine, UC_ARM_REG_S0 + 16 + i, &words[i]);
}

void cam_mcu_store_fp(cam_mcu_t *mcu) {
    for (int i = 0; i < 16; i++) uc_reg_write(mcu->engine, UC_ARM_REG_S0 + i, &mcu->state->fp[i]);
    uc_reg_write(mcu->engine, UC_ARM_REG_FPSCR, &mcu->state->fp[16]);
}

int cam_mcu_tally(cam_mcu_t *mcu, const cam_tally_function_t *functions, uint32_t function_count) {
    mcu->tally = cam_tally_open(mcu->memory, mcu->memory_bytes, functions, function_count);
    if (mcu->tally == NULL) return false;
    mcu->runs = cam_tally_runs(mcu->tally);
    return true;
}

int cam_mcu_tally_vm(cam_mcu_t *mcu, const cam_tally_vm_t *vm, const uint16_t *places) {
    return cam_tally_set_vm(mcu->tally, *vm, places);
}

void cam_mcu_tally_passed(cam_mcu_t *mcu, uint32_t cycles, int entry) {
    if (entry != 0)
        cam_tally_entry_passed(mcu->tally, cycles);
    else
        cam_tally_passed(mcu->tally, cycles);
}

void cam_mcu_tally_exceptions(cam_mcu_t *mcu, uint32_t depth, uint32_t exception) {
    cam_tally_exceptions(mcu->tally, depth, exception);
}

void cam_mcu_tally_reset(cam_mcu_t *mcu) { cam_tally_reset(mcu->tally); }

uint32_t cam_mcu_tally_nodes(cam_mcu_t *mcu, cam_tally_node_t *nodes, uint32_t room) {
    const cam_tally_node_t *all;
    uint32_t count = cam_tally_nodes(mcu->tally, &all);
    memcpy(nodes, all, (count < room ? count : room) * sizeof *all);
    return count;
}

void cam_mcu_tally_counts(cam_mcu_t *mcu, uint32_t address, uint32_t halfwords, uint32_t *counts) {
    cam_tally_counts(mcu->tally, address, halfwords, counts);
}

void cam_mcu_tally_operations(cam_mcu_t *mcu, uint32_t *counts, uint32_t bytes) {
    uint32_t known;
    const uint32_t *all = cam_tally_operations(mcu->tally, &known);
    if (all != NULL) memcpy(counts, all, (known < bytes ? known : bytes) * sizeof *all);
}

/** The widest store is that of a double word: Unicorn looks at where one begins. */
#define STORE_REACH 7U

int cam_mcu_watch_stores(cam_mcu_t *mcu, uint32_t address, uint32_t bytes, cam_mcu_write_t stored) {
    size_t hook = 0;
    mcu->stored = stored;
    mcu->stores_begin = address;
    mcu->stores_end = address + bytes;
    uint32_t page = address & ~(PAGE_BYTES - 1);
    cam_stores_mark(&mcu->stores, page, mcu->stores_end - page, CAM_PAGE_WATCHED, true);
    return uc_hook_add(mcu->engine, &hook, UC_HOOK_MEM_WRITE, (void *)on_store, mcu,
                       (uint64_t)address - STORE_REACH, (uint64_t)address + bytes - 1);
}
