// SPDX-License-Identifier: MIT
// Between the main loop and the VM. The VM runs as an unprivileged thread on a stack of its own
// (PSP), sees of memory what mpu.c lets it see, and reaches native code by the gate only (ARMv7-M
// B1.3, B3.5; docs/decisions/program/0022). Context of all functions: thread, outside of the VM.
#ifndef CAM_GATE_H
#define CAM_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "vm.h"

/** What the VM did that it may not. */
typedef enum {
    CAM_GATE_NO_FAULT = 0,
    CAM_GATE_READ,           // `address` is not the VM's
    CAM_GATE_WROTE,          //
    CAM_GATE_RAN,            // there is no code for the VM
    CAM_GATE_GAVE_TO_READ,   // a pointer of a call, for native code to read
    CAM_GATE_GAVE_TO_WRITE,  //
    CAM_GATE_STACK_OVERFLOW, // of one of the VM's two stacks; `address` is 0 where it is not known
    CAM_GATE_CALL,           // the number of no call
    CAM_GATE_INSTRUCTION,    // UsageFault, or an SVC that is not the gate's
} cam_gate_fault_kind_t;

typedef struct {
    cam_gate_fault_kind_t kind;
    uint32_t address;
    uint32_t pc;   // 0 where it is not known
    uint32_t cfsr; // as the core left it
} cam_gate_fault_t;

/** Boot the VM, with its memory as after a reset: vm_init(). A fault is left in cam_gate_fault() by
 * all three, and the VM is then no longer to be entered but by this. */
void cam_gate_vm_init(uint32_t device_id_low, uint32_t device_id_high);

/** vm_process(), with the time of now. */
void cam_gate_vm_process(void);

/** vm_receive(), of a copy. */
bool cam_gate_vm_receive(const uint8_t *frame);

/** vm_place(), after a fault. @returns false when the VM is too damaged to tell. */
bool cam_gate_vm_place(vm_place_t *place);

/** Of the VM since it was booted; kind CAM_GATE_NO_FAULT: none. */
const cam_gate_fault_t *cam_gate_fault(void);

/** End the VM's turn from within a call of its own. */
_Noreturn void cam_gate_stop(cam_gate_fault_kind_t kind, uint32_t address);

/** Whether the instruction at `pc` stores, where it can be read. Context: ISR. */
bool cam_gate_is_store(uint32_t pc);

/** The fault that is active is over: clear what the core keeps of it. Context: ISR. */
void cam_gate_forget_fault(uint32_t cfsr);

/** SVC. Context: ISR. */
void SVC_Handler(void);

/** MemManage, BusFault and UsageFault: one of a kernel ends its call, one of the VM its turn,
 * others are crashes. Context: ISR. */
void cam_gate_fault_entry(void);

#endif
