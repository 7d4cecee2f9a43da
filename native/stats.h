// SPDX-License-Identifier: MIT
// Frame statistics of 8-bit gray pixels, in exact integer arithmetic.
#ifndef CAM_STATS_H
#define CAM_STATS_H

#include <stdint.h>

enum {
    CAM_SUM_SCALE = 256, // what is kept beside the sum of all pixels: 255 per pixel, 1/256
    CAM_HISTOGRAM_BINS = 64,
    CAM_SIDE_MAX = 16383, // columns and rows; CAPCNT and VLINE have 14 bits
};

/** Bytes of a frame in memory, rows without a gap. columns x rows <= 262,140, each at most
 * CAM_SIDE_MAX: every sum fits into 32 bits. */
typedef struct {
    const uint8_t *pixels;
    uint32_t columns;
    uint32_t rows;
} cam_image_t;

typedef struct {
    uint32_t mean_x256; // gray levels, rounded down to 1/256
    uint32_t min;
    uint32_t max;
    uint32_t count;           // pixels at or above the threshold
    uint32_t centroid_x_x256; // column (0 = first) of their centre, rounded down to 1/256; 0 when
                              // count is 0
    uint32_t centroid_y_x256;
    uint32_t sum_diff; // sum of |difference| of horizontal neighbours: rises with sharpness
} cam_stats_t;

/** Mean, extremes, centroid and focus measure of an image with at least one pixel. Context: thread.
 */
void cam_stats_measure(const cam_image_t *image, uint32_t threshold, cam_stats_t *stats);

/** Count pixels in 64 bins of 4 gray levels. Context: thread. */
void cam_stats_histogram(const cam_image_t *image, uint32_t bins[CAM_HISTOGRAM_BINS]);

#endif
