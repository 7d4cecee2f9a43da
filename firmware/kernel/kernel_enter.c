// SPDX-License-Identifier: MIT
// A kernel's thread. Its SVC is none that SVC_Handler knows, so that it ends as a fault does, in
// cam_gate_fault_entry: one way out for all ends.
#include "kernel_enter.h"

#include "core_regs.h"
#include "gate.h"
#include "kernel_slot.h"
#include "mmio.h"
#include "nvic.h"
#include "port.h"
#include "timer_regs.h"
#include "vm_memory.h"

#define UNUSED __attribute__((unused))

enum {
    TIM2_IRQ = 28, // RM0090 table 62
    SYSTEM_EXCEPTIONS = 16,
    LIMIT_PRIORITY = 0xf0, // below all others: what it interrupts is the thread
    FRAME_BYTES = 32,      // what the core pushes (ARMv7-M B1.5.7)
    PC_OF_FRAME = 6,       // word
    UDF = 0xde00,          // and KernelStop: firmware/kernel/kernel_wasm.h
};

extern const uint8_t cam_kernel_returned[];

/** What the VM, which waits, finds again: its stack and the registers of floating point that its
 * functions keep, and the native stack. */
__attribute__((used)) static struct {
    uint32_t psp;
    uint32_t msp;
    uint32_t s16_to_s31[16];
} saved;

static uint32_t stack_end; // of the kernel's stack
__attribute__((used)) static volatile uint32_t running;
static cam_kernel_end_t ended;

__attribute__((naked, noinline)) static void enter(UNUSED uint32_t stack, UNUSED uint32_t numbers,
                                                   UNUSED uint32_t result, UNUSED uint32_t entry) {
    __asm__ volatile("push {r3-r11, lr}\n\t"
                     "ldr r4, =saved\n\t"
                     "mrs r5, psp\n\t"
                     "mov r6, sp\n\t"
                     "stmia r4!, {r5, r6}\n\t"
                     "vstmia r4, {s16-s31}\n\t"
                     "msr psp, r0\n\t"
                     "mrs r4, control\n\t"
                     "orr r4, r4, #3\n\t" // SPSEL, nPRIV; FPCA stays
                     "msr control, r4\n\t"
                     "isb\n\t"
                     "blx r3\n\t"
                     "svc 3\n\t"
                     ".global cam_kernel_returned\n"
                     "cam_kernel_returned:\n\t"
                     "udf #0\n\t"
                     ".pool");
}

/** The thread again, privileged, on MSP. */
__attribute__((naked, noreturn, used)) static void leave(void) {
    __asm__ volatile("ldr r4, =saved\n\t"
                     "ldmia r4!, {r5, r6}\n\t"
                     "msr psp, r5\n\t"
                     "mov sp, r6\n\t"
                     "vldmia r4, {s16-s31}\n\t"
                     "pop {r3-r11, pc}\n\t"
                     ".pool");
}

void cam_kernel_enter_init(void) { cam_irq_enable(TIM2_IRQ, LIMIT_PRIORITY); }

static void start_limit(void) {
    mmio_write32(TIM2_BASE + TIM_CCR1, cam_port_now_us() + CAM_KERNEL_MS_MAX * 1000u);
    mmio_write32(TIM2_BASE + TIM_SR, 0);
    mmio_write32(TIM2_BASE + TIM_DIER, TIM_DIER_CC1IE);
}

__attribute__((used)) static void stop_limit(void) {
    mmio_write32(TIM2_BASE + TIM_DIER, 0);
    mmio_write32(TIM2_BASE + TIM_SR, 0);
}

const cam_kernel_end_t *cam_kernel_enter(uint32_t stack, uint32_t numbers, uint32_t result,
                                         uint32_t entry) {
    stack_end = stack;
    start_limit();
    running = 1;
    enter(stack, numbers, result, entry);
    stop_limit();
    return &ended;
}

bool cam_kernel_runs(void) { return running != 0; }

/** By the instruction that stopped it. */
static cam_kernel_stop_t stop_at(uint32_t pc) {
    if (!cam_vm_may_read(pc, 2)) return CAM_KERNEL_STOP_ACCESS;
    const uint32_t stop = (uint32_t) * (const uint16_t *)(uintptr_t)pc - UDF;
    return stop >= CAM_KERNEL_STOP_DIVISION && stop <= CAM_KERNEL_STOP_THROW
               ? (cam_kernel_stop_t)stop
               : CAM_KERNEL_STOP_ACCESS;
}

uint32_t cam_kernel_note_end(uint32_t psp) {
    uint32_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    const uint32_t cfsr = mmio_read32(SCB_CFSR);
    const bool stacked = (cfsr & (SCB_CFSR_MSTKERR | SCB_CFSR_STKERR)) == 0 &&
                         stack_end - psp <= CAM_KERNEL_STACK_BYTES &&
                         stack_end - psp >= FRAME_BYTES;
    const uint32_t pc = stacked ? ((const uint32_t *)(uintptr_t)psp)[PC_OF_FRAME] : 0;
    running = 0;
    ended = (cam_kernel_end_t){.stop = CAM_KERNEL_STOP_ACCESS, .stack = !stacked, .pc = pc};
    if (exception == SYSTEM_EXCEPTIONS + TIM2_IRQ) {
        ended.stop = CAM_KERNEL_STOP_ENDLESS;
    } else if (cfsr == 0 && pc == (uint32_t)(uintptr_t)cam_kernel_returned) {
        ended.stop = CAM_KERNEL_STOP_NONE;
    } else if ((cfsr & (SCB_CFSR_MMARVALID | SCB_CFSR_BFARVALID)) != 0) {
        ended.address = mmio_read32((cfsr & SCB_CFSR_MMARVALID) != 0 ? SCB_MMFAR : SCB_BFAR);
        ended.wrote = cam_gate_is_store(pc);
        const uint32_t below = stack_end - CAM_KERNEL_STACK_BYTES - ended.address;
        if (below - 1u < CAM_KERNEL_STACK_BYTES) ended.stack = true;
    } else if (stacked) {
        ended.stop = stop_at(pc);
    }
    cam_gate_forget_fault(cfsr);
    return (uint32_t)(uintptr_t)leave;
}

/** Only a kernel is stopped: it is the thread on PSP while `running` is set. */
__attribute__((naked)) void TIM2_IRQHandler(void) {
    __asm__ volatile("tst lr, #4\n\t"
                     "beq 1f\n\t"
                     "ldr r0, =running\n\t"
                     "ldr r0, [r0]\n\t"
                     "cmp r0, #0\n\t"
                     "beq 1f\n\t"
                     "b.w cam_gate_fault_entry\n"
                     "1:\n\t"
                     "b.w stop_limit\n\t"
                     ".pool");
}
