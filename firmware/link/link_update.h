// SPDX-License-Identifier: MIT
// A program update over the link: PROGRAM_BEGIN, _DATA, _COMMIT and their answers.
#ifndef CAM_LINK_UPDATE_H
#define CAM_LINK_UPDATE_H

#include <stdbool.h>

#include "link_receive.h"

/** Take a PROGRAM message. Context: thread. */
void cam_link_update_take(const cam_link_message_t *message);

/** Erase the next sector, give up an update whose client is silent. Context: thread. */
void cam_link_update_poll(void);

/** Context: thread. */
bool cam_link_updating(void);

/** A new session: the client of the update is gone. Context: thread. */
void cam_link_update_abandon(void);

#endif
