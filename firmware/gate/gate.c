// SPDX-License-Identifier: MIT
// The gate's instructions: the way into the VM and out of it, its calls, its faults.
//
// SVC only makes the thread privileged, and only behind the two SVCs of this file. What runs then
// is a thread that goes on by itself, so that a call takes as long as it likes and interrupts come
// as ever.
#include "gate.h"

#include "core_regs.h"
#include "crash.h"
#include "gate_calls.h"
#include "kernel_enter.h"
#include "mmio.h"
#include "time_base.h"
#include "vm.h"
#include "vm_memory.h"

#define TEXT(x) #x
#define NUMBER(x) TEXT(x)
// By a name.
#define UNUSED __attribute__((unused))

extern uint8_t cam_vm_native_stack[];
extern uint8_t cam_vm_native_stack_end[];
extern uint8_t cam_vm_stack_guard[];
extern uint32_t cam_vm_variables_start[];
extern uint32_t cam_vm_variables_end[];

// Below the frame of an SVC, of which 32 bytes at least are free again when call() pushes 8 and an
// interrupt behind it 108 (toolchain/firmware/stack-analysis.ts).
#define GATE_ROOM_BYTES 88

enum {
    // What the core pushes (ARMv7-M B1.5.7).
    FRAME_BYTES = 32,
    PC_OF_FRAME = 6, // word
    // Of a vm_place_t on the VM's stack, whose top is a multiple of 8.
    PLACE_BYTES = (sizeof(vm_place_t) + 7u) & ~7u,
    // So far below a stack an overflow is taken for one: the largest frame of the VM's C code.
    OVERFLOW_BYTES = 1024,
};

/** Of the main loop while the VM runs: its registers are there. */
__attribute__((used)) static uint32_t turn_sp;

static cam_gate_fault_t fault;
static bool booted;

const cam_gate_fault_t *cam_gate_fault(void) { return &fault; }

// Way in. Every register that a function keeps is saved here and comes back by either way out: the
// VM's word is not taken for it. (Native code has no floating point: S16 to S31 are nobody's.)

/** Call `function` as the VM. @param stack where its stack begins. @returns its result, or 0 */
__attribute__((naked, noinline)) static uint32_t enter(UNUSED uint32_t first,
                                                       UNUSED uint32_t second,
                                                       UNUSED uint32_t function,
                                                       UNUSED uint32_t stack) {
    __asm__ volatile("push {r3-r11, lr}\n\t"
                     "ldr r4, =turn_sp\n\t"
                     "str sp, [r4]\n\t"
                     "msr psp, r3\n\t"
                     "mrs r4, control\n\t"
                     "orr r4, r4, #3\n\t" // SPSEL, nPRIV; FPCA stays
                     "msr control, r4\n\t"
                     "isb\n\t"
                     "blx r2\n\t"
                     "svc 1\n\t"
                     ".global cam_gate_left\n"
                     "cam_gate_left:\n\t" // privileged
                     "mrs r4, control\n\t"
                     "bic r4, r4, #3\n\t"
                     "msr control, r4\n\t"
                     "isb\n\t"
                     // What the VM left in SP was PSP: this one is ours.
                     "pop {r3-r11, pc}\n\t"
                     ".pool");
}

/** The way out that is not the VM's. */
__attribute__((naked, noreturn, used)) static void leave(void) {
    __asm__ volatile("ldr r0, =turn_sp\n\t"
                     "ldr sp, [r0]\n\t"
                     "movs r0, #0\n\t"
                     "pop {r3-r11, pc}\n\t"
                     ".pool");
}

void cam_gate_vm_init(uint32_t device_id_low, uint32_t device_id_high) {
    fault = (cam_gate_fault_t){.kind = CAM_GATE_NO_FAULT};
    booted = true;
    for (uint32_t *at = cam_vm_variables_start; at != cam_vm_variables_end; at++) *at = 0;
    (void)enter(device_id_low, device_id_high, (uint32_t)(uintptr_t)vm_init,
                (uint32_t)(uintptr_t)cam_vm_native_stack_end);
}

void cam_gate_vm_process(void) {
    if (fault.kind != CAM_GATE_NO_FAULT) return;
    // A parameter of 64 bits is in r0 and r1 (AAPCS 6.5).
    const uint64_t now_us = cam_time_us();
    (void)enter((uint32_t)now_us, (uint32_t)(now_us >> 32), (uint32_t)(uintptr_t)vm_process,
                (uint32_t)(uintptr_t)cam_vm_native_stack_end);
}

bool cam_gate_vm_receive(const uint8_t *frame) {
    if (!booted || fault.kind != CAM_GATE_NO_FAULT) return false;
    // The copy is above the VM's frames: nothing is there between two turns. Of one that is too
    // long the header tells enough.
    uint32_t bytes = frame[2] + VM_FRAME_HEADER_BYTES;
    if (bytes > VM_FRAME_MAX_BYTES) bytes = VM_FRAME_HEADER_BYTES;
    const uint32_t at =
        (uint32_t)(uintptr_t)cam_vm_native_stack_end - ((VM_FRAME_MAX_BYTES + 7u) & ~7u);
    uint8_t *copy = (uint8_t *)(uintptr_t)at;
    for (uint32_t i = 0; i < bytes; i++) copy[i] = frame[i];
    return (enter(at, 0, (uint32_t)(uintptr_t)vm_receive, at) & 0xffu) != 0;
}

