// SPDX-License-Identifier: MIT
// The VM's calls behind the gate, on MSP, with all rights: each pointer is looked at before it is
// used. The VM stands still meanwhile, so that nothing changes after the look.
#include "gate_calls.h"

#include <stddef.h>
#include <stdint.h>

#include "gate.h"
#include "vm.h"
#include "vm_memory.h"
#include "vm_port.h"

enum { LINE_BYTES_MAX = 320 };

static uint32_t address_of(const void *pointer) { return (uint32_t)(uintptr_t)pointer; }

/** Whether native code may read `bytes` for the VM. A turn that gives others ends here. */
static inline void check_readable(const void *start, uint32_t bytes) {
    if (bytes != 0 && !cam_vm_may_read(address_of(start), bytes))
        cam_gate_stop(CAM_GATE_GAVE_TO_READ, address_of(start));
}

static inline void check_writable(const void *start, uint32_t bytes) {
    if (bytes != 0 && !cam_vm_may_write(address_of(start), bytes))
        cam_gate_stop(CAM_GATE_GAVE_TO_WRITE, address_of(start));
}

static inline void check_text(const char *text) {
    for (uint32_t i = 0; i < LINE_BYTES_MAX; i++) {
        check_readable(text + i, 1);
        if (text[i] == 0) return;
    }
    cam_gate_stop(CAM_GATE_GAVE_TO_READ, address_of(text));
}

static void log_line(vm_log_t kind, const char *line) {
    check_text(line);
    cam_vm_log(kind, line);
}

static void send(const uint8_t *frame) {
    check_readable(frame, VM_FRAME_HEADER_BYTES);
    const uint32_t bytes = frame[2] + VM_FRAME_HEADER_BYTES;
    check_readable(frame, bytes);
    if (bytes <= VM_FRAME_MAX_BYTES) cam_vm_send(frame);
}

static void fill_random(uint8_t *out, uint32_t bytes) {
    check_writable(out, bytes);
    cam_vm_random(out, bytes);
}

static int32_t transfer(const vm_i2c_t *transfer) {
    check_readable(transfer, sizeof *transfer);
    // Loads of two words need it.
    if (address_of(transfer) % sizeof(uint32_t) != 0)
        cam_gate_stop(CAM_GATE_GAVE_TO_READ, address_of(transfer));
    check_readable(transfer->write, transfer->write_bytes);
    check_writable(transfer->read, transfer->read_bytes);
    return cam_vm_i2c(transfer);
}

static void program_starts(void) { cam_vm_program_starts(); }

static void panicked(uint32_t code) { cam_vm_panicked(code); }

static void refused(const char *why) {
    check_text(why);
    cam_vm_refused(why);
}

static void stopped(const char *why, vm_stopped_t what) {
    check_text(why);
    cam_vm_stopped(why, what);
}

static void restart(void) { cam_vm_restart(); }

static const uint8_t *image(uint32_t *bytes) {
    check_writable(bytes, sizeof *bytes);
    if (address_of(bytes) % sizeof *bytes != 0)
        cam_gate_stop(CAM_GATE_GAVE_TO_WRITE, address_of(bytes));
    return cam_vm_image(bytes);
}

/** For a number that is no call's; which one is gone by now. */
static void unknown(void) { cam_gate_stop(CAM_GATE_CALL, 0); }

#define CALL(function) ((cam_gate_call_t)(void (*)(void))(function))

const cam_gate_call_t cam_gate_calls[CAM_GATE_CALLS + 1] = {
    [CAM_GATE_CALL_LOG] = CALL(log_line),
    [CAM_GATE_CALL_SEND] = CALL(send),
    [CAM_GATE_CALL_RANDOM] = CALL(fill_random),
    [CAM_GATE_CALL_I2C] = CALL(transfer),
    [CAM_GATE_CALL_PROGRAM_STARTS] = CALL(program_starts),
    [CAM_GATE_CALL_PANICKED] = CALL(panicked),
    [CAM_GATE_CALL_REFUSED] = CALL(refused),
    [CAM_GATE_CALL_STOPPED] = CALL(stopped),
    [CAM_GATE_CALL_RESTART] = CALL(restart),
    [CAM_GATE_CALL_IMAGE] = CALL(image),
    [CAM_GATE_CALLS] = CALL(unknown),
};
