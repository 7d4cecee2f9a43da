// SPDX-License-Identifier: MIT
// What a program update over the link means for the rest of the firmware.
#ifndef CAM_UPDATE_H
#define CAM_UPDATE_H

#include <stdbool.h>

/** From an update's begin until the restart that ends it. Context: thread. */
bool cam_update_under_way(void);

/** Restart when an update has ended, committed or not, and the client has not asked for it.
 * Context: thread. */
void cam_update_poll(void);

#endif
