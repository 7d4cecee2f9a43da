// SPDX-License-Identifier: MIT
// The stack guards.
#ifndef CAM_MPU_H
#define CAM_MPU_H

/** No access to the lowest 32 bytes of the native stack and below the VM's: an overflow is a
 * MemManage fault instead of a changed variable. Faults get handlers of their own. Context: thread.
 */
void cam_mpu_start(void);

#endif
