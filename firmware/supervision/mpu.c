// SPDX-License-Identifier: MIT
// The stack guards (ARMv7-M B3.5).
#include "mpu.h"

#include <stdint.h>

#include "core_regs.h"
#include "crash.h"
#include "mmio.h"

extern uint8_t cam_native_stack[];
extern uint8_t cam_vm_stack_guard[];

_Static_assert(CAM_STACK_GUARD_BYTES == 32, "the smallest region, SIZE 4");

static void forbid(uint32_t region, const uint8_t *start) {
    mmio_write32(MPU_RBAR, (uint32_t)(uintptr_t)start | MPU_RBAR_VALID | region);
    mmio_write32(MPU_RASR, MPU_RASR_XN | MPU_RASR_AP_NONE | MPU_RASR_SIZE_32 | MPU_RASR_ENABLE);
}

void cam_mpu_start(void) {
    mmio_modify32(SCB_SHCSR, 0,
                  SCB_SHCSR_MEMFAULTENA | SCB_SHCSR_BUSFAULTENA | SCB_SHCSR_USGFAULTENA);
    forbid(0, cam_native_stack);
    forbid(1, cam_vm_stack_guard);
    mmio_write32(MPU_CTRL, MPU_CTRL_PRIVDEFENA | MPU_CTRL_ENABLE);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}
