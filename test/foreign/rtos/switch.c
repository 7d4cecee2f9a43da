// SPDX-License-Identifier: MIT
// The switch between tasks, in the manner of small kernels for the Cortex-M4 with FPU.
#include "switch.h"

enum { FRAME_WORDS = 8 + 8 + 1 };

void task_make(task_t *task, uint32_t *stack, uint32_t words, void (*entry)(void)) {
    uint32_t *top = &stack[words - FRAME_WORDS];
    top[8] = 0xfffffffdU;                          // EXC_RETURN: thread mode, PSP, no FPU state
    top[9 + 6] = (uint32_t)(uintptr_t)entry & ~1U; // PC
    top[9 + 7] = 1U << 24;                         // xPSR: Thumb
    task->stack = top;
}

/** Save what the core does not: r4 to r11, EXC_RETURN, and s16 to s31 of a task that has used the
 * FPU. */
__attribute__((naked)) void PendSV_Handler(void) {
    __asm__ volatile("mrs r0, psp\n\t"
                     "tst lr, #0x10\n\t"
                     "it eq\n\t"
                     "vstmdbeq r0!, {s16-s31}\n\t"
                     "stmdb r0!, {r4-r11, lr}\n\t"
                     "ldr r4, =current_task\n\t"
                     "ldr r1, [r4]\n\t"
                     "str r0, [r1]\n\t"
                     "bl next_task\n\t"
                     "ldr r1, [r4]\n\t"
                     "ldr r0, [r1]\n\t"
                     "ldmia r0!, {r4-r11, lr}\n\t"
                     "tst lr, #0x10\n\t"
                     "it eq\n\t"
                     "vldmiaeq r0!, {s16-s31}\n\t"
                     "msr psp, r0\n\t"
                     "isb\n\t"
                     "bx lr\n\t"
                     ".ltorg");
}

/** Start the first task: an exception return to thread mode on its stack. */
__attribute__((naked)) void SVC_Handler(void) {
    __asm__ volatile("ldr r1, =current_task\n\t"
                     "ldr r1, [r1]\n\t"
                     "ldr r0, [r1]\n\t"
                     "ldmia r0!, {r4-r11, lr}\n\t"
                     "msr psp, r0\n\t"
                     "isb\n\t"
                     "bx lr\n\t"
                     ".ltorg");
}
