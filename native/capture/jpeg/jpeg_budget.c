// SPDX-License-Identifier: MIT
#include "jpeg_budget.h"

#include "port.h"

enum {
    SHARE_MAX_PERCENT = 15,
    KIB = 1024,
};

static uint32_t us_per_kib;
static uint32_t began_us;

bool cam_jpeg_affordable(uint32_t bytes, bool first, uint32_t limit_us) {
    const uint32_t cost_us = us_per_kib * (bytes / KIB + 1u);
    if (first || cost_us == 0) return true;
    return cost_us <= limit_us &&
           cam_port_now_us() - began_us >= cost_us * 100u / SHARE_MAX_PERCENT;
}

void cam_jpeg_decoded(uint32_t bytes, uint32_t from_us, bool whole) {
    began_us = from_us;
    if (whole) us_per_kib = (cam_port_now_us() - from_us) / (bytes / KIB + 1u);
}
