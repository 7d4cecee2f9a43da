// SPDX-License-Identifier: MIT
// Jacdac frames from the client into the VM, no faster than the VM can bear.
#ifndef CAM_LINK_JACDAC_H
#define CAM_LINK_JACDAC_H

#include "link_receive.h"

/** Packets, not frames. */
typedef struct {
    uint32_t received;
    uint32_t metered;
    uint32_t refused;
} cam_link_jacdac_counters_t;

/** Take a JACDAC message. Context: thread. */
void cam_link_jacdac_take(const cam_link_message_t *message);

/** Context: thread. */
const cam_link_jacdac_counters_t *cam_link_jacdac_counters(void);

#endif
