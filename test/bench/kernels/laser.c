// SPDX-License-Identifier: MIT
#include <arm_acle.h>

#include "kernels.h"

#define COLUMNS 752
#define NO_LIGHT 0xffff

static int weights[COLUMNS], moments[COLUMNS];

static void gather(const uint8_t *pixels, int from, int to, int threshold, int y) {
    for (int x = from; x < to; x++) {
        const int light = pixels[x] - threshold;
        if (light > 0) {
            weights[x] += light;
            moments[x] += light * y;
        }
    }
}

void c_laser(const frame_t *frame, int threshold, uint16_t *line) {
    const int width = min(frame->width, COLUMNS), height = frame->height;
    const uint32_t thresholds = (uint32_t)(threshold & 0xff) * 0x01010101u;
    for (int x = 0; x < width; x++) weights[x] = moments[x] = 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = frame->pixels + y * frame->stride;
        int x = 0;
        for (; x + 4 <= width; x += 4)
            if (__uqsub8(four(row + x), thresholds) != 0) gather(row, x, x + 4, threshold, y);
        gather(row, x, width, threshold, y);
    }
    for (int x = 0; x < width; x++) {
        const int weight = weights[x];
        line[x] =
            (uint16_t)(weight > 0 ? moments[x] / weight * 16 + moments[x] % weight * 16 / weight
                                  : NO_LIGHT);
    }
}
