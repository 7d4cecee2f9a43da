// SPDX-License-Identifier: MIT
// Frames to the client: STREAM and its answer, FRAME, BAND, PIXELS, FRAME_END; and the frame
// grabber's registers. The capture never waits for this: see native/capture/capture_pin.c.
#ifndef CAM_LINK_PIXELS_H
#define CAM_LINK_PIXELS_H

#include "link_receive.h"

/** Take a STREAM or GET_REGISTERS. Context: thread. */
void cam_link_pixels_take(const cam_link_message_t *message);

/** Send what the queue has room for beside logs, Jacdac frames and answers. Context: thread. */
void cam_link_pixels_poll(void);

/** A new session, or an update: no stream, and no frame is pinned. Context: thread. */
void cam_link_pixels_stop(void);

#endif
