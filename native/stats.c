// SPDX-License-Identifier: MIT
// Frame statistics of 8-bit gray pixels, in exact integer arithmetic.
#include "stats.h"

_Static_assert(4ull * 65535 * CAM_SIDE_MAX <= UINT32_MAX,
               "every frame that one DMA transfer moves fits (cam_stats_fit)");

typedef struct {
    uint32_t sum;
    uint32_t sum_x;
    uint32_t count;
} row_t;

/** numerator / denominator in 1/256, rounded down; 0 for a denominator of 0. Both parts stay below
 * 2^32 (cam_stats_fit). */
static uint32_t ratio_x256(uint32_t numerator, uint32_t denominator) {
    if (denominator == 0) return 0;
    return (numerator / denominator << 8) + ((numerator % denominator << 8) / denominator);
}

/** Sums of one row; updates extremes and sum_diff. */
static row_t measure_row(const uint8_t *row, uint32_t columns, uint32_t threshold,
                         cam_stats_t *stats) {
    row_t sums = {0, 0, 0};
    uint32_t before = row[0];
    for (uint32_t x = 0; x < columns; x++) {
        const uint32_t gray = row[x];
        sums.sum += gray;
        if (gray < stats->min) stats->min = gray;
        if (gray > stats->max) stats->max = gray;
        stats->sum_diff += gray > before ? gray - before : before - gray;
        before = gray;
        if (gray >= threshold) {
            sums.sum_x += x;
            sums.count++;
        }
    }
    return sums;
}

void cam_stats_measure(const cam_image_t *image, uint32_t threshold, cam_stats_t *stats) {
    uint32_t sum = 0;
    uint32_t sum_x = 0;
    uint32_t sum_y = 0;
    *stats = (cam_stats_t){.min = 255};
    for (uint32_t y = 0; y < image->rows; y++) {
        const row_t row =
            measure_row(image->pixels + y * image->columns, image->columns, threshold, stats);
        sum += row.sum;
        sum_x += row.sum_x;
        sum_y += y * row.count;
        stats->count += row.count;
    }
    stats->mean_x256 = ratio_x256(sum, image->columns * image->rows);
    stats->centroid_x_x256 = ratio_x256(sum_x, stats->count);
    stats->centroid_y_x256 = ratio_x256(sum_y, stats->count);
}

void cam_stats_histogram(const cam_image_t *image, uint32_t bins[CAM_HISTOGRAM_BINS]) {
    const uint32_t pixels = image->columns * image->rows;
    for (uint32_t i = 0; i < CAM_HISTOGRAM_BINS; i++) bins[i] = 0;
    for (uint32_t i = 0; i < pixels; i++) bins[image->pixels[i] >> 2]++;
}
