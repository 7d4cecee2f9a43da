// SPDX-License-Identifier: MIT
// The crash record and the fault handler (ARMv7-M B1.5).
#include "crash.h"

#include <stddef.h>

#include "board.h"
#include "core_regs.h"
#include "crc32.h"
#include "mmio.h"
#include "port.h"
#include "sensor_fault.h"
#include "vm_memory.h"

#define NOINIT __attribute__((section(".noinit")))

enum {
    NOTE_MAGIC = 0x4e4f5445,
    FRAME_BYTES = 32, // R0 to R3, R12, LR, PC, xPSR
    // A program's first second is that of the fastest chip: at HSI's 16 MHz all takes longer.
    FIRST_SECOND_HCLK_MHZ = 180,
    FIRST_MINUTE_US = 60000000,
    // The VM itself waits 5 s before it starts a program again that has panicked.
    PAUSE_US = 5000000,
    PAUSE_MAX_US = 60000000,
    PAUSE_DOUBLED_MAX = 4, // 80 s would be more than the longest
};

/** What was true at the last turn of the main loop. No CRC, it is written too often: a pair that
 * agrees is enough for what a watchdog reset reports. */
typedef struct {
    uint32_t magic;
    cam_activity_t activity;
    uint32_t slot_address;
    uint32_t slot_sequence;
    uint32_t program_us;
    bool sensor_fault;
    bool tick_stopped;
} note_t;

typedef struct {
    uint32_t slot_address;
    uint32_t slot_sequence;
    cam_failures_t failures;
} count_t;

/** Of a program's life. */
typedef enum {
    NOT_WATCHED, // it does not run, or has outlived its first minute
    FIRST_SECOND,
    FIRST_MINUTE,
} stage_t;

NOINIT static struct {
    cam_crash_t crash;
    uint32_t crc;
} record;
NOINIT static struct {
    count_t count;
    uint32_t crc;
} counted;
NOINIT static struct {
    uint32_t count;
    uint32_t crc;
} ends;
NOINIT static note_t note;

static uint32_t started_us; // of the program, by cam_port_now_us
static stage_t stage;

extern uint8_t cam_native_stack[];
extern uint8_t cam_native_stack_end[];
extern uint8_t cam_vm_stack_guard[];
extern uint8_t vm_stack_end[];

static bool in_first_second(uint32_t program_us) {
    return program_us < FIRST_SECOND_HCLK_MHZ * 1000000u / (cam_board.hclk_hz / 1000000u);
}

static uint32_t crc_of(const void *bytes, uint32_t count) {
    // A record of zeros would have the CRC of zeros: the start value makes that different from 0.
    return cam_crc32((const uint8_t *)bytes, count);
}

static count_t current_count(uint32_t slot_address, uint32_t slot_sequence) {
    const bool valid = counted.crc == crc_of(&counted.count, sizeof counted.count);
    if (valid && counted.count.slot_address == slot_address &&
        counted.count.slot_sequence == slot_sequence)
        return counted.count;
    return (count_t){slot_address, slot_sequence, {0, 0}};
}

static void store_count(count_t count) {
    counted.count = count;
    counted.crc = crc_of(&counted.count, sizeof counted.count);
}

void cam_crash_count_end(void) {
    ends.count++;
    ends.crc = crc_of(&ends.count, sizeof ends.count);
}

uint32_t cam_crash_ends(void) { return ends.count; }

bool cam_crash_take(bool watchdog, cam_crash_t *crash) {
    const bool valid =
        record.crash.cause != 0 && record.crc == crc_of(&record.crash, sizeof record.crash);
    if (ends.crc != crc_of(&ends.count, sizeof ends.count)) ends.count = 0;
    if (valid || watchdog) cam_crash_count_end();
    if (valid) {
        *crash = record.crash;
    } else if (watchdog && note.magic == NOTE_MAGIC) {
        *crash = (cam_crash_t){
            .cause = CAM_PROGRAM_WATCHDOG,
            .activity = note.activity,
            .slot_address = note.slot_address,
            .slot_sequence = note.slot_sequence,
            .program_us = note.program_us,
            .sensor_fault = note.sensor_fault,
            // Asleep, with nothing else to wake it, it could not note that.
            .tick_stopped = note.tick_stopped || note.activity == CAM_ACTIVITY_SLEEP,
        };
    } else if (watchdog) {
        *crash = (cam_crash_t){.cause = CAM_PROGRAM_WATCHDOG};
    }
    record.crc = ~record.crc;
    note = (note_t){.magic = NOTE_MAGIC, .activity = CAM_ACTIVITY_BOOT};
    return valid || watchdog;
}

