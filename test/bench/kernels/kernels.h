// SPDX-License-Identifier: MIT
// What the C versions of the kernels get: the records of kernel/index.ts.
#ifndef TEST_KERNELS_H
#define TEST_KERNELS_H

#include <stdint.h>

typedef struct {
    uint8_t *pixels;
    int width;
    int height;
    int stride;
    int format;
} frame_t;

typedef struct {
    int length;
    int capacity;
    int left;
    int unused;
} list_t;

static inline int min(int a, int b) { return a < b ? a : b; }
static inline int max(int a, int b) { return a > b ? a : b; }
static inline int magnitude(int a) { return a < 0 ? -a : a; }

/** Four bytes at any address. */
static inline uint32_t four(const uint8_t *at) {
    uint32_t word;
    __builtin_memcpy(&word, at, sizeof word);
    return word;
}

#endif
