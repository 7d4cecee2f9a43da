// SPDX-License-Identifier: MIT
// Which memory is the VM's, for pointers that it gives to native code: the same as mpu.c's regions
// and no more, since native code would write for the VM where the VM may not.
#ifndef CAM_VM_MEMORY_H
#define CAM_VM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/** `bytes` from `address` on are the VM's: one of its stacks, its variables, its heap. Context:
 * both. */
bool cam_vm_may_write(uint32_t address, uint32_t bytes);

/** The VM may read them: its own, or flash. Context: both. */
bool cam_vm_may_read(uint32_t address, uint32_t bytes);

#endif
