// SPDX-License-Identifier: MIT
// The VM's regions, and the stack guards (ARMv7-M B3.5).
#include "mpu.h"

#include <stdint.h>

#include "core_regs.h"
#include "crash.h"
#include "firmware_board.h"
#include "mmio.h"

extern uint8_t cam_native_stack[];
extern uint8_t cam_vm_stack_guard[];

_Static_assert(CAM_STACK_GUARD_BYTES == 32, "the smallest region");

enum { SVC_PRIORITY = 0xf0 };

// Where two overlap the higher number decides. 2 to 4 are free.
enum {
    REGION_FLASH = 0,
    REGION_VM = 1,
    REGION_NATIVE_IN_VM = 5,
    REGION_NATIVE_STACK_GUARD = 6,
    REGION_VM_STACK_GUARD = 7,
};

// Of 256 MB in eighths of 32 MB those at 0, where flash is too, and at 0x08000000.
#define FLASH_SUBREGIONS_OFF 0xeeu

static void set(uint32_t region, uint32_t start, uint32_t attributes) {
    mmio_write32(MPU_RBAR, start | MPU_RBAR_VALID | region);
    mmio_write32(MPU_RASR, attributes | MPU_RASR_ENABLE);
}

static void forbid(uint32_t region, const uint8_t *start) {
    set(region, (uint32_t)(uintptr_t)start,
        MPU_RASR_XN | MPU_RASR_AP_NONE | MPU_RASR_SIZE(CAM_STACK_GUARD_BYTES));
}

static void set_ram(uint32_t number, const cam_mpu_region_t *region, uint32_t rights) {
    set(number, region->start,
        MPU_RASR_XN | rights | MPU_RASR_S | MPU_RASR_C |
            region->subregions_off << MPU_RASR_SRD_SHIFT | MPU_RASR_SIZE(region->bytes));
}

void cam_mpu_start(void) {
    mmio_modify32(SCB_SHCSR, 0,
                  SCB_SHCSR_MEMFAULTENA | SCB_SHCSR_BUSFAULTENA | SCB_SHCSR_USGFAULTENA);
    // Privileged code has all rights, but for the guards. Not AP 6 for flash: an update stores
    // there. Normal memory: what is strongly ordered is not to be read unaligned.
    set(REGION_FLASH, 0,
        MPU_RASR_AP_UNPRIVILEGED_READS | MPU_RASR_C | FLASH_SUBREGIONS_OFF << MPU_RASR_SRD_SHIFT |
            MPU_RASR_SIZE(256u << 20));
    set_ram(REGION_VM, &cam_firmware_board.vm_region, MPU_RASR_AP_ALL);
    if (cam_firmware_board.native_in_vm_region.bytes != 0)
        set_ram(REGION_NATIVE_IN_VM, &cam_firmware_board.native_in_vm_region,
                MPU_RASR_AP_PRIVILEGED);
    forbid(REGION_NATIVE_STACK_GUARD, cam_native_stack);
    forbid(REGION_VM_STACK_GUARD, cam_vm_stack_guard);
    // A call of the VM delays no interrupt.
    mmio_modify32(SCB_SHPR2, 0, (uint32_t)SVC_PRIORITY << 24);
    mmio_write32(MPU_CTRL, MPU_CTRL_PRIVDEFENA | MPU_CTRL_ENABLE);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}
