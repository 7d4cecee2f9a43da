// SPDX-License-Identifier: MIT
#include "kernels.h"

#define LEVELS 256

typedef struct {
    uint8_t low, median, high;
    float mean;
} percentiles_t;

static int counts[LEVELS];

static void count(const frame_t *frame, int *into) {
    for (int level = 0; level < LEVELS; level++) into[level] = 0;
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *row = frame->pixels + y * frame->stride;
        for (int x = 0; x < frame->width; x++) into[row[x]]++;
    }
}

void c_histogram(const frame_t *frame, int *levels) { count(frame, levels); }

static int level_of(int pixels) {
    int seen = 0;
    for (int level = 0; level < LEVELS; level++) {
        seen += counts[level];
        if (seen >= pixels) return level;
    }
    return LEVELS - 1;
}

void c_percentiles(const frame_t *frame, int low, int high, percentiles_t *found) {
    count(frame, counts);
    const int pixels = frame->width * frame->height;
    uint32_t sum = 0;
    for (int level = 0; level < LEVELS; level++) sum += (uint32_t)(counts[level] * level);
    found->low = (uint8_t)level_of(max(1, (pixels * low + 99) / 100));
    found->median = (uint8_t)level_of((pixels + 1) / 2);
    found->high = (uint8_t)level_of(max(1, (pixels * high + 99) / 100));
    found->mean = (float)sum / (float)pixels;
}