bool cam_gate_vm_place(vm_place_t *place) {
    const cam_gate_fault_t first = fault;
    fault.kind = CAM_GATE_NO_FAULT;
    const uint32_t at = (uint32_t)(uintptr_t)cam_vm_native_stack_end - PLACE_BYTES;
    (void)enter(at, 0, (uint32_t)(uintptr_t)vm_place, at);
    const bool told = fault.kind == CAM_GATE_NO_FAULT;
    fault = first;
    *place = *(const vm_place_t *)(uintptr_t)at;
    return told && place->name != 0;
}

_Noreturn void cam_gate_stop(cam_gate_fault_kind_t kind, uint32_t address) {
    fault = (cam_gate_fault_t){.kind = kind, .address = address};
    leave();
}

// Calls of the VM.

/** In r12 the number of the call. What is pushed after the SVC is pushed with all rights:
 * SVC_Handler has looked whether there is room. */
__attribute__((naked, used)) static void call(void) {
    __asm__ volatile(
        "svc 0\n\t"
        ".global cam_gate_raised\n"
        "cam_gate_raised:\n\t" // privileged
        "push {r4, lr}\n\t"
        "cmp r12, #" NUMBER(CAM_GATE_CALLS) "\n\t"
                                            "it hi\n\t"
                                            "movhi r12, #" NUMBER(
                                                CAM_GATE_CALLS) "\n\t"
                                                                "ldr r4, =cam_gate_calls\n\t"
                                                                "ldr r12, [r4, r12, lsl #2]\n\t"
                                                                "mrs r4, control\n\t"
                                                                "bic r4, r4, #3\n\t"
                                                                "msr control, r4\n\t"
                                                                "isb\n\t"
                                                                "blx r12\n\t" // on MSP
                                                                "mrs r4, control\n\t"
                                                                "orr r4, r4, #3\n\t"
                                                                "msr control, r4\n\t"
                                                                "isb\n\t"
                                                                "pop {r4, pc}\n\t"
                                                                ".pool");
}

#define CALL(name, number)                                                                         \
    ".global " name "\n.type " name ", %function\n" name                                           \
    ":\n\tmov r12, #" NUMBER(number) "\n\tb.w call\n"

// The clock is asked for more often than all else together: SVC_Handler answers it.
__attribute__((naked)) uint64_t vm_port_now_us(void) {
    __asm__ volatile("svc 2\n\t"
                     ".global cam_gate_time_asked\n"
                     "cam_gate_time_asked:\n\t"
                     "bx lr");
}

// The other functions that vm.h asks of its port: their arguments stay where they are.
__asm__(".section .text.vm_port, \"ax\", %progbits\n\t.syntax unified\n\t.thumb\n\t.align 2\n" CALL(
    "vm_port_log", CAM_GATE_CALL_LOG) CALL("vm_port_send", CAM_GATE_CALL_SEND)
            CALL("vm_port_random", CAM_GATE_CALL_RANDOM) CALL("vm_port_i2c", CAM_GATE_CALL_I2C)
                CALL("vm_port_program_starts", CAM_GATE_CALL_PROGRAM_STARTS)
                    CALL("vm_port_panicked", CAM_GATE_CALL_PANICKED)
                        CALL("vm_port_refused", CAM_GATE_CALL_REFUSED)
                            CALL("vm_port_stopped", CAM_GATE_CALL_STOPPED)
                                CALL("vm_port_restart", CAM_GATE_CALL_RESTART)
                                    CALL("vm_port_image", CAM_GATE_CALL_IMAGE) "\t.text\n");

// Three return addresses are known: the clock's, which is answered here, and the two that go on
// privileged. Below the frame there has to be room for what call() and an interrupt behind it push;
// above it there is the VM's native stack.
__attribute__((naked)) void SVC_Handler(void) {
    __asm__ volatile("tst lr, #4\n\t" // EXC_RETURN: was PSP in use?
                     "beq 2f\n\t"
                     "mrs r0, psp\n\t"
                     "ldr r1, =cam_vm_native_stack + " NUMBER(
                         GATE_ROOM_BYTES) "\n\t"
                                          "cmp r0, r1\n\t"
                                          "blo 1f\n\t"
                                          "ldr r1, =cam_vm_native_stack_end - 32\n\t"
                                          "cmp r0, r1\n\t"
                                          "bhi 1f\n\t"
                                          "ldr r1, [r0, #24]\n\t" // the PC
                                          "ldr r2, =cam_gate_time_asked\n\t"
                                          "cmp r1, r2\n\t"
                                          "beq 4f\n\t"
                                          "ldr r2, =cam_gate_raised\n\t"
                                          "cmp r1, r2\n\t"
                                          "beq 3f\n\t"
                                          "ldr r2, =cam_gate_left\n\t"
                                          "cmp r1, r2\n\t"
                                          "bne 1f\n"
                                          "3:\n\t"
                                          "mrs r1, control\n\t"
                                          "bic r1, r1, #1\n\t" // nPRIV
                                          "msr control, r1\n\t"
                                          "bx lr\n"
                                          "4:\n\t"
                                          "push {r0, lr}\n\t"
                                          "bl cam_time_us\n\t"
                                          "pop {r2, lr}\n\t"
                                          "strd r0, r1, [r2]\n\t" // the frame's R0 and R1
                                          "bx lr\n"
                                          "1:\n\t"
                                          "b.w cam_gate_fault_entry\n"
                                          "2:\n\t"
                                          "b.w cam_crash_entry\n\t"
                                          ".pool");
}

