// SPDX-License-Identifier: MIT
// Tasks on stacks of their own, switched by PendSV.
#ifndef FOREIGN_SWITCH_H
#define FOREIGN_SWITCH_H

#include <stdint.h>

typedef struct {
    uint32_t *stack;
} task_t;

/** The task that runs; the first is set before start_first_task(). */
extern task_t *current_task;

/** The kernel's: of PendSV, chooses current_task. */
void next_task(void);
/** As if it were interrupted at its start. */
void task_make(task_t *task, uint32_t *stack, uint32_t words, void (*entry)(void));

static inline void start_first_task(void) { __asm__ volatile("cpsie i\n\tsvc 0"); }

#endif
