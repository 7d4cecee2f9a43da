// SPDX-License-Identifier: MIT
// What the VM and the native code ask of the board (firmware/vm/vm.h, native/port.h).
#include "cam.h"
#include "crash.h"
#include "link.h"
#include "main_loop.h"
#include "port.h"
#include "program_fault.h"
#include "sensor_fault.h"
#include "slots.h"
#include "text.h"
#include "time_base.h"
#include "vm.h"

// ds.restart(); the VM tells its host 0.
enum { PANIC_RESTART = 60000 };

static uint32_t random_state;

uint64_t vm_port_now_us(void) { return cam_time_us(); }

void vm_port_log(vm_log_t kind, const char *line) {
    cam_link_log(kind == VM_LOG_CONSOLE ? CAM_LINK_LOG_CONSOLE : CAM_LINK_LOG_VM, line);
}

void vm_port_send(const uint8_t *frame) { cam_link_send_jacdac(frame); }

/** For Jacdac's back-off and a program's Math.random, not for secrets: the moment of the call stirs
 * a xorshift generator (Marsaglia 2003). */
void vm_port_random(uint8_t *out, uint32_t bytes) {
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

int32_t vm_port_i2c(uint32_t address, const uint8_t *write, uint32_t write_bytes, uint8_t *read,
                    uint32_t read_bytes) {
    return (int32_t)cam_bus_transfer(address, write, write_bytes, read, read_bytes);
}

static void say_ended(cam_program_fault_t fault, uint32_t code, cam_failures_t failures) {
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "the program ended: ");
    cam_text_add(&line, cam_program_fault_name(fault));
    if (fault != CAM_PROGRAM_RESTART) {
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

void vm_port_program_starts(void) {
    const cam_program_slot_t *slot = cam_slots_running();
    if (slot != 0) cam_crash_program_starts(slot);
}

void vm_port_panicked(uint32_t code) {
    if (code == 0) code = PANIC_RESTART;
    const cam_program_fault_t fault = cam_program_fault_of_panic(code);
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
        cam_crash_stop(fault, code, 0);
}

_Noreturn void vm_port_refused(const char *why) {
    cam_crash_stop(CAM_PROGRAM_VERIFICATION, 0, why);
}

_Noreturn void vm_port_stopped(const char *why, vm_stopped_t what) {
    static const cam_program_fault_t CAUSES[] = {
        [VM_STOPPED_TRAP] = CAM_PROGRAM_VM_TRAP,
        [VM_STOPPED_MEMORY] = CAM_PROGRAM_OUT_OF_MEMORY,
        [VM_STOPPED_STACK] = CAM_PROGRAM_STACK_OVERFLOW,
    };
    cam_crash_stop(CAUSES[what], 0, why);
}

// Recorded, since a program that does nothing else in its first second fails.
_Noreturn void vm_port_restart(void) { cam_crash_stop(CAM_PROGRAM_RESTART, 0, 0); }

const uint8_t *vm_port_image(uint32_t *bytes) {
    const cam_program_slot_t *slot = cam_slots_running();
    *bytes = slot == 0 ? 0 : slot->image_bytes;
    return slot == 0 ? 0 : slot->image;
}

bool cam_port_vm_receive(const uint8_t *frame) {
    cam_main_loop_vm_has_work();
    return vm_receive(frame);
}

// A frame that the link has pinned is given up by the next start itself.
void cam_port_capture_changed(bool streaming) { cam_sensor_fault_capture(streaming); }

void cam_port_frame_delivered(const uint8_t *descriptor, const uint8_t *pixels) {
    cam_link_frame(descriptor, pixels);
}
