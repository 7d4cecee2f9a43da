// SPDX-License-Identifier: MIT
// The registers of the frame grabber as bytes: 0x00..0xff, little endian.
#ifndef CAM_GRABBER_MAP_H
#define CAM_GRABBER_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "grabber_regs.h"
#include "status.h"

enum {
    CAM_MAP_LINES_END = CAM_REG_DISPLAY_FLAGS + 1,
    CAM_MAP_BYTES = CAM_REG_DOUBTFUL + 4,
};

static inline void cam_put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static inline void cam_put32(uint8_t *at, uint32_t value) {
    cam_put16(at, value);
    cam_put16(at + 2, value >> 16);
}

static inline uint32_t cam_get16(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static inline uint32_t cam_get32(const uint8_t *at) {
    return cam_get16(at) | cam_get16(at + 2) << 16;
}

/** A register of 1, 2 or 4 bytes starts at `address`. @returns its size, or 0. Context: thread. */
uint32_t cam_map_register_bytes(uint32_t address);

/** The first address that a read from `address` on cannot reach. Context: thread. */
uint32_t cam_map_end(uint32_t address);

/**
 * May `count` bytes be written from `address` on? Whole registers of the mode and lines blocks
 * only; a write runs on through them as a read does, and bytes between registers are ignored.
 * @returns CAM_BAD_REGISTER or CAM_BAD_LENGTH. Context: thread.
 */
CAM_CHECKED cam_status_t cam_map_check_write(uint32_t address, uint32_t count);

#endif
