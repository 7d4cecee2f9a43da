// SPDX-License-Identifier: MIT
// The page's commands for a program's pins (docs/frame-grabber.md).
#ifndef CAM_GRABBER_PINS_H
#define CAM_GRABBER_PINS_H

#include "grabber_transfer.h"
#include "status.h"

enum { CAM_PIN_FOUND_BYTES = 4, CAM_PIN_STATE_BYTES = 8 };

/** PIN_FIND. Context: thread. */
CAM_CHECKED cam_status_t cam_grabber_pin_find(const cam_transfer_t *transfer);

/** PIN_MODE. Context: thread. */
CAM_CHECKED cam_status_t cam_grabber_pin_mode(const cam_transfer_t *transfer);

/** PIN_WRITE. Context: thread. */
CAM_CHECKED cam_status_t cam_grabber_pin_write(const cam_transfer_t *transfer);

/** PIN_READ. Context: thread. */
CAM_CHECKED cam_status_t cam_grabber_pin_read(const cam_transfer_t *transfer);

#endif
