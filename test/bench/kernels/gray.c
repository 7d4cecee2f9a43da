// SPDX-License-Identifier: MIT
#include "kernels.h"

#define RED 161188
#define GREEN 155710
#define BLUE 61456

void c_rgb565ToGray(const frame_t *frame, const frame_t *out) {
    const int width = frame->width, height = min(frame->height, out->height);
    for (int y = 0; y < height; y++) {
        const uint8_t *pixels = frame->pixels + y * frame->stride;
        uint8_t *result = out->pixels + y * out->stride;
        for (int x = 0; x < width; x++) {
            const int high = pixels[2 * x], low = pixels[2 * x + 1];
            const int red = high >> 3, green = (high & 7) << 3 | low >> 5, blue = low & 31;
            result[x] = (uint8_t)((RED * red + GREEN * green + BLUE * blue + 32768) >> 16);
        }
    }
}

void c_yuv422ToGray(const frame_t *frame, const frame_t *out) {
    const int width = frame->width, height = min(frame->height, out->height);
    for (int y = 0; y < height; y++) {
        const uint8_t *pixels = frame->pixels + y * frame->stride;
        uint8_t *result = out->pixels + y * out->stride;
        for (int x = 0; x < width; x++) result[x] = pixels[2 * x];
    }
}
