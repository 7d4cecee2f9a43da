// SPDX-License-Identifier: MIT
// Messages from the client: COBS, CRC and sequence number are checked here.
#ifndef CAM_LINK_RECEIVE_H
#define CAM_LINK_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

/** A message, until the next call. */
typedef struct {
    const uint8_t *body;
    uint32_t bytes;
    uint8_t type;
    uint8_t sequence;
} cam_link_message_t;

typedef struct {
    uint32_t received;
    uint32_t bad_frames;
    uint32_t stale;
    uint32_t missed;
} cam_link_receive_counters_t;

/**
 * One byte of the wire.
 * @returns true when it ended a whole message that is not known to be old; HELLO is never old.
 * Context: thread.
 */
bool cam_link_receive(uint8_t byte, cam_link_message_t *message);

/** A new session: its HELLO had this sequence number, what follows has later ones. Context: thread.
 */
void cam_link_receive_restart(uint8_t sequence);

/** Context: thread. */
const cam_link_receive_counters_t *cam_link_receive_counters(void);

#endif
