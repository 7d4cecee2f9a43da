// SPDX-License-Identifier: MIT
#include <arm_acle.h>

#include "kernels.h"

void c_half(const frame_t *frame, const frame_t *out) {
    const int width = min(frame->width / 2, out->width);
    const int height = min(frame->height / 2, out->height);
    for (int y = 0; y < height; y++) {
        const uint8_t *above = frame->pixels + 2 * y * frame->stride;
        const uint8_t *below = above + frame->stride;
        uint8_t *result = out->pixels + y * out->stride;
        for (int x = 0; x < width; x++) {
            const int sum = above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1];
            result[x] = (uint8_t)((sum + 2) >> 2);
        }
    }
}

void c_quarter(const frame_t *frame, const frame_t *out) {
    const int width = min(frame->width / 4, out->width);
    const int height = min(frame->height / 4, out->height);
    for (int y = 0; y < height; y++) {
        const uint8_t *first = frame->pixels + 4 * y * frame->stride;
        const uint8_t *second = first + frame->stride;
        const uint8_t *third = second + frame->stride;
        const uint8_t *fourth = third + frame->stride;
        uint8_t *result = out->pixels + y * out->stride;
        for (int x = 0; x < width; x++) {
            uint32_t sum = __usada8(four(first + 4 * x), 0, 8);
            sum = __usada8(four(second + 4 * x), 0, sum);
            sum = __usada8(four(third + 4 * x), 0, sum);
            sum = __usada8(four(fourth + 4 * x), 0, sum);
            result[x] = (uint8_t)(sum >> 4);
        }
    }
}

int c_motion(const frame_t *frame, const frame_t *reference, int threshold) {
    const int width = min(frame->width, reference->width);
    const int height = min(frame->height, reference->height);
    int moved = 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = frame->pixels + y * frame->stride;
        uint8_t *before = reference->pixels + y * reference->stride;
        int x = 0;
        for (; x < width; x++)
            if (magnitude(row[x] - before[x]) > threshold) moved++;
        for (x = 0; x + 4 <= width; x += 4) {
            const uint32_t mean = __uhadd8(four(row + x), four(before + x));
            __builtin_memcpy(before + x, &mean, sizeof mean);
        }
        for (; x < width; x++) before[x] = (uint8_t)((row[x] + before[x]) >> 1);
    }
    return moved;
}
