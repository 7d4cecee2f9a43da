// SPDX-License-Identifier: MIT
#include "kernels.h"

typedef struct {
    float x;
    float y;
    int count;
    uint8_t max;
    uint32_t sum;
} spot_t;

void c_brightest(const frame_t *frame, int threshold, spot_t *spot) {
    int count = 0, sum_x = 0, sum_y = 0, brightest = 0;
    uint32_t sum = 0;
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *row = frame->pixels + y * frame->stride;
        for (int x = 0; x < frame->width; x++) {
            const int pixel = row[x];
            sum += (uint32_t)pixel;
            if (pixel > threshold) {
                count++;
                sum_x += x;
                sum_y += y;
                if (pixel > brightest) brightest = pixel;
            }
        }
    }
    spot->count = count;
    spot->sum = sum;
    spot->max = (uint8_t)brightest;
    spot->x = count > 0 ? (float)sum_x / (float)count : 0;
    spot->y = count > 0 ? (float)sum_y / (float)count : 0;
}