void cam_crash_program_starts(const cam_program_slot_t *slot) {
    note.slot_address = slot->address;
    note.slot_sequence = slot->sequence;
    note.program_us = 0;
    note.sensor_fault = false;
    cam_sensor_fault_watch();
    started_us = cam_port_now_us();
    stage = FIRST_SECOND;
}

/** It outlived its first second, or its first minute. */
static void outlived(void) {
    count_t count = current_count(note.slot_address, note.slot_sequence);
    count.failures.in_first_second = 0;
    if (stage == FIRST_MINUTE) count.failures.in_first_minute = 0;
    store_count(count);
    if (stage == FIRST_MINUTE) note.program_us = UINT32_MAX;
    stage = stage == FIRST_SECOND ? FIRST_MINUTE : NOT_WATCHED;
}

void cam_crash_note(cam_activity_t activity) {
    note.activity = activity;
    // After the first second once in a turn of the main loop is enough.
    if (stage == NOT_WATCHED || (stage == FIRST_MINUTE && activity != CAM_ACTIVITY_CAMERA)) return;
    note.program_us = cam_port_now_us() - started_us;
    note.sensor_fault = cam_sensor_fault();
    if (stage == FIRST_SECOND ? !in_first_second(note.program_us)
                              : note.program_us >= FIRST_MINUTE_US)
        outlived();
}

void cam_crash_note_tick_stopped(void) { note.tick_stopped = true; }

static const cam_failures_t NONE = {0, 0};

static cam_failures_t count_one(const cam_program_slot_t *slot, stage_t when,
                                cam_program_fault_t fault, bool sensor_fault) {
    if (when == NOT_WATCHED || sensor_fault) return NONE;
    if (when == FIRST_MINUTE && fault == CAM_PROGRAM_RESTART) return NONE;
    count_t count = current_count(slot->address, slot->sequence);
    if (when == FIRST_SECOND) count.failures.in_first_second++;
    count.failures.in_first_minute++;
    store_count(count);
    return count.failures;
}

static stage_t stage_at(uint32_t program_us) {
    if (in_first_second(program_us)) return FIRST_SECOND;
    return program_us < FIRST_MINUTE_US ? FIRST_MINUTE : NOT_WATCHED;
}

cam_failures_t cam_crash_count(const cam_program_slot_t *slot, const cam_crash_t *crash) {
    if (crash->slot_address != slot->address || crash->slot_sequence != slot->sequence) return NONE;
    if (crash->cause == CAM_PROGRAM_VERIFICATION)
        return (cam_failures_t){CAM_FIRST_SECOND_MAX, CAM_FIRST_SECOND_MAX};
    // It was counted when it happened: the reset came only to change the program.
    if (crash->code != 0) return current_count(slot->address, slot->sequence).failures;
    return count_one(slot, stage_at(crash->program_us), crash->cause, crash->sensor_fault);
}

cam_failures_t cam_crash_count_panic(const cam_program_slot_t *slot, cam_program_fault_t fault) {
    const stage_t when = stage;
    // Until the VM starts it again nothing is the program's doing.
    stage = NOT_WATCHED;
    note.program_us = UINT32_MAX;
    return count_one(slot, when, fault, cam_sensor_fault());
}

bool cam_crash_gives_way(cam_failures_t failures) {
    return failures.in_first_second >= CAM_FIRST_SECOND_MAX ||
           failures.in_first_minute >= CAM_FIRST_MINUTE_MAX;
}

uint32_t cam_crash_pause_us(cam_failures_t failures) {
    if (failures.in_first_minute < CAM_FIRST_MINUTE_MAX) return PAUSE_US;
    const uint32_t doubled = failures.in_first_minute - CAM_FIRST_MINUTE_MAX;
    return doubled >= PAUSE_DOUBLED_MAX ? PAUSE_MAX_US : (uint32_t)PAUSE_US << doubled;
}

_Noreturn void cam_crash_reset(void) {
    __asm__ volatile("dsb" : : : "memory");
    mmio_write32(SCB_AIRCR, SCB_AIRCR_VECTKEY | SCB_AIRCR_SYSRESETREQ);
    __asm__ volatile("dsb" : : : "memory");
    for (;;) {
    }
}

static _Noreturn void finish(cam_crash_t *crash) {
    crash->activity = note.activity;
    crash->slot_address = note.slot_address;
    crash->slot_sequence = note.slot_sequence;
    crash->program_us = stage == NOT_WATCHED ? UINT32_MAX : cam_port_now_us() - started_us;
    crash->sensor_fault = cam_sensor_fault();
    record.crc = crc_of(&record.crash, sizeof record.crash);
    cam_crash_reset();
}