// Faults.

// ARMv7-M A5.2, A5.3.
bool cam_gate_is_store(uint32_t pc) {
    if (!cam_vm_may_read(pc, 2)) return false;
    const uint32_t first = *(const uint16_t *)(uintptr_t)pc;
    if (first >= 0xe800u) return (first & 0x10u) == 0; // 32 bits: L
    switch (first >> 12) {
    case 5:
        return (first >> 9 & 7u) < 3u;
    case 0xb:
        return (first & 0xfe00u) == 0xb400u; // PUSH
    default:
        return (first & 0x800u) == 0;
    }
}

static bool is_overflow(uint32_t psp, bool stacked, uint32_t address) {
    const uint32_t stack = (uint32_t)(uintptr_t)cam_vm_native_stack;
    if (!stacked || address - (uint32_t)(uintptr_t)cam_vm_stack_guard < CAM_STACK_GUARD_BYTES)
        return true;
    return psp - stack < GATE_ROOM_BYTES && (address == 0 || stack - address <= OVERFLOW_BYTES);
}

void cam_gate_forget_fault(uint32_t cfsr) {
    mmio_write32(SCB_CFSR, cfsr); // written 1: cleared
    // An SVC whose frame could not be pushed waits for its turn.
    mmio_modify32(SCB_SHCSR, SCB_SHCSR_SVCALLPENDED, 0);
    // The thread's floating point registers are not to be stored any more.
    mmio_modify32(FPU_FPCCR, FPU_FPCCR_LSPACT, 0);
}

/** From the core's registers. @param psp the frame that it pushed. @returns where the thread goes
 * on */
__attribute__((used)) static uint32_t note_fault(uint32_t psp) {
    if (cam_kernel_runs()) return cam_kernel_note_end(psp);
    const uint32_t cfsr = mmio_read32(SCB_CFSR);
    const bool stacked =
        (cfsr & (SCB_CFSR_MSTKERR | SCB_CFSR_STKERR)) == 0 && cam_vm_may_write(psp, FRAME_BYTES);
    const uint32_t pc = stacked ? ((const uint32_t *)(uintptr_t)psp)[PC_OF_FRAME] : 0;
    fault = (cam_gate_fault_t){.kind = CAM_GATE_INSTRUCTION, .pc = pc, .cfsr = cfsr};
    if ((cfsr & (SCB_CFSR_IACCVIOL | SCB_CFSR_IBUSERR)) != 0) {
        fault.kind = CAM_GATE_RAN;
        fault.address = pc;
    } else if ((cfsr & (SCB_CFSR_MMARVALID | SCB_CFSR_BFARVALID)) != 0) {
        fault.kind = cam_gate_is_store(pc) ? CAM_GATE_WROTE : CAM_GATE_READ;
        fault.address = mmio_read32((cfsr & SCB_CFSR_MMARVALID) != 0 ? SCB_MMFAR : SCB_BFAR);
    }
    if (is_overflow(psp, stacked, fault.address)) fault.kind = CAM_GATE_STACK_OVERFLOW;
    cam_gate_forget_fault(cfsr);
    return (uint32_t)(uintptr_t)leave;
}

/** The thread goes on where note_fault() says, by a frame of its own on MSP. */
__attribute__((naked)) void cam_gate_fault_entry(void) {
    __asm__ volatile("tst lr, #4\n\t"
                     "beq 1f\n\t"
                     "mrs r0, control\n\t"
                     "tst r0, #1\n\t"
                     "beq 1f\n\t" // the gate's own instructions
                     "mrs r0, psp\n\t"
                     "bl note_fault\n\t"
                     "mrs r1, control\n\t"
                     "bic r1, r1, #1\n\t"
                     "msr control, r1\n\t"
                     "sub sp, #32\n\t"
                     "bic r0, r0, #1\n\t"
                     "str r0, [sp, #24]\n\t"
                     "mov r0, #0x01000000\n\t" // xPSR: T
                     "str r0, [sp, #28]\n\t"
                     "mvn r0, #6\n\t" // EXC_RETURN 0xfffffff9: thread, MSP, no floating point
                     "bx r0\n"
                     "1:\n\t"
                     "b.w cam_crash_entry\n\t"
                     ".pool");
}
