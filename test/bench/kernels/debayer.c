// SPDX-License-Identifier: MIT
#include "kernels.h"

void c_bayerToGray(const frame_t *frame, const frame_t *out) {
    const int width = min(frame->width, out->width), height = min(frame->height, out->height);
    for (int y = 1; y < height - 1; y++) {
        const uint8_t *above = frame->pixels + (y - 1) * frame->stride;
        const uint8_t *here = frame->pixels + y * frame->stride;
        const uint8_t *below = frame->pixels + (y + 1) * frame->stride;
        uint8_t *result = out->pixels + y * out->stride;
        int left = above[0] + 2 * here[0] + below[0];
        int middle = above[1] + 2 * here[1] + below[1];
        for (int x = 1; x < width - 1; x++) {
            const int right = above[x + 1] + 2 * here[x + 1] + below[x + 1];
            result[x] = (uint8_t)((left + 2 * middle + right + 8) >> 4);
            left = middle;
            middle = right;
        }
    }
}
