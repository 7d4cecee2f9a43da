// SPDX-License-Identifier: MIT
// Why a program ended, by the codes and names of protocol/faults.ts.
#include "program_fault.h"

enum {
    // Panic codes of the VM (2.16.4, devs_objects.h): what is below is the program's own.
    PANIC_NONE = 0, // devs_error_code() of a restart, as the VM tells its host
    PANIC_RESTART = 60000,
    PANIC_INFINITE_LOOP = 60001,
    PANIC_OUT_OF_MEMORY = 60004,
    PANIC_UNHANDLED_EXCEPTION = 60005,
    PANIC_STACK_OVERFLOW = 60006,
};

static const char *const NAMES[] = {
    "exception", "out-of-memory",  "endless-loop", "panic",      "restart",      "verification",
    "vm-trap",   "stack-overflow", "watchdog",     "hard-fault", "memory-fault", "blocked-handler",
};

const char *cam_program_fault_name(cam_program_fault_t fault) {
    const uint32_t index = (uint32_t)fault - CAM_PROGRAM_EXCEPTION;
    return index < sizeof NAMES / sizeof NAMES[0] ? NAMES[index] : "unknown";
}

cam_program_fault_t cam_program_fault_of_panic(uint32_t code) {
    switch (code) {
    case PANIC_NONE:
    case PANIC_RESTART:
        return CAM_PROGRAM_RESTART;
    case PANIC_INFINITE_LOOP:
        return CAM_PROGRAM_ENDLESS_LOOP;
    case PANIC_OUT_OF_MEMORY:
        return CAM_PROGRAM_OUT_OF_MEMORY;
    case PANIC_UNHANDLED_EXCEPTION:
        return CAM_PROGRAM_EXCEPTION;
    case PANIC_STACK_OVERFLOW:
        return CAM_PROGRAM_STACK_OVERFLOW;
    default:
        // The VM's other codes say that it met bytecode that makes no sense.
        return code < PANIC_RESTART ? CAM_PROGRAM_PANIC : CAM_PROGRAM_VM_TRAP;
    }
}
