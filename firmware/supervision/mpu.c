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

// Where two overlap the higher number decides. While a kernel runs 1 to 3 are its frames, 4 its
// memory, and 5 is what is native below the frames: the VM's memory is then nobody's.
enum {
    REGION_FLASH = 0,
    REGION_VM = 1,
    REGION_FRAMES = 1,
    REGION_KERNEL = 4,
    REGION_NATIVE_IN_VM = 5,
    REGION_NATIVE_BELOW_FRAMES = 5,
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
    if (region->bytes == 0) {
        mmio_write32(MPU_RBAR, MPU_RBAR_VALID | number);
        mmio_write32(MPU_RASR, 0);
        return;
    }
    set(number, region->start,
        MPU_RASR_XN | rights | MPU_RASR_S | MPU_RASR_C |
            region->subregions_off << MPU_RASR_SRD_SHIFT | MPU_RASR_SIZE(region->bytes));
}

static void wait(void) { __asm__ volatile("dsb\n\tisb" : : : "memory"); }

void cam_mpu_for_vm(void) {
    static const cam_mpu_region_t none = {0, 0, 0};
    set_ram(REGION_VM, &cam_firmware_board.vm_region, MPU_RASR_AP_ALL);
    for (uint32_t number = REGION_VM + 1u; number <= REGION_KERNEL; number++)
        set_ram(number, &none, 0);
    set_ram(REGION_NATIVE_IN_VM, &cam_firmware_board.native_in_vm_region, MPU_RASR_AP_PRIVILEGED);
    wait();
}

void cam_mpu_for_kernel(const cam_mpu_kernel_t *kernel) {
    for (uint32_t i = 0; i < CAM_COVER_REGIONS; i++)
        set_ram(REGION_FRAMES + i, &kernel->frames[i], MPU_RASR_AP_ALL);
    set_ram(REGION_KERNEL, &kernel->memory, MPU_RASR_AP_ALL);
    set_ram(REGION_NATIVE_BELOW_FRAMES, &kernel->native, MPU_RASR_AP_PRIVILEGED);
    wait();
}

void cam_mpu_start(void) {
    mmio_modify32(SCB_SHCSR, 0,
                  SCB_SHCSR_MEMFAULTENA | SCB_SHCSR_BUSFAULTENA | SCB_SHCSR_USGFAULTENA);
    // Privileged code has all rights, but for the guards. Not AP 6 for flash: an update stores
    // there. Normal memory: what is strongly ordered is not to be read unaligned.
    set(REGION_FLASH, 0,
        MPU_RASR_AP_UNPRIVILEGED_READS | MPU_RASR_C | FLASH_SUBREGIONS_OFF << MPU_RASR_SRD_SHIFT |
            MPU_RASR_SIZE(256u << 20));
    cam_mpu_for_vm();
    forbid(REGION_NATIVE_STACK_GUARD, cam_native_stack);
    forbid(REGION_VM_STACK_GUARD, cam_vm_stack_guard);
    // A call of the VM delays no interrupt.
    mmio_modify32(SCB_SHPR2, 0, (uint32_t)SVC_PRIORITY << 24);
    mmio_write32(MPU_CTRL, MPU_CTRL_PRIVDEFENA | MPU_CTRL_ENABLE);
    wait();
}
