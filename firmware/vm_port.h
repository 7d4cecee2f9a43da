// SPDX-License-Identifier: MIT
// What the VM asks of its port (firmware/vm/vm.h), on the native side of the gate. Context: thread.
#ifndef CAM_VM_PORT_H
#define CAM_VM_PORT_H

#include <stdint.h>

#include "gate.h"
#include "vm.h"

void cam_vm_log(vm_log_t kind, const char *line);
void cam_vm_send(const uint8_t *frame);
void cam_vm_random(uint8_t *out, uint32_t bytes);
int32_t cam_vm_i2c(const vm_i2c_t *transfer);
void cam_vm_program_starts(void);
void cam_vm_panicked(uint32_t code);
_Noreturn void cam_vm_refused(const char *why);
_Noreturn void cam_vm_stopped(const char *why, vm_stopped_t what);
_Noreturn void cam_vm_restart(void);
const uint8_t *cam_vm_image(uint32_t *bytes);

/** The program's turn ended at the gate: say why, count it as a panic, give way to another program
 * where a panic would. Returns when this one is to be started again. */
void cam_vm_faulted(const cam_gate_fault_t *fault);

#endif