static void clear_record(void) {
    volatile uint8_t *bytes = (volatile uint8_t *)&record;
    for (size_t i = 0; i < sizeof record; i++) bytes[i] = 0;
}

_Noreturn void cam_crash_stop(cam_program_fault_t cause, uint32_t code, const char *text) {
    (void)mmio_irq_save();
    clear_record();
    cam_crash_t *crash = &record.crash;
    crash->cause = cause;
    crash->code = code;
    for (uint32_t i = 0; text != NULL && text[i] != 0 && i + 1u < CAM_CRASH_TEXT_BYTES; i++)
        crash->text[i] = text[i];
    finish(crash);
}

/** The frame that the core pushed, when it lies in a stack: after an overflow it does not. */
static bool readable(uint32_t sp) {
    if ((sp & 3u) == 0 && cam_vm_may_write(sp, FRAME_BYTES)) return true;
    const uint32_t low = (uint32_t)(uintptr_t)cam_native_stack;
    const uint32_t high = (uint32_t)(uintptr_t)cam_native_stack_end;
    return (sp & 3u) == 0 && sp >= low + CAM_STACK_GUARD_BYTES && sp <= high - FRAME_BYTES;
}

static bool within_guard(uint32_t address, const uint8_t *guard) {
    return address - (uint32_t)(uintptr_t)guard < CAM_STACK_GUARD_BYTES;
}

/** A fault of the core: a stack that ran into its guard, or, with what an interrupt pushes, past
 * it; or something else. */
static cam_program_fault_t cause_of(const cam_crash_t *crash) {
    const bool guarded =
        (crash->cfsr & SCB_CFSR_MMARVALID) != 0 && (within_guard(crash->mmfar, cam_native_stack) ||
                                                    within_guard(crash->mmfar, cam_vm_stack_guard));
    const bool not_stacked = (crash->cfsr & (SCB_CFSR_MSTKERR | SCB_CFSR_STKERR)) != 0;
    return guarded || not_stacked ? CAM_PROGRAM_STACK_OVERFLOW : CAM_PROGRAM_HARD_FAULT;
}

__attribute__((used)) _Noreturn static void fault(uint32_t sp, uint32_t exc_return) {
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    (void)mmio_irq_save();
    clear_record();
    cam_crash_t *crash = &record.crash;
    crash->exception = ipsr;
    crash->exc_return = exc_return;
    crash->sp = sp;
    crash->cfsr = mmio_read32(SCB_CFSR);
    crash->hfsr = mmio_read32(SCB_HFSR);
    crash->mmfar = mmio_read32(SCB_MMFAR);
    crash->bfar = mmio_read32(SCB_BFAR);
    crash->cause = cause_of(crash);
    if (readable(sp)) {
        const uint32_t *frame = (const uint32_t *)(uintptr_t)sp;
        crash->r0 = frame[0];
        crash->r1 = frame[1];
        crash->r2 = frame[2];
        crash->r3 = frame[3];
        crash->r12 = frame[4];
        crash->lr = frame[5];
        crash->pc = frame[6];
        crash->xpsr = frame[7];
    }
    finish(crash);
}

/** The native stack may be what is broken: the handler runs on the VM's, which nobody needs any
 * more. */
__attribute__((naked)) void cam_crash_entry(void) {
    __asm__ volatile("mrs r0, msp\n\t"
                     "mov r1, lr\n\t"
                     "tst r1, #4\n\t" // EXC_RETURN: was PSP in use?
                     "it ne\n\t"
                     "mrsne r0, psp\n\t"
                     "ldr r2, =vm_stack_end\n\t"
                     "msr msp, r2\n\t"
                     "b %0"
                     :
                     : "i"(fault));
}

const char *cam_crash_activity_text(cam_activity_t activity) {
    switch (activity) {
    case CAM_ACTIVITY_CAMERA:
        return "the camera's turn";
    case CAM_ACTIVITY_VM:
        return "the VM's turn";
    case CAM_ACTIVITY_LINK:
        return "the link's turn";
    case CAM_ACTIVITY_SLEEP:
        return "sleep";
    default:
        return "boot";
    }
}

const char *cam_crash_exception_text(uint32_t exception) {
    switch (exception) {
    case 2:
        return "NMI";
    case 3:
        return "HardFault";
    case 4:
        return "MemManage";
    case 5:
        return "BusFault";
    case 6:
        return "UsageFault";
    default:
        return "interrupt without a handler";
    }
}
