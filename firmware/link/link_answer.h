// SPDX-License-Identifier: MIT
// Answers that every part of the link gives.
#ifndef CAM_LINK_ANSWER_H
#define CAM_LINK_ANSWER_H

#include <stdint.h>

#include "link_receive.h"

/** ERROR: which message was refused (0, 0: none in particular), why, with value and limit. Context:
 * thread. */
void cam_link_refuse(uint8_t type, uint8_t sequence, uint32_t code, uint32_t value, uint32_t limit);

/** Is the body `bytes` long? Answers with an ERROR when not. Context: thread. */
bool cam_link_has_length(const cam_link_message_t *message, uint32_t bytes);

#endif
