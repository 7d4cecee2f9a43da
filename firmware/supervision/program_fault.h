// SPDX-License-Identifier: MIT
// Why a program ended, by the codes and names of protocol/faults.ts.
#ifndef CAM_PROGRAM_FAULT_H
#define CAM_PROGRAM_FAULT_H

#include <stdint.h>

typedef enum {
    CAM_PROGRAM_EXCEPTION = 48,       // thrown and not caught
    CAM_PROGRAM_OUT_OF_MEMORY = 49,   // the GC heap or the VM's own is full
    CAM_PROGRAM_ENDLESS_LOOP = 50,    // 131,072 steps of bytecode without a pause
    CAM_PROGRAM_PANIC = 51,           // it called panic()
    CAM_PROGRAM_RESTART = 52,         // it called restart() or reboot()
    CAM_PROGRAM_VERIFICATION = 53,    // the VM refuses the image
    CAM_PROGRAM_VM_TRAP = 54,         // the VM met what it cannot go on with
    CAM_PROGRAM_STACK_OVERFLOW = 55,  // the program's calls, or the stack of the C code
    CAM_PROGRAM_WATCHDOG = 56,        // a part of the main loop stood still
    CAM_PROGRAM_HARD_FAULT = 57,      // an exception of the core, an interrupt without a handler
    CAM_PROGRAM_MEMORY_FAULT = 58,    // it reached for memory that is not its own
    CAM_PROGRAM_BLOCKED_HANDLER = 59, // a frame handler that does not return
} cam_program_fault_t;

/** Its name in protocol/faults.ts. Context: thread. */
const char *cam_program_fault_name(cam_program_fault_t fault);

/** What the VM's panic code means. Context: thread. */
cam_program_fault_t cam_program_fault_of_panic(uint32_t code);

#endif
