// SPDX-License-Identifier: MIT
// Memory as regions of the MPU.
#ifndef CAM_KERNEL_REGIONS_H
#define CAM_KERNEL_REGIONS_H

#include <stdint.h>

#include "firmware_board.h"

enum { CAM_COVER_REGIONS = 3 };

/**
 * Regions that hold all of `start` to `end`: the eighths of one that lie inside, and of its eighths
 * at the two ends the eighths that are touched. What they hold besides is less than a 64th of the
 * smallest power of two, 2,048 bytes or more, a multiple of which has all of it: 2 KB at most in
 * 128 KB of SRAM. Those that are not needed have 0 bytes. Context: thread.
 */
void cam_cover(uint32_t start, uint32_t end, cam_mpu_region_t regions[CAM_COVER_REGIONS]);

#endif
