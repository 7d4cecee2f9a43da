// SPDX-License-Identifier: MIT
// Which accesses the memory protection unit permits (ARMv7-M ARM, DDI 0403, B3.5).
#ifndef CAM_PROTECTION_MPU_H
#define CAM_PROTECTION_MPU_H

#include <stdbool.h>
#include <stdint.h>

enum { CAM_MPU_REGIONS = 8, CAM_MPU_CACHED = 1024 };

/** Registers of the MPU; sim/cortex-m/core-peripherals/mpu.ts writes them. */
typedef struct {
    uint32_t control;
    uint32_t bases[CAM_MPU_REGIONS];      // MPU_RBAR
    uint32_t attributes[CAM_MPU_REGIONS]; // MPU_RASR
} cam_mpu_registers_t;

/** What an access asks for; the rights of unprivileged code are the same bits three higher. */
enum {
    CAM_RIGHT_READ = 1 << 0,
    CAM_RIGHT_WRITE = 1 << 1,
    CAM_RIGHT_EXECUTE = 1 << 2,
    CAM_RIGHTS_UNPRIVILEGED_SHIFT = 3,
};

/** Rights of the 32 bytes that were asked for last at an index; no granule has the number
 * 0xffffffff.
 */
typedef struct {
    uint32_t granule;
    uint32_t rights;
} cam_mpu_cached_t;

typedef struct {
    const cam_mpu_registers_t *registers;
    cam_mpu_cached_t cached[CAM_MPU_CACHED];
} cam_mpu_t;

void cam_mpu_open(cam_mpu_t *mpu, const cam_mpu_registers_t *registers);

/** A register was written. */
void cam_mpu_changed(cam_mpu_t *mpu);

/**
 * Whether an enabled MPU that is in force permits an access.
 * @param bytes its length, 1 or more
 * @param right one CAM_RIGHT bit
 * @param denied the first address that it denies
 */
bool cam_mpu_permits(cam_mpu_t *mpu, uint32_t address, uint32_t bytes, uint32_t right,
                     bool privileged, uint32_t *denied);

#endif
