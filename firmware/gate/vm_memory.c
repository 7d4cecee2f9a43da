// SPDX-License-Identifier: MIT
#include "vm_memory.h"

#include "crash.h"

extern const uint8_t cam_flash_start[];
extern const uint8_t cam_flash_end[];
extern uint8_t cam_vm_native_stack[];
extern uint8_t cam_vm_stack_guard[];
extern uint8_t cam_vm_memory_end[];

static bool within(uint32_t address, uint32_t bytes, uint32_t start, uint32_t end) {
    return address >= start && address <= end && bytes <= end - address;
}

bool cam_vm_may_write(uint32_t address, uint32_t bytes) {
    const uint32_t guard = (uint32_t)(uintptr_t)cam_vm_stack_guard;
    return within(address, bytes, guard + CAM_STACK_GUARD_BYTES,
                  (uint32_t)(uintptr_t)cam_vm_memory_end) ||
           within(address, bytes, (uint32_t)(uintptr_t)cam_vm_native_stack, guard);
}

bool cam_vm_may_read(uint32_t address, uint32_t bytes) {
    const uint32_t start = (uint32_t)(uintptr_t)cam_flash_start;
    const uint32_t end = (uint32_t)(uintptr_t)cam_flash_end;
    // Flash is at 0, too.
    return cam_vm_may_write(address, bytes) || within(address, bytes, start, end) ||
           within(address, bytes, 0, end - start);
}
