// SPDX-License-Identifier: MIT
// The mode and lines blocks of the frame grabber as a capture's configuration.
#ifndef CAM_GRABBER_MODE_H
#define CAM_GRABBER_MODE_H

#include <stdint.h>

#include "status.h"

/** Start what the registers say. @returns as cam_capture_start. Context: thread. */
CAM_CHECKED cam_status_t cam_grabber_start(const uint8_t *map);

#endif
