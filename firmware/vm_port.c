// SPDX-License-Identifier: MIT
// What the VM, behind its gate, and the native code ask of the board (vm_port.h, native/port.h).
#include "vm_port.h"

#include "address_name.h"
#include "cam.h"
#include "crash.h"
#include "gate.h"
#include "kernel_run.h"
#include "link.h"
#include "main_loop.h"
#include "port.h"
#include "program_fault.h"
#include "sensor_fault.h"
#include "slots.h"
#include "text.h"
#include "time_base.h"
#include "vm_memory.h"

// ds.restart(); the VM tells its host 0.
enum { PANIC_RESTART = 60000 };

enum { PLACE_NAME_BYTES = 40 };

static uint32_t random_state;

void cam_vm_log(vm_log_t kind, const char *line) {
    cam_link_log(kind == VM_LOG_CONSOLE ? CAM_LINK_LOG_CONSOLE : CAM_LINK_LOG_VM, line);
}

void cam_vm_send(const uint8_t *frame) { cam_link_send_jacdac(frame); }

/** For Jacdac's back-off and a program's Math.random, not for secrets: the moment of the call stirs
 * a xorshift generator (Marsaglia 2003). */
void cam_vm_random(uint8_t *out, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++) {
        uint32_t x = random_state + cam_port_now_us();
        if (x == 0) x = 1;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        random_state = x;
        out[i] = (uint8_t)(x >> 24);
    }
}

int32_t cam_vm_i2c(const vm_i2c_t *transfer) {
    return (int32_t)cam_bus_transfer(transfer->address, transfer->write, transfer->write_bytes,
                                     transfer->read, transfer->read_bytes);
}

static void say_ended(cam_program_fault_t fault, uint32_t code, cam_failures_t failures) {
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "the program ended: ");
    cam_text_add(&line, cam_program_fault_name(fault));
    if (code != 0 && fault != CAM_PROGRAM_RESTART) {
        cam_text_add(&line, " (panic ");
        cam_text_add_decimal(&line, code);
        cam_text_add(&line, cam_sensor_fault() ? "), maybe by its sensor" : ")");
    }
    cam_text_add(&line, "; it starts again");
    const bool first_second = failures.in_first_second > 0;
    if (failures.in_first_minute > 0) {
        cam_text_add(&line, first_second ? "; failures in its first second: "
                                         : "; failures in its first minute: ");
        cam_text_add_decimal(&line,
                             first_second ? failures.in_first_second : failures.in_first_minute);
    }
    cam_link_log(CAM_LINK_LOG_FIRMWARE, line.text);
}

void cam_vm_program_starts(void) {
    cam_kernels_program_starts();
    const cam_program_slot_t *slot = cam_slots_running();
    if (slot != 0) cam_crash_program_starts(slot);
}

/** @param text for the record, when another program takes its place; 0: none */
static void program_ended(cam_program_fault_t fault, uint32_t code, const char *text) {
    // First: a capture that had no frame is known by its end.
    cam_program_ended(fault);
    cam_crash_count_end();
    const cam_program_slot_t *slot = cam_slots_running();
    cam_failures_t failures = {0, 0};
    if (slot != 0) failures = cam_crash_count_panic(slot, fault);
    say_ended(fault, code, failures);
    if (!cam_crash_gives_way(failures)) return;
    cam_program_slot_t other;
    // Without another program this one is tried for ever, in the end less and less often: the boot
    // waits.
    if (cam_slots_check(slot->index ^ 1u, &other) == CAM_PROGRAM_SLOT_VALID ||
        failures.in_first_minute >= CAM_FIRST_MINUTE_MAX)
        cam_crash_stop(fault, code, text);
}

void cam_vm_panicked(uint32_t code) {
    if (code == 0) code = PANIC_RESTART;
    program_ended(cam_program_fault_of_panic(code), code, 0);
}

