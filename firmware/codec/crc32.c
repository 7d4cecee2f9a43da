// SPDX-License-Identifier: MIT
// CRC-32, four bits at a time: a table of 64 bytes, two look-ups per byte.
#include "crc32.h"

// Remainders of the sixteen values of four bits, polynomial 0xedb88320 (reflected).
static const uint32_t table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t cam_crc32_add(uint32_t remainder, uint8_t byte) {
    const uint32_t low = remainder ^ byte;
    const uint32_t half = low >> 4 ^ table[low & 15u];
    return half >> 4 ^ table[half & 15u];
}

uint32_t cam_crc32(const uint8_t *bytes, uint32_t count) {
    uint32_t remainder = CAM_CRC32_START;
    for (uint32_t i = 0; i < count; i++) remainder = cam_crc32_add(remainder, bytes[i]);
    return cam_crc32_end(remainder);
}
