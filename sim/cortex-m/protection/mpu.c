// SPDX-License-Identifier: MIT
// Rights are looked up for 32 bytes at a time, the smallest region, and the newest are kept.

#include "mpu.h"

/** The smallest region is of 32 bytes, the smallest with sub-regions of 256 (B3.5.9). */
enum { GRANULE_SHIFT = 5, SUBREGIONS_SHIFT = 8 };
#define GRANULE_BYTES (1U << GRANULE_SHIFT)
#define NO_GRANULE 0xffffffffU

#define CTRL_ENABLE (1U << 0)
#define CTRL_PRIVDEFENA (1U << 2)
#define RASR_ENABLE (1U << 0)
#define RASR_XN (1U << 28)

/** The private peripheral bus keeps the default memory map (B3.5.1). */
#define PPB_START 0xe0000000U
#define PPB_END 0xe0100000U

enum {
    R = CAM_RIGHT_READ,
    W = CAM_RIGHT_WRITE,
    X = CAM_RIGHT_EXECUTE,
    U = CAM_RIGHTS_UNPRIVILEGED_SHIFT,
    ALL_PRIVILEGED = R | W | X,
    ALL = ALL_PRIVILEGED | ALL_PRIVILEGED << U,
};

/** By AP (table B3-15): who may read, may execute where XN is clear. 4 is reserved. */
static const uint8_t rights_by_ap[8] = {
    [0] = 0, [1] = R | W | X, [2] = R | W | X | (R | X) << U, [3] = ALL,
    [4] = 0, [5] = R | X,     [6] = R | X | (R | X) << U,     [7] = R | X | (R | X) << U,
};

/** Whether a region has the address, and no sub-region there is disabled. */
static bool matches(uint32_t base, uint32_t attributes, uint32_t address) {
    if ((attributes & RASR_ENABLE) == 0) return false;
    uint32_t shift = (attributes >> 1 & 31) + 1;
    if (shift == 32 ? false : base >> shift != address >> shift) return false;
    if (shift < SUBREGIONS_SHIFT) return true;
    uint32_t subregion = address >> (shift - 3) & 7;
    return (attributes >> (8 + subregion) & 1) == 0;
}

/** The region with the highest number decides; without one the background, for privileged code. */
static uint32_t rights_at(const cam_mpu_registers_t *registers, uint32_t address) {
    if ((registers->control & CTRL_ENABLE) == 0) return ALL;
    if (address >= PPB_START && address < PPB_END) return ALL;
    for (uint32_t region = CAM_MPU_REGIONS; region-- > 0;) {
        uint32_t attributes = registers->attributes[region];
        if (!matches(registers->bases[region], attributes, address)) continue;
        uint32_t rights = rights_by_ap[attributes >> 24 & 7];
        return (attributes & RASR_XN) != 0 ? rights & ~(uint32_t)(X | X << U) : rights;
    }
    return (registers->control & CTRL_PRIVDEFENA) != 0 ? ALL_PRIVILEGED : 0;
}

void cam_mpu_open(cam_mpu_t *mpu, const cam_mpu_registers_t *registers) {
    mpu->registers = registers;
    cam_mpu_changed(mpu);
}

void cam_mpu_changed(cam_mpu_t *mpu) {
    for (uint32_t i = 0; i < CAM_MPU_CACHED; i++) mpu->cached[i].granule = NO_GRANULE;
}

static uint32_t cached_rights(cam_mpu_t *mpu, uint32_t granule) {
    cam_mpu_cached_t *cached = &mpu->cached[granule % CAM_MPU_CACHED];
    if (cached->granule != granule) {
        cached->granule = granule;
        cached->rights = rights_at(mpu->registers, granule << GRANULE_SHIFT);
    }
    return cached->rights;
}

bool cam_mpu_permits(cam_mpu_t *mpu, uint32_t address, uint32_t bytes, uint32_t right,
                     bool privileged, uint32_t *denied) {
    uint32_t needed = privileged ? right : right << U;
    uint32_t end = address + bytes - 1;
    uint32_t last = (end < address ? 0xffffffffU : end) >> GRANULE_SHIFT;
    for (uint32_t granule = address >> GRANULE_SHIFT;; granule++) {
        if ((cached_rights(mpu, granule) & needed) == 0) {
            uint32_t start = granule << GRANULE_SHIFT;
            *denied = start > address ? start : address;
            return false;
        }
        if (granule == last) return true;
    }
}