/** " from onFrame_F12 (pc:22)", when the VM can tell. */
static void add_place(cam_text_t *line) {
    vm_place_t place;
    if (!cam_gate_vm_place(&place)) return;
    cam_text_add(line, " from ");
    for (uint32_t i = 0; i < PLACE_NAME_BYTES; i++) {
        const char *at = place.name + i;
        if (!cam_vm_may_read((uint32_t)(uintptr_t)at, 1) || *at == 0) break;
        const char one[2] = {*at, 0};
        cam_text_add(line, one);
    }
    cam_text_add(line, "_F");
    cam_text_add_decimal(line, place.function);
    cam_text_add(line, " (pc:");
    cam_text_add_decimal(line, place.pc);
    cam_text_add(line, ")");
}

/** "wrote 0x50050000 (DCMI_CR) from onFrame_F12 (pc:22), machine code at 0x08012345" */
static cam_program_fault_t describe(cam_text_t *line, const cam_gate_fault_t *fault) {
    static const char *const DID[] = {
        [CAM_GATE_READ] = "read ",
        [CAM_GATE_WROTE] = "wrote ",
        [CAM_GATE_RAN] = "ran ",
        [CAM_GATE_GAVE_TO_READ] = "gave native code to read ",
        [CAM_GATE_GAVE_TO_WRITE] = "gave native code to write ",
        [CAM_GATE_STACK_OVERFLOW] = "overran its stack",
        [CAM_GATE_CALL] = "made a call that there is not",
        [CAM_GATE_INSTRUCTION] = "ran an instruction that it may not",
    };
    cam_text_add(line, DID[fault->kind]);
    const bool located = fault->kind <= CAM_GATE_GAVE_TO_WRITE;
    if (located) {
        cam_text_add_hex(line, fault->address);
        cam_text_add(line, " (");
        cam_address_name(line, fault->address);
        cam_text_add(line, ")");
    }
    add_place(line);
    if (fault->pc != 0 && fault->kind != CAM_GATE_RAN) {
        cam_text_add(line, ", machine code at ");
        cam_text_add_hex(line, fault->pc);
    }
    if (fault->kind == CAM_GATE_STACK_OVERFLOW) return CAM_PROGRAM_STACK_OVERFLOW;
    return located ? CAM_PROGRAM_MEMORY_FAULT : CAM_PROGRAM_VM_TRAP;
}

void cam_vm_faulted(const cam_gate_fault_t *fault) {
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "the program ");
    const uint32_t start = line.length;
    const cam_program_fault_t cause = describe(&line, fault);
    cam_link_log(CAM_LINK_LOG_FIRMWARE, line.text);
    program_ended(cause, 0, line.text + start);
}

_Noreturn void cam_vm_refused(const char *why) { cam_crash_stop(CAM_PROGRAM_VERIFICATION, 0, why); }

_Noreturn void cam_vm_stopped(const char *why, vm_stopped_t what) {
    static const cam_program_fault_t CAUSES[] = {
        [VM_STOPPED_TRAP] = CAM_PROGRAM_VM_TRAP,
        [VM_STOPPED_MEMORY] = CAM_PROGRAM_OUT_OF_MEMORY,
        [VM_STOPPED_STACK] = CAM_PROGRAM_STACK_OVERFLOW,
    };
    const bool known = (uint32_t)what < sizeof CAUSES / sizeof CAUSES[0];
    cam_crash_stop(known ? CAUSES[what] : CAM_PROGRAM_VM_TRAP, 0, why);
}

// Recorded, since a program that does nothing else in its first second fails.
_Noreturn void cam_vm_restart(void) { cam_crash_stop(CAM_PROGRAM_RESTART, 0, 0); }

const uint8_t *cam_vm_image(uint32_t *bytes) {
    const cam_program_slot_t *slot = cam_slots_running();
    *bytes = slot == 0 ? 0 : slot->program_bytes;
    return slot == 0 ? 0 : slot->image;
}

bool cam_port_vm_receive(const uint8_t *frame) {
    cam_main_loop_vm_has_work();
    return cam_gate_vm_receive(frame);
}

// A frame that the link has pinned is given up by the next start itself.
void cam_port_capture_changed(bool streaming) { cam_sensor_fault_capture(streaming); }

void cam_port_frame_delivered(const uint8_t *descriptor, const uint8_t *pixels) {
    cam_link_frame(descriptor, pixels);
}
