// SPDX-License-Identifier: MIT
// The embedded flash: erase sectors, program words, read back. Sectors of STM32F405..F446 and of
// both banks of F42x/F43x (RM0090 tables 5 and 6).
#ifndef CAM_FLASH_H
#define CAM_FLASH_H

#include <stdint.h>

#include "slots_status.h"

#define CAM_FLASH_START 0x08000000u
#define CAM_FLASH_ERASED 0xffffffffu

/** A sector: where it starts, its size, and its code in FLASH_CR's SNB. */
typedef struct {
    uint32_t address;
    uint32_t bytes;
    uint32_t code;
} cam_flash_sector_t;

/** The sector that holds `address`, which must be a flash address. Context: both. */
cam_flash_sector_t cam_flash_sector(uint32_t address);

/**
 * Erase the sector that starts at `address`; takes up to 2 s (128 KB), during which a part with one
 * bank executes nothing that is in flash. Locks the flash again. Needs 2.7 V or more (x32).
 * @returns CAM_SLOTS_NOT_A_SECTOR, _FLASH_LOCKED, _FLASH_TIMEOUT or _FLASH_ERROR when refused.
 * Context: thread.
 */
CAM_SLOTS_CHECKED cam_slots_status_t cam_flash_erase(uint32_t address);

/**
 * Program words from `address` (a multiple of 4) on, each read back. 16 us each (100 at most).
 * Bits can only fall: CAM_SLOTS_VERIFY tells where the word needed one to rise. Locks the flash
 * again. Context: thread.
 */
CAM_SLOTS_CHECKED cam_slots_status_t cam_flash_program(uint32_t address, const uint32_t *words,
                                                       uint32_t count);

/** A word of flash as it is now, past what the compiler may know of it. Context: both. */
static inline uint32_t cam_flash_read(uint32_t address) {
    return *(const volatile uint32_t *)(uintptr_t)address;
}

#endif
