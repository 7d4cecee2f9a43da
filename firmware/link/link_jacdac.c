// SPDX-License-Identifier: MIT
// A token bucket in front of the VM's queue. A TypeScript program answers at most 50 packets per
// second; above that they pile up in its heap until it panics.
#include "link_jacdac.h"

#include "link_answer.h"
#include "link_wire.h"
#include "port.h"

enum {
    FRAMES_PER_SECOND = 30,
    TOKEN_US = 1000000 / FRAMES_PER_SECOND,
    BURST_FRAMES = 8, // the VM's queue holds 9, and its own devices use it too
    HEADER_BYTES = 12,
    SIZE_OFFSET = 2,
};

static cam_link_jacdac_counters_t counters;
// Time that has been spent on frames: each costs TOKEN_US, none may be more than a burst ahead.
static uint32_t paid_us;
static bool started;

/** A token, when there is one. */
static bool spend(void) {
    const uint32_t now_us = cam_port_now_us();
    const uint32_t full_us = now_us - (uint32_t)BURST_FRAMES * TOKEN_US;
    if (!started || (int32_t)(full_us - paid_us) > 0) paid_us = full_us;
    started = true;
    if ((int32_t)(now_us - paid_us) < TOKEN_US) return false;
    paid_us += TOKEN_US;
    return true;
}

void cam_link_jacdac_take(const cam_link_message_t *message) {
    const uint32_t bytes =
        message->bytes > SIZE_OFFSET ? HEADER_BYTES + (uint32_t)message->body[SIZE_OFFSET] : 16u;
    if (!cam_link_has_length(message, bytes)) return;
    if (!spend())
        counters.metered++;
    else if (!cam_port_vm_receive(message->body))
        counters.refused++;
    else
        counters.received++;
}

const cam_link_jacdac_counters_t *cam_link_jacdac_counters(void) { return &counters; }
