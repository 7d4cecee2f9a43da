// SPDX-License-Identifier: MIT
// The crash record and the fault handler (ARMv7-M B1.5).
#include "crash.h"

#include <stddef.h>

#include "core_regs.h"
#include "crc32.h"
#include "mmio.h"
#include "port.h"

#define NOINIT __attribute__((section(".noinit")))

enum {
    NOTE_MAGIC = 0x4e4f5445,
    FIRST_INTERRUPT = 16,
    FRAME_BYTES = 32, // R0 to R3, R12, LR, PC, xPSR
};

/** What was true at the last turn of the main loop. No CRC, it is written too often: a pair that
 * agrees is enough for what a watchdog reset reports. */
typedef struct {
    uint32_t magic;
    cam_activity_t activity;
    uint32_t slot_address;
    uint32_t slot_sequence;
    uint32_t program_us;
} note_t;

typedef struct {
    uint32_t slot_address;
    uint32_t slot_sequence;
    uint32_t crashes;
} count_t;

NOINIT static struct {
    cam_crash_t crash;
    uint32_t crc;
} record;
NOINIT static struct {
    count_t count;
    uint32_t crc;
} counted;
NOINIT static note_t note;

static uint32_t started_us; // of the program, by cam_port_now_us
static bool counting;       // it runs for less than ten seconds

extern uint8_t cam_native_stack[];
extern uint8_t cam_native_stack_end[];
extern uint8_t vm_stack_end[];

static uint32_t crc_of(const void *bytes, uint32_t count) {
    // A record of zeros would have the CRC of zeros: the start value makes that different from 0.
    return cam_crc32((const uint8_t *)bytes, count);
}

static count_t current_count(uint32_t slot_address, uint32_t slot_sequence) {
    const bool valid = counted.crc == crc_of(&counted.count, sizeof counted.count);
    if (valid && counted.count.slot_address == slot_address &&
        counted.count.slot_sequence == slot_sequence)
        return counted.count;
    return (count_t){slot_address, slot_sequence, 0};
}

static void store_count(count_t count) {
    counted.count = count;
    counted.crc = crc_of(&counted.count, sizeof counted.count);
}

bool cam_crash_take(bool watchdog, cam_crash_t *crash) {
    const bool valid =
        record.crash.reason != 0 && record.crc == crc_of(&record.crash, sizeof record.crash);
    if (valid) {
        *crash = record.crash;
    } else if (watchdog && note.magic == NOTE_MAGIC) {
        *crash = (cam_crash_t){
            .reason = CAM_CRASH_WATCHDOG,
            .activity = note.activity,
            .slot_address = note.slot_address,
            .slot_sequence = note.slot_sequence,
            .program_us = note.program_us,
        };
    } else if (watchdog) {
        *crash = (cam_crash_t){.reason = CAM_CRASH_WATCHDOG};
    }
    record.crc = ~record.crc;
    note = (note_t){.magic = NOTE_MAGIC, .activity = CAM_ACTIVITY_BOOT};
    return valid || watchdog;
}

void cam_crash_program_starts(const cam_program_slot_t *slot) {
    note.slot_address = slot->address;
    note.slot_sequence = slot->sequence;
    note.program_us = 0;
    started_us = cam_port_now_us();
    counting = true;
}

void cam_crash_note(cam_activity_t activity) {
    note.activity = activity;
    if (!counting) return;
    note.program_us = cam_port_now_us() - started_us;
    if (note.program_us < CAM_CRASH_FIRST_US) return;
    counting = false;
    note.program_us = UINT32_MAX;
    store_count((count_t){note.slot_address, note.slot_sequence, 0});
}

static uint32_t count_one(const cam_program_slot_t *slot) {
    count_t count = current_count(slot->address, slot->sequence);
    count.crashes++;
    store_count(count);
    return count.crashes;
}

uint32_t cam_crash_count(const cam_program_slot_t *slot, const cam_crash_t *crash) {
    if (crash->slot_address != slot->address || crash->slot_sequence != slot->sequence ||
        crash->program_us >= CAM_CRASH_FIRST_US)
        return 0;
    // It was counted when it happened: the reset came only to change the program.
    if (crash->reason == CAM_CRASH_PANIC)
        return current_count(slot->address, slot->sequence).crashes;
    return count_one(slot);
}

uint32_t cam_crash_count_panic(const cam_program_slot_t *slot) {
    const bool first_seconds = counting;
    // The VM starts the program again.
    started_us = cam_port_now_us();
    counting = true;
    return first_seconds ? count_one(slot) : 0;
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
    crash->program_us = counting ? cam_port_now_us() - started_us : UINT32_MAX;
    record.crc = crc_of(&record.crash, sizeof record.crash);
    cam_crash_reset();
}

static void clear_record(void) {
    volatile uint8_t *bytes = (volatile uint8_t *)&record;
    for (size_t i = 0; i < sizeof record; i++) bytes[i] = 0;
}

_Noreturn void cam_crash_stop(cam_crash_reason_t reason, uint32_t code, const char *text) {
    (void)mmio_irq_save();
    clear_record();
    cam_crash_t *crash = &record.crash;
    crash->reason = reason;
    crash->code = code;
    for (uint32_t i = 0; text != NULL && text[i] != 0 && i + 1u < CAM_CRASH_TEXT_BYTES; i++)
        crash->text[i] = text[i];
    finish(crash);
}

/** The frame that the core pushed, when it lies in the stack: after an overflow it does not. */
static bool readable(uint32_t sp) {
    const uint32_t low = (uint32_t)(uintptr_t)cam_native_stack;
    const uint32_t high = (uint32_t)(uintptr_t)cam_native_stack_end;
    return (sp & 3u) == 0 && sp >= low + CAM_STACK_GUARD_BYTES && sp <= high - FRAME_BYTES;
}

__attribute__((used)) _Noreturn static void fault(uint32_t sp, uint32_t exc_return) {
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    (void)mmio_irq_save();
    clear_record();
    cam_crash_t *crash = &record.crash;
    crash->exception = ipsr;
    crash->reason = ipsr < FIRST_INTERRUPT ? CAM_CRASH_FAULT : CAM_CRASH_INTERRUPT;
    crash->exc_return = exc_return;
    crash->sp = sp;
    crash->cfsr = mmio_read32(SCB_CFSR);
    crash->hfsr = mmio_read32(SCB_HFSR);
    crash->mmfar = mmio_read32(SCB_MMFAR);
    crash->bfar = mmio_read32(SCB_BFAR);
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
                     "ldr r2, =vm_stack_end\n\t"
                     "msr msp, r2\n\t"
                     "b %0"
                     :
                     : "i"(fault));
}

const char *cam_crash_reason_text(cam_crash_reason_t reason) {
    switch (reason) {
    case CAM_CRASH_FAULT:
        return "fault";
    case CAM_CRASH_INTERRUPT:
        return "interrupt without a handler";
    case CAM_CRASH_VM:
        return "the VM stopped";
    case CAM_CRASH_PANIC:
        return "the program panicked";
    default:
        return "watchdog";
    }
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
    case 0:
        return "thread";
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
        return "exception";
    }
}
