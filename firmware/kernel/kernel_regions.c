// SPDX-License-Identifier: MIT
// Regions of the MPU are powers of two at a multiple of themselves, in eighths that can be left out
// (ARMv7-M B3.5.1); the smallest with eighths has 256 bytes.
#include "kernel_regions.h"

enum {
    EIGHTHS = 8,
    ALL_OFF = 0xff,
    BYTES_LEAST = 2048, // so that an eighth has eighths
};

/** Of a region those eighths that lie in the range, or that are touched by it. */
static cam_mpu_region_t eighths(uint32_t region, uint32_t bytes, uint32_t start, uint32_t end,
                                bool touched) {
    const uint32_t eighth = bytes / EIGHTHS;
    uint32_t off = 0;
    for (uint32_t i = 0; i < EIGHTHS; i++) {
        const uint32_t first = region + i * eighth;
        const bool with = touched ? first + eighth > start && first < end
                                  : first >= start && first + eighth <= end;
        if (!with) off |= 1u << i;
    }
    return (cam_mpu_region_t){region, off == ALL_OFF ? 0 : bytes, off};
}

void cam_cover(uint32_t start, uint32_t end, cam_mpu_region_t regions[CAM_COVER_REGIONS]) {
    const cam_mpu_region_t none = {0, 0, 0};
    uint32_t bytes = BYTES_LEAST;
    while (start / bytes != (end - 1u) / bytes) bytes *= 2u;
    const uint32_t eighth = bytes / EIGHTHS;
    const uint32_t first = start & ~(eighth - 1u);
    const uint32_t last = (end - 1u) & ~(eighth - 1u);
    regions[0] = eighths(start & ~(bytes - 1u), bytes, start, end, false);
    regions[1] = start == first ? none : eighths(first, eighth, start, end, true);
    const bool ends_within = end % eighth != 0 && (last != first || start == first);
    regions[2] = ends_within ? eighths(last, eighth, start, end, true) : none;
}
