// SPDX-License-Identifier: MIT
// CRC-32 of IEEE 802.3 (zlib's crc32): polynomial 0x04c11db7 reflected, all ones in and out.
#ifndef CAM_CRC32_H
#define CAM_CRC32_H

#include <stdint.h>

#define CAM_CRC32_START 0xffffffffu

/** One byte more, into a running remainder that begins as CAM_CRC32_START. Context: both. */
uint32_t cam_crc32_add(uint32_t remainder, uint8_t byte);

/** The CRC of a finished remainder. Context: both. */
static inline uint32_t cam_crc32_end(uint32_t remainder) { return ~remainder; }

/** The CRC of `count` bytes. Context: both. */
uint32_t cam_crc32(const uint8_t *bytes, uint32_t count);

#endif
