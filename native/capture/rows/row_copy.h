// SPDX-License-Identifier: MIT
// Copies of part of a row to its place, in interrupt context.
#ifndef CAM_ROW_COPY_H
#define CAM_ROW_COPY_H

#include <stdint.h>

/** Copy `words` words. `from` may be at any address, `to` is a multiple of 4. */
typedef void (*cam_row_copy_t)(uint32_t *to, const uint8_t *from, uint32_t words);

/** `from` is a multiple of 4: eight words by LDM and STM. Context: both. */
void cam_row_copy_aligned(uint32_t *to, const uint8_t *from, uint32_t words);

/** Single loads, which the Cortex-M4 does at any address (LDM does not), and STM. Context: both. */
void cam_row_copy_unaligned(uint32_t *to, const uint8_t *from, uint32_t words);

/** 4 x `words` gray bytes become as many RGB565 pixels, little endian. Context: both. */
void cam_row_copy_rgb565(uint32_t *to, const uint8_t *from, uint32_t words);

#endif
