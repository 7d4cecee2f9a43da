// SPDX-License-Identifier: MIT
#include <arm_acle.h>
#include <limits.h>

#include "kernels.h"

#define BLOCK 8
#define SEARCH 4
#define GRID 5

typedef struct {
    int8_t dx, dy;
    uint16_t difference;
} motion_t;

static int difference(const uint8_t *a, const uint8_t *b, int stride_a, int stride_b) {
    uint32_t sum = 0;
    for (int row = 0; row < BLOCK; row++) {
        sum = __usada8(four(a), four(b), sum);
        sum = __usada8(four(a + 4), four(b + 4), sum);
        a += stride_a;
        b += stride_b;
    }
    return (int)sum;
}

void c_flow(const frame_t *before, const frame_t *after, list_t *motions) {
    const int step_x = (before->width - 2 * SEARCH - BLOCK) / (GRID - 1);
    const int step_y = (before->height - 2 * SEARCH - BLOCK) / (GRID - 1);
    motion_t *motion = (motion_t *)(motions + 1);
    motions->length = motions->left = 0;
    for (int j = 0; j < GRID; j++)
        for (int i = 0; i < GRID; i++) {
            const int x = SEARCH + i * step_x, y = SEARCH + j * step_y;
            const uint8_t *from = before->pixels + y * before->stride + x;
            int best = INT_MAX, best_x = 0, best_y = 0;
            for (int dy = -SEARCH; dy <= SEARCH; dy++) {
                const uint8_t *to = after->pixels + (y + dy) * after->stride + x;
                for (int dx = -SEARCH; dx <= SEARCH; dx++) {
                    const int sum = difference(from, to + dx, before->stride, after->stride);
                    if (sum < best) {
                        best = sum;
                        best_x = dx;
                        best_y = dy;
                    }
                }
            }
            if (motions->length == motions->capacity) {
                motions->left++;
                continue;
            }
            motions->length++;
            *motion++ = (motion_t){(int8_t)best_x, (int8_t)best_y, (uint16_t)best};
        }
}
