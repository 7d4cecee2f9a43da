// SPDX-License-Identifier: MIT
#include "kernels.h"

void c_edges(const frame_t *frame, const frame_t *out) {
    const int width = min(frame->width, out->width), height = min(frame->height, out->height);
    for (int y = 1; y < height - 1; y++) {
        const uint8_t *above = frame->pixels + (y - 1) * frame->stride;
        const uint8_t *here = frame->pixels + y * frame->stride;
        const uint8_t *below = frame->pixels + (y + 1) * frame->stride;
        uint8_t *result = out->pixels + y * out->stride;
        for (int x = 1; x < width - 1; x++) {
            const int gx = above[x + 1] - above[x - 1] + 2 * (here[x + 1] - here[x - 1]) +
                           below[x + 1] - below[x - 1];
            const int gy = below[x - 1] - above[x - 1] + 2 * (below[x] - above[x]) + below[x + 1] -
                           above[x + 1];
            result[x] = (uint8_t)min(magnitude(gx) + magnitude(gy), 255);
        }
    }
}
