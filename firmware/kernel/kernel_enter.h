// SPDX-License-Identifier: MIT
// The way into a kernel and out of it: an unprivileged thread on a stack of its own, as the VM,
// which waits meanwhile in its call of the grabber (docs/decisions/program/0026).
#ifndef CAM_KERNEL_ENTER_H
#define CAM_KERNEL_ENTER_H

#include <stdbool.h>
#include <stdint.h>

/** KernelStop (protocol/grabber-page.ts). */
typedef enum {
    CAM_KERNEL_STOP_NONE = 0,
    CAM_KERNEL_STOP_ACCESS = 1,
    CAM_KERNEL_STOP_ENDLESS = 2,
    CAM_KERNEL_STOP_DIVISION = 3,
    CAM_KERNEL_STOP_TOO_LARGE = 4,
    CAM_KERNEL_STOP_THROW = 5,
} cam_kernel_stop_t;

/** A kernel that runs longer is stopped. */
enum { CAM_KERNEL_MS_MAX = 500 };

/** How a kernel ended. */
typedef struct {
    cam_kernel_stop_t stop;
    bool stack;       // an access that overran its stack
    bool wrote;       // else it read
    uint32_t address; // of the access; 0: not known
    uint32_t pc;      // 0: not known
} cam_kernel_end_t;

/** Enable the interrupt of the time limit. Context: thread. */
void cam_kernel_enter_init(void);

/**
 * Run `entry(stack, numbers, result)`; above its stack are the records of its frames. The MPU is
 * set. Context: thread.
 */
const cam_kernel_end_t *cam_kernel_enter(uint32_t stack, uint32_t numbers, uint32_t result,
                                         uint32_t entry);

/** A kernel runs. Context: both. */
bool cam_kernel_runs(void);

/** The exception that is active ends the kernel: note why, by the core's registers.
 * @param psp the frame that the core pushed. @returns where the thread goes on, privileged, on MSP.
 * Context: ISR. */
uint32_t cam_kernel_note_end(uint32_t psp);

/** Compare of TIM2: the time limit. Context: ISR. */
void TIM2_IRQHandler(void);

#endif
