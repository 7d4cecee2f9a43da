// SPDX-License-Identifier: MIT
// Copies of part of a row to its place, in interrupt context.
#include "row_copy.h"

enum { BLOCK_WORDS = 8, UNROLLED_WORDS = 4 * BLOCK_WORDS };

typedef struct {
    uint32_t word;
} __attribute__((packed, aligned(1))) unaligned_t;

#ifdef __thumb2__
// Compilers split LDM and STM into pairs or fours.
#define COPY_BLOCK                                                                                 \
    "ldmia %0!, {r3, r4, r5, r6, r8, r9, r10, r12}\n\t"                                            \
    "stmia %1!, {r3, r4, r5, r6, r8, r9, r10, r12}\n\t"
// LDR loads from any address.
#define COPY_UNALIGNED_BLOCK                                                                       \
    "ldr r3, [%0], #32\n\t"                                                                        \
    "ldr r4, [%0, #-28]\n\t"                                                                       \
    "ldr r5, [%0, #-24]\n\t"                                                                       \
    "ldr r6, [%0, #-20]\n\t"                                                                       \
    "ldr r8, [%0, #-16]\n\t"                                                                       \
    "ldr r9, [%0, #-12]\n\t"                                                                       \
    "ldr r10, [%0, #-8]\n\t"                                                                       \
    "ldr r12, [%0, #-4]\n\t"                                                                       \
    "stmia %1!, {r3, r4, r5, r6, r8, r9, r10, r12}\n\t"
#define COPY_BLOCKS(blocks, to, from)                                                              \
    __asm__ volatile(blocks                                                                        \
                     : "+r"(from), "+r"(to)                                                        \
                     :                                                                             \
                     : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "memory")
#else
#define COPY_BLOCK 1 +
#define COPY_UNALIGNED_BLOCK COPY_BLOCK
#define COPY_BLOCKS(blocks, to, from)                                                              \
    for (uint32_t left = blocks 0; left > 0; left--) {                                             \
        __builtin_memcpy(to, from, 4u * BLOCK_WORDS);                                              \
        to += BLOCK_WORDS;                                                                         \
        from += BLOCK_WORDS;                                                                       \
    }
#endif

void cam_row_copy_aligned(uint32_t *to, const uint8_t *from, uint32_t words) {
    const uint32_t *source = (const uint32_t *)(uintptr_t)from;
    if (words < BLOCK_WORDS) {
        for (; words > 0; words--) *to++ = *source++;
        return;
    }
    for (; words >= UNROLLED_WORDS; words -= UNROLLED_WORDS)
        COPY_BLOCKS(COPY_BLOCK COPY_BLOCK COPY_BLOCK COPY_BLOCK, to, source);
    for (; words >= BLOCK_WORDS; words -= BLOCK_WORDS) COPY_BLOCKS(COPY_BLOCK, to, source);
    if (words == 0) return;
    // The row's last eight words, some of them once more.
    source -= BLOCK_WORDS - words;
    to -= BLOCK_WORDS - words;
    COPY_BLOCKS(COPY_BLOCK, to, source);
}

void cam_row_copy_unaligned(uint32_t *to, const uint8_t *from, uint32_t words) {
    const unaligned_t *source = (const unaligned_t *)from;
    if (words < BLOCK_WORDS) {
        for (; words > 0; words--) *to++ = (source++)->word;
        return;
    }
    for (; words >= UNROLLED_WORDS; words -= UNROLLED_WORDS)
        COPY_BLOCKS(
            COPY_UNALIGNED_BLOCK COPY_UNALIGNED_BLOCK COPY_UNALIGNED_BLOCK COPY_UNALIGNED_BLOCK, to,
            source);
    for (; words >= BLOCK_WORDS; words -= BLOCK_WORDS)
        COPY_BLOCKS(COPY_UNALIGNED_BLOCK, to, source);
    if (words == 0) return;
    source -= BLOCK_WORDS - words;
    to -= BLOCK_WORDS - words;
    COPY_BLOCKS(COPY_UNALIGNED_BLOCK, to, source);
}

/** Two gray values, in bits 7:0 and 23:16, as two pixels: 5 bits red, 6 green, 5 blue. */
static inline uint32_t two_pixels(uint32_t gray) {
    return (gray & 0x00f800f8u) << 8 | (gray & 0x00fc00fcu) << 3 | (gray >> 3 & 0x001f001fu);
}

void cam_row_copy_rgb565(uint32_t *to, const uint8_t *from, uint32_t words) {
    const unaligned_t *source = (const unaligned_t *)from;
    for (; words > 0; words--) {
        const uint32_t gray = (source++)->word;
        const uint32_t even = two_pixels(gray & 0x00ff00ffu);
        const uint32_t odd = two_pixels(gray >> 8 & 0x00ff00ffu);
        *to++ = (even & 0xffffu) | odd << 16;
        *to++ = even >> 16 | (odd & 0xffff0000u);
    }
}
