// SPDX-License-Identifier: MIT
#include "kernels.h"

#define RUNS 128
#define LABELS 256

typedef struct {
    int area;
    int x, y;
    uint16_t left, top, right, bottom;
} blob_t;

typedef struct {
    int start, end, label;
} run_t;

typedef struct {
    int area, sum_x, sum_y, left, top, right, bottom;
} group_t;

static run_t even_runs[RUNS], odd_runs[RUNS];
static group_t groups[LABELS];
static uint16_t parents[LABELS];

static int root_of(int label) {
    while (parents[label] != label) {
        parents[label] = parents[parents[label]];
        label = parents[label];
    }
    return label;
}

static int join(int a, int b) {
    const int root_a = root_of(a), root_b = root_of(b);
    const int low = min(root_a, root_b);
    parents[max(root_a, root_b)] = (uint16_t)low;
    return low;
}

static int sixteenths(int sum, int area) { return sum / area * 16 + sum % area * 16 / area; }

void c_blobs(const frame_t *frame, int threshold, int min_area, list_t *found) {
    const int width = frame->width, height = frame->height;
    int labels = 0, above_count = 0;
    found->length = found->left = 0;
    run_t *above = even_runs, *runs = odd_runs;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = frame->pixels + y * frame->stride;
        int run_count = 0, candidate = 0, x = 0;
        for (;;) {
            while (x < width && row[x] <= threshold) x++;
            if (x >= width) break;
            const int start = x;
            while (x < width && row[x] > threshold) x++;
            if (run_count == RUNS) {
                found->left++;
                continue;
            }
            while (candidate < above_count && above[candidate].end < start) candidate++;
            int label = -1;
            for (int i = candidate; i < above_count && above[i].start <= x; i++)
                label = label < 0 ? root_of(above[i].label) : join(label, above[i].label);
            if (label < 0) {
                if (labels == LABELS) {
                    found->left++;
                    continue;
                }
                label = labels++;
                parents[label] = (uint16_t)label;
                groups[label] = (group_t){.left = start, .top = y, .right = x, .bottom = y};
            }
            runs[run_count++] = (run_t){start, x, label};
            group_t *group = &groups[label];
            const int length = x - start;
            group->area += length;
            group->sum_x += (start + x - 1) * length / 2;
            group->sum_y += y * length;
            group->left = min(group->left, start);
            group->right = max(group->right, x);
            group->bottom = y;
        }
        run_t *free = above;
        above = runs;
        above_count = run_count;
        runs = free;
    }
    for (int label = 0; label < labels; label++) {
        const int root = root_of(label);
        if (root == label) continue;
        const group_t *from = &groups[label];
        group_t *into = &groups[root];
        into->area += from->area;
        into->sum_x += from->sum_x;
        into->sum_y += from->sum_y;
        into->left = min(into->left, from->left);
        into->top = min(into->top, from->top);
        into->right = max(into->right, from->right);
        into->bottom = max(into->bottom, from->bottom);
    }
    blob_t *blob = (blob_t *)(found + 1);
    for (int label = 0; label < labels; label++) {
        const group_t *group = &groups[label];
        if (parents[label] != label || group->area < min_area) continue;
        if (found->length == found->capacity) {
            found->left++;
            continue;
        }
        found->length++;
        *blob++ = (blob_t){
            .area = group->area,
            .x = sixteenths(group->sum_x, group->area),
            .y = sixteenths(group->sum_y, group->area),
            .left = (uint16_t)group->left,
            .top = (uint16_t)group->top,
            .right = (uint16_t)(group->right - 1),
            .bottom = (uint16_t)group->bottom,
        };
    }
}
