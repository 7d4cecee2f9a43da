// SPDX-License-Identifier: MIT
// Encodes messages into the transmit queue.
#include "link_send.h"

#include "crc32.h"
#include "usart.h"

enum {
    BLOCK_END = 0xff, // code of a block of 254 bytes that no 0 follows
    LONGEST_WIRE_BYTES = CAM_COBS_WIRE_BYTES(CAM_LINK_PAYLOAD_BYTES_MAX),
};

static struct {
    uint32_t sent;
    uint32_t crc; // remainder
    cam_usart_place_t code_place;
    uint8_t code;
    uint8_t sequence; // of the next message
} out;

_Static_assert(CAM_LINK_ANSWER_WIRE_BYTES + 2 * LONGEST_WIRE_BYTES < CAM_USART_TX_BYTES,
               "pixels fit beside news and an answer");

static void begin_block(void) {
    out.code_place = cam_usart_tx_put(0);
    out.code = 1;
}

static void end_block(void) { cam_usart_tx_patch(out.code_place, out.code); }

static void encode(uint8_t byte) {
    if (byte != 0) {
        (void)cam_usart_tx_put(byte);
        if (++out.code < BLOCK_END) return;
    }
    end_block();
    begin_block();
}

void cam_link_send_restart(void) { out.sequence = 0; }

/** Bytes that stay free for what is more urgent. */
static uint32_t kept_for(cam_link_urgency_t urgency) {
    if (urgency == CAM_LINK_ANSWER) return 0;
    const uint32_t answer = CAM_LINK_ANSWER_WIRE_BYTES;
    return urgency == CAM_LINK_NEWS ? answer : answer + LONGEST_WIRE_BYTES;
}

bool cam_link_begin(uint32_t type, uint32_t body_bytes, cam_link_urgency_t urgency) {
    const uint32_t payload = CAM_LINK_HEADER_BYTES + body_bytes + CAM_LINK_CRC_BYTES;
    const uint32_t kept = kept_for(urgency);
    if (cam_usart_tx_free() < CAM_COBS_WIRE_BYTES(payload) + kept) return false;
    out.crc = CAM_CRC32_START;
    begin_block();
    cam_link_add8(type);
    cam_link_add8(out.sequence++);
    return true;
}

void cam_link_add8(uint32_t value) {
    const uint8_t byte = (uint8_t)value;
    out.crc = cam_crc32_add(out.crc, byte);
    encode(byte);
}

void cam_link_add16(uint32_t value) {
    cam_link_add8(value);
    cam_link_add8(value >> 8);
}

void cam_link_add32(uint32_t value) {
    cam_link_add16(value);
    cam_link_add16(value >> 16);
}

void cam_link_add(const uint8_t *bytes, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) cam_link_add8(bytes[i]);
}

void cam_link_add_name(const char *text, uint32_t count) {
    bool ended = false;
    for (uint32_t i = 0; i < count; i++) {
        ended = ended || i == count - 1 || text[i] == 0;
        cam_link_add8(ended ? 0 : (uint8_t)text[i]);
    }
}

void cam_link_end(void) {
    cam_link_add32(cam_crc32_end(out.crc));
    end_block();
    (void)cam_usart_tx_put(0);
    cam_usart_tx_commit();
    out.sent++;
}

uint32_t cam_link_sent(void) { return out.sent; }
