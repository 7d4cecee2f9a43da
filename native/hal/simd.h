// SPDX-License-Identifier: MIT
// Four unsigned bytes at a time: the Cortex-M4's SIMD instructions (ARMv7-M A4.4.3), and the same
// in portable C.
#ifndef CAM_SIMD_H
#define CAM_SIMD_H

#include <stdint.h>

#ifdef __ARM_FEATURE_SIMD32

#include <arm_acle.h>

/** `sum` and the four absolute differences. */
static inline uint32_t cam_u8x4_sad(uint32_t a, uint32_t b, uint32_t sum) {
    return __usada8(a, b, sum);
}

/** In each byte: `yes` where a >= b, else `no`. */
static inline uint32_t cam_u8x4_select_ge(uint32_t a, uint32_t b, uint32_t yes, uint32_t no) {
    (void)__usub8(a, b);
    return __sel(yes, no);
}

/** In each byte: the lesser of the two to `low`. @returns the greater ones */
static inline uint32_t cam_u8x4_sort(uint32_t *low, uint32_t b) {
    const uint32_t a = *low;
    (void)__usub8(a, b);
    *low = __sel(b, a);
    return __sel(a, b);
}

#else

static inline uint32_t cam_u8x4_byte(uint32_t word, uint32_t index) {
    return word >> (8u * index) & 0xffu;
}

static inline uint32_t cam_u8x4_sad(uint32_t a, uint32_t b, uint32_t sum) {
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t x = cam_u8x4_byte(a, i);
        const uint32_t y = cam_u8x4_byte(b, i);
        sum += x > y ? x - y : y - x;
    }
    return sum;
}

static inline uint32_t cam_u8x4_select_ge(uint32_t a, uint32_t b, uint32_t yes, uint32_t no) {
    uint32_t selected = 0;
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t from = cam_u8x4_byte(a, i) >= cam_u8x4_byte(b, i) ? yes : no;
        selected |= cam_u8x4_byte(from, i) << (8u * i);
    }
    return selected;
}

static inline uint32_t cam_u8x4_sort(uint32_t *low, uint32_t b) {
    const uint32_t a = *low;
    *low = cam_u8x4_select_ge(a, b, b, a);
    return cam_u8x4_select_ge(a, b, a, b);
}

#endif

#endif
