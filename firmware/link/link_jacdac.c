// SPDX-License-Identifier: MIT
// A token bucket in front of the VM's queue; its rule is that of sim/wires/jacdac-meter.ts. A
// TypeScript program answers at most 50 packets per second; above that they pile up in its heap
// until it panics.
#include "link_jacdac.h"

#include "link_answer.h"
#include "link_wire.h"
#include "port.h"

enum {
    PACKETS_PER_SECOND = 30,
    TOKEN_US = 1000000 / PACKETS_PER_SECOND,
    BURST_PACKETS = 8, // the VM's queue holds 9, and its own devices use it too
    HEADER_BYTES = 12,
    PACKET_HEADER_BYTES = 4,
    SIZE_OFFSET = 2,
    FLAGS_OFFSET = 3,
    FLAG_COMMAND = 1,
    SERVICE_INDEX_MASK = 0x3f,
    CRC_ACK_INDEX = 0x3f,
};

static cam_link_jacdac_counters_t counters;
// Time that has been spent on packets: each costs TOKEN_US, none may be more than a burst ahead.
static uint32_t paid_us;
static bool started;

/** Packets that a frame says it has; at least 1. One frame may carry sixty requests. */
static uint32_t count_packets(const uint8_t *frame, uint32_t bytes) {
    uint32_t packets = 0;
    uint32_t at = HEADER_BYTES;
    do {
        packets++;
        at += (PACKET_HEADER_BYTES + (uint32_t)frame[at] + 3u) & ~3u;
    } while (at < bytes);
    return packets;
}

/** Nothing but an acknowledgement of what the VM has sent: it is answered by nothing. */
static bool acknowledges(const uint8_t *frame) {
    return frame[SIZE_OFFSET] == PACKET_HEADER_BYTES && (frame[FLAGS_OFFSET] & FLAG_COMMAND) == 0 &&
           (frame[HEADER_BYTES + 1] & SERVICE_INDEX_MASK) == CRC_ACK_INDEX;
}

/** Tokens for all of them, when there are so many. */
static bool spend(uint32_t packets) {
    const uint32_t now_us = cam_port_now_us();
    const uint32_t burst_us = (uint32_t)BURST_PACKETS * TOKEN_US;
    if (!started || now_us - paid_us > burst_us) paid_us = now_us - burst_us;
    started = true;
    if (now_us - paid_us < packets * TOKEN_US) return false;
    paid_us += packets * TOKEN_US;
    return true;
}

void cam_link_jacdac_take(const cam_link_message_t *message) {
    const uint32_t size = message->bytes > SIZE_OFFSET ? message->body[SIZE_OFFSET] : 0;
    // A frame has a packet.
    const uint32_t least = size < PACKET_HEADER_BYTES ? PACKET_HEADER_BYTES : size;
    if (!cam_link_has_length(message, HEADER_BYTES + least)) return;
    const uint32_t packets = count_packets(message->body, message->bytes);
    if (!acknowledges(message->body) && !spend(packets))
        counters.metered += packets;
    else if (!cam_port_vm_receive(message->body))
        counters.refused += packets;
    else
        counters.received += packets;
}

const cam_link_jacdac_counters_t *cam_link_jacdac_counters(void) { return &counters; }
