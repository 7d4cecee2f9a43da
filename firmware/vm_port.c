// SPDX-License-Identifier: MIT
// What the VM and the native code ask of the board (firmware/vm/vm.h, native/port.h).
#include "cam.h"
#include "crash.h"
#include "link.h"
#include "main_loop.h"
#include "port.h"
#include "slots.h"
#include "text.h"
#include "time_base.h"
#include "vm.h"

enum {
    PANIC_NONE = 0, // ds.restart() tells its host this
    PANIC_RESTART = 60000,
    // The program threw, which may be what it has to do: no sensor answers.
    PANIC_UNHANDLED_EXCEPTION = 60005,
};

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

void vm_port_panicked(uint32_t code) {
    cam_program_ended();
    if (code == PANIC_NONE || code == PANIC_RESTART) return;
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "the program ended: panic ");
    cam_text_add_decimal(&line, code);
    cam_link_log(CAM_LINK_LOG_FIRMWARE, line.text);
    const cam_program_slot_t *slot = cam_slots_running();
    if (slot == 0 || code == PANIC_UNHANDLED_EXCEPTION) return;
    if (cam_crash_count_panic(slot) < CAM_CRASHES_MAX) return;
    cam_program_slot_t other;
    // Without another program this one is tried for ever.
    if (cam_slots_check(slot->index ^ 1u, &other) != CAM_PROGRAM_SLOT_VALID) return;
    cam_crash_stop(CAM_CRASH_PANIC, code, 0);
}

_Noreturn void vm_port_stopped(const char *why) { cam_crash_stop(CAM_CRASH_VM, 0, why); }

// No crash.
_Noreturn void vm_port_restart(void) { cam_crash_reset(); }

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
void cam_port_capture_changed(bool streaming) { (void)streaming; }

void cam_port_frame_delivered(const uint8_t *descriptor, const uint8_t *pixels) {
    cam_link_frame(descriptor, pixels);
}
