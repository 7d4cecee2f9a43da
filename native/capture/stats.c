// SPDX-License-Identifier: MIT
// Frame statistics of 8-bit gray pixels, in exact integer arithmetic.
#include "stats.h"

#include "simd.h"

_Static_assert(4ull * 65535 * CAM_SIDE_MAX <= UINT32_MAX,
               "every frame that one DMA transfer moves fits (cam_stats_fit)");

enum {
    ONES = 0x01010101,
    WORDS_PER_LANE = 255, // so many ones fit into a byte
};

/** Sums and extremes of the rows so far; min and max are four separate bytes. */
typedef struct {
    uint32_t sum;
    uint32_t sum_x;
    uint32_t sum_diff;
    uint32_t count;
    uint32_t min;
    uint32_t max;
} sums_t;

/** numerator / denominator in 1/256, rounded down; 0 for a denominator of 0. Both parts stay below
 * 2^32 (cam_stats_fit). */
static uint32_t ratio_x256(uint32_t numerator, uint32_t denominator) {
    if (denominator == 0) return 0;
    return (numerator / denominator << 8) + ((numerator % denominator << 8) / denominator);
}

/** Columns within their words: each byte of `lanes` has counted the pixels of one column. */
static inline uint32_t columns_in_words(uint32_t lanes) {
    return (lanes >> 8 & 0xffu) + 2u * (lanes >> 16 & 0xffu) + 3u * (lanes >> 24);
}

/** Add part of a row, four pixels at a time: some 17 instructions. `before` holds the pixel to the
 * left in its upper byte. @return the last word */
static inline uint32_t measure_words(const uint32_t *words, uint32_t first, uint32_t end,
                                     uint32_t before, uint32_t thresholds, sums_t *all) {
    sums_t sums = *all;
    uint32_t lanes = 0;
    for (uint32_t i = first; i < end; i++) {
        const uint32_t word = words[i];
        sums.sum = cam_u8x4_sad(word, 0, sums.sum);
        sums.sum_diff = cam_u8x4_sad(word, word << 8 | before >> 24, sums.sum_diff);
        sums.min = cam_u8x4_select_ge(word, sums.min, sums.min, word);
        sums.max = cam_u8x4_select_ge(word, sums.max, word, sums.max);
        const uint32_t bright = cam_u8x4_select_ge(word, thresholds, ONES, 0);
        const uint32_t bright_pixels = cam_u8x4_sad(bright, 0, 0);
        lanes += bright;
        sums.count += bright_pixels;
        sums.sum_x += 4u * i * bright_pixels;
        before = word;
    }
    sums.sum_x += columns_in_words(lanes);
    *all = sums;
    return before;
}

static void measure_row(const uint32_t *words, uint32_t count, uint32_t thresholds, sums_t *all) {
    uint32_t before = words[0] << 24; // the first pixel has no neighbour: it is its own
    for (uint32_t first = 0; first < count; first += WORDS_PER_LANE) {
        const uint32_t left = count - first;
        const uint32_t part = left < WORDS_PER_LANE ? left : WORDS_PER_LANE;
        before = measure_words(words, first, first + part, before, thresholds, all);
    }
}

/** The least or the greatest of four bytes. */
static uint32_t extreme_byte(uint32_t word, bool least) {
    uint32_t extreme = word & 0xffu;
    for (uint32_t shift = 8; shift < 32; shift += 8) {
        const uint32_t byte = word >> shift & 0xffu;
        if (least ? byte < extreme : byte > extreme) extreme = byte;
    }
    return extreme;
}

void cam_stats_measure(const cam_image_t *image, uint32_t threshold, uint32_t row_step,
                       cam_stats_t *stats) {
    const uint32_t words = image->columns / 4u;
    sums_t all = {.min = UINT32_MAX};
    uint32_t sum_y = 0;
    uint32_t pixels = 0;
    for (uint32_t y = 0; y < image->rows; y += row_step) {
        const uint32_t count_before = all.count;
        const uint8_t *row = image->pixels + y * image->columns;
        measure_row((const uint32_t *)(uintptr_t)row, words, threshold * ONES, &all);
        sum_y += y * (all.count - count_before);
        pixels += image->columns;
    }
    *stats = (cam_stats_t){
        .mean_x256 = ratio_x256(all.sum, pixels),
        .min = extreme_byte(all.min, true),
        .max = extreme_byte(all.max, false),
        .count = all.count,
        .centroid_x_x256 = ratio_x256(all.sum_x, all.count),
        .centroid_y_x256 = ratio_x256(sum_y, all.count),
        .sum_diff = all.sum_diff,
    };
}

void cam_stats_histogram(const cam_image_t *image, uint32_t bins[CAM_HISTOGRAM_BINS]) {
    const uint32_t pixels = image->columns * image->rows;
    for (uint32_t i = 0; i < CAM_HISTOGRAM_BINS; i++) bins[i] = 0;
    for (uint32_t i = 0; i < pixels; i++) bins[image->pixels[i] >> 2]++;
}
