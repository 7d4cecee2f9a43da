// SPDX-License-Identifier: MIT
// The kernels of the program that runs (docs/decisions/program/0026). Context of all: thread.
#ifndef CAM_KERNEL_RUN_H
#define CAM_KERNEL_RUN_H

#include "slots.h"

/** Take the memory of the slot's kernels from the end of cam_board's frame memory. Before
 * cam_init(). */
void cam_kernels_init(const cam_program_slot_t *slot);

/** Their own memory is as at the start of the program. */
void cam_kernels_program_starts(void);

#endif
