// SPDX-License-Identifier: MIT
// The MPU: what the VM may reach, and the stack guards.
#ifndef CAM_MPU_H
#define CAM_MPU_H

/** Unprivileged code, which is the VM, reads flash, reads and writes the VM's memory, and reaches
 * nothing else. Nobody has access to the lowest 32 bytes of the native stack and below the VM's: an
 * overflow is a MemManage fault instead of a changed variable. Faults get handlers of their own.
 * Context: thread.
 */
void cam_mpu_start(void);

#endif
