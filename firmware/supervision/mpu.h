// SPDX-License-Identifier: MIT
// The MPU: what the VM and a kernel may reach, and the stack guards.
#ifndef CAM_MPU_H
#define CAM_MPU_H

#include "firmware_board.h"
#include "kernel_regions.h"

/** What a kernel may read and write. */
typedef struct {
    cam_mpu_region_t frames[CAM_COVER_REGIONS];
    cam_mpu_region_t memory;
    cam_mpu_region_t native; // what it may not, though `frames` may have it
} cam_mpu_kernel_t;

/** Unprivileged code, which is the VM, reads flash, reads and writes the VM's memory, and reaches
 * nothing else. Nobody has access to the lowest 32 bytes of the native stack and below the VM's: an
 * overflow is a MemManage fault instead of a changed variable. Faults get handlers of their own.
 * Context: thread.
 */
void cam_mpu_start(void);

/** From now on unprivileged code is a kernel: it reads flash, reads and writes this, and reaches
 * nothing else, also of the VM. Context: thread. */
void cam_mpu_for_kernel(const cam_mpu_kernel_t *kernel);

/** From now on it is the VM. Context: thread. */
void cam_mpu_for_vm(void);

#endif
