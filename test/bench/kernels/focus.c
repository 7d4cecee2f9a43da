// SPDX-License-Identifier: MIT
#include "kernels.h"

float c_focus(const frame_t *frame) {
    const int width = frame->width, height = frame->height;
    float sum = 0;
    for (int y = 1; y < height - 1; y++) {
        const uint8_t *above = frame->pixels + (y - 1) * frame->stride;
        const uint8_t *here = frame->pixels + y * frame->stride;
        const uint8_t *below = frame->pixels + (y + 1) * frame->stride;
        uint32_t row_sum = 0;
        for (int x = 1; x < width - 1; x++) {
            const int laplacian = 4 * here[x] - here[x - 1] - here[x + 1] - above[x] - below[x];
            row_sum += (uint32_t)(laplacian * laplacian);
        }
        sum += (float)row_sum;
    }
    const int pixels = (width - 2) * (height - 2);
    return pixels > 0 ? sum / (float)pixels : 0;
}
