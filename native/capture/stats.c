// SPDX-License-Identifier: MIT
// Frame statistics of 8-bit gray pixels, in exact integer arithmetic.
#include "stats.h"

#include "simd.h"

_Static_assert(4ull * 65535 * CAM_SIDE_MAX <= UINT32_MAX,
               "every frame that one DMA transfer moves fits (cam_stats_fit)");

enum {
    ONES = 0x01010101,
    WORDS_PER_LANE = 255, // so many ones fit into a byte
    UNROLLED_WORDS = 8,
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

/** Of part of a row. */
typedef struct {
    uint32_t lanes;  // each byte has counted the bright pixels of its column of the words
    uint32_t totals; // after each word the bright pixels so far were added
} bright_t;

typedef struct {
    uint32_t word;
} __attribute__((packed, aligned(1))) unaligned_t;

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

/** All but the extremes of one word. `left`: its pixels' left neighbours. */
static inline void measure_word(uint32_t word, uint32_t left, uint32_t thresholds, sums_t *sums,
                                bright_t *bright) {
    sums->sum = cam_u8x4_sad(word, 0, sums->sum);
    sums->sum_diff = cam_u8x4_sad(word, left, sums->sum_diff);
    bright->lanes += cam_u8x4_select_ge(word, thresholds, ONES, 0);
    bright->totals = cam_u8x4_sad(bright->lanes, 0, bright->totals);
}

/** Of two words: of each pair of bytes one extreme of each kind goes on. */
static inline void add_extremes(uint32_t a, uint32_t b, sums_t *sums) {
    uint32_t low = a;
    const uint32_t high = cam_u8x4_sort(&low, b);
    sums->min = cam_u8x4_select_ge(low, sums->min, sums->min, low);
    sums->max = cam_u8x4_select_ge(high, sums->max, high, sums->max);
}

/** The four pixels to the left of those of `word`: one load on the Cortex-M4, which loads single
 * words from any address. Not for the first word of an image. */
static inline uint32_t left_of(const uint32_t *word) {
    return ((const unaligned_t *)((const uint8_t *)word - 1))->word;
}

/** Where the bright pixels of a part are. With totals instead of products: a word that has n - j
 * words from itself to the part's end was added n - j times. */
static inline void add_bright(uint32_t first, uint32_t words, const bright_t *bright,
                              sums_t *sums) {
    const uint32_t count = cam_u8x4_sad(bright->lanes, 0, 0);
    sums->count += count;
    sums->sum_x += 4u * ((first + words) * count - bright->totals);
    sums->sum_x += columns_in_words(bright->lanes);
}

/** One word. `left`: the left neighbours of its pixels. */
static inline void measure_one(const uint32_t *at, uint32_t left, uint32_t thresholds, sums_t *sums,
                               bright_t *bright) {
    measure_word(*at, left, thresholds, sums, bright);
    add_extremes(*at, *at, sums);
}

/** Two words, which are not the first of an image. */
static inline void measure_pair(const uint32_t *at, uint32_t thresholds, sums_t *sums,
                                bright_t *bright) {
    const uint32_t a = at[0];
    const uint32_t b = at[1];
    measure_word(a, left_of(at), thresholds, sums, bright);
    measure_word(b, left_of(at + 1), thresholds, sums, bright);
    add_extremes(a, b, sums);
}

/** Add words of a row: some 3 instructions for a pixel. `left`: the left neighbours of the first
 * word's pixels. */
static inline void measure_words(const uint32_t *words, uint32_t first, uint32_t end, uint32_t left,
                                 uint32_t thresholds, sums_t *all) {
    sums_t sums = *all;
    bright_t bright = {0, 0};
    const uint32_t *at = words + first;
    const uint32_t *const stop = words + end;
    measure_one(at++, left, thresholds, &sums, &bright);
    if ((stop - at) % 2 != 0) {
        measure_one(at, left_of(at), thresholds, &sums, &bright);
        at++;
    }
    for (; (stop - at) % UNROLLED_WORDS != 0; at += 2) measure_pair(at, thresholds, &sums, &bright);
    for (; at != stop; at += UNROLLED_WORDS) {
        measure_pair(at, thresholds, &sums, &bright);
        measure_pair(at + 2, thresholds, &sums, &bright);
        measure_pair(at + 4, thresholds, &sums, &bright);
        measure_pair(at + 6, thresholds, &sums, &bright);
    }
    add_bright(first, end - first, &bright, &sums);
    *all = sums;
}

static void measure_row(const uint32_t *words, uint32_t count, uint32_t thresholds, sums_t *all) {
    // The first pixel has no neighbour: it is its own.
    uint32_t left = words[0] << 8 | (words[0] & 0xffu);
    for (uint32_t first = 0; first < count; first += WORDS_PER_LANE) {
        const uint32_t rest = count - first;
        const uint32_t part = rest < WORDS_PER_LANE ? rest : WORDS_PER_LANE;
        if (first != 0) left = left_of(words + first);
        measure_words(words, first, first + part, left, thresholds, all);
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
