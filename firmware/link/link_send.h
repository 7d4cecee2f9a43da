// SPDX-License-Identifier: MIT
// Messages to the client: header, body, CRC and COBS go straight into the transmit queue.
#ifndef CAM_LINK_SEND_H
#define CAM_LINK_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "cobs.h"
#include "link_wire.h"

enum {
    CAM_LINK_WELCOME_BODY_BYTES = 132,
    // The longest answer to a request. Room for it is kept free of everything that is not one.
    CAM_LINK_ANSWER_WIRE_BYTES = CAM_COBS_WIRE_BYTES(
        CAM_LINK_HEADER_BYTES + CAM_LINK_WELCOME_BODY_BYTES + CAM_LINK_CRC_BYTES),
};

typedef enum {
    CAM_LINK_ANSWER, // may use all of the queue
    CAM_LINK_NEWS,   // leaves room for an answer
    CAM_LINK_BULK,   // leaves room for an answer and the longest piece of news
} cam_link_urgency_t;

/** Restart the sequence numbers: a new session. Context: thread. */
void cam_link_send_restart(void);

/**
 * Begin a message, when the queue has room for all of it.
 * @returns false when not; nothing is queued then. Context: thread.
 */
bool cam_link_begin(uint32_t type, uint32_t body_bytes, cam_link_urgency_t urgency);

/** The body, as many bytes as announced. Context: thread. */
void cam_link_add8(uint32_t value);
void cam_link_add16(uint32_t value);
void cam_link_add32(uint32_t value);
void cam_link_add(const uint8_t *bytes, uint32_t count);

/** The text and zeros behind it, `count` bytes in all, the last one 0. */
void cam_link_add_name(const char *text, uint32_t count);

/** End the message and send it. Context: thread. */
void cam_link_end(void);

/** Messages sent since boot. */
uint32_t cam_link_sent(void);

#endif
