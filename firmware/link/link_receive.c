// SPDX-License-Identifier: MIT
// Takes the wire apart; drops what is damaged, repeated or out of order, and nothing else.
#include "link_receive.h"

#include "cobs.h"
#include "crc32.h"
#include "grabber_map.h"
#include "link_wire.h"

static uint8_t payload[CAM_LINK_PAYLOAD_BYTES_MAX];
static cam_cobs_decoder_t decoder = {.buffer = payload, .limit = sizeof payload};
static cam_link_receive_counters_t counters;
static uint8_t last_sequence = 0xff; // the first message has 0

static bool whole(uint32_t bytes) {
    if (bytes < CAM_LINK_HEADER_BYTES + CAM_LINK_CRC_BYTES) return false;
    const uint32_t covered = bytes - CAM_LINK_CRC_BYTES;
    return cam_crc32(payload, covered) == cam_get32(payload + covered);
}

/** Is a message new? Sequence numbers count modulo 256; the last 64 are old, any other is a gap.
 * HELLO is never old: it may begin a new count. */
static bool is_new(uint8_t type, uint8_t sequence) {
    const uint8_t ahead = (uint8_t)(sequence - last_sequence);
    const bool old = ahead == 0 || ahead > 0x100 - CAM_LINK_STALE_WINDOW;
    if (old) return type == CAM_LINK_HELLO;
    if (type != CAM_LINK_HELLO) counters.missed += ahead - 1u;
    last_sequence = sequence;
    return true;
}

void cam_link_receive_restart(uint8_t sequence) { last_sequence = sequence; }

bool cam_link_receive(uint8_t byte, cam_link_message_t *message) {
    const cam_cobs_result_t result = cam_cobs_push(&decoder, byte);
    if (result == CAM_COBS_MORE) return false;
    if (result == CAM_COBS_BAD || !whole(decoder.length)) {
        counters.bad_frames++;
        return false;
    }
    if (!is_new(payload[0], payload[1])) {
        counters.stale++;
        return false;
    }
    counters.received++;
    *message = (cam_link_message_t){
        .body = payload + CAM_LINK_HEADER_BYTES,
        .bytes = decoder.length - CAM_LINK_HEADER_BYTES - CAM_LINK_CRC_BYTES,
        .type = payload[0],
        .sequence = payload[1],
    };
    return true;
}

const cam_link_receive_counters_t *cam_link_receive_counters(void) { return &counters; }
