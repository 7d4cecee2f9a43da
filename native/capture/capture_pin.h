// SPDX-License-Identifier: MIT
// A frame that the host link goes on reading after the program gave it back.
#ifndef CAM_CAPTURE_PIN_H
#define CAM_CAPTURE_PIN_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/**
 * Pin a lent frame: its bytes stay as they are also after the program gives it back, for the host
 * link, one frame at a time. The capture takes the buffer back when it would lose a frame without
 * it; before that it waits for the program as long as the time between two frames allows.
 * @param readout_us from a frame's start to its end, of its descriptor
 * @returns false when it cannot be pinned: another one is, or it is the only buffer, or a batch of
 * rows, or not lent. Context: thread.
 */
CAM_CHECKED bool cam_capture_pin(uint32_t index, uint32_t readout_us);

/** Is frame `index` still pinned? Bytes read before a yes are the frame's. Context: thread. */
bool cam_capture_is_pinned(uint32_t index);

/** The pinned frame is not needed any more. Context: thread. */
void cam_capture_unpin(void);

/** Once per millisecond while a frame is pinned, below the capture's interrupts. Context: ISR. */
void cam_capture_tick(void);

#endif
