// SPDX-License-Identifier: MIT
// A handler that does not give its frame back: no other frame is handed to the program until then.
#ifndef CAM_HELD_FRAME_H
#define CAM_HELD_FRAME_H

#include <stdint.h>

/** The program took the frame in buffer `index`. Context: thread. */
void cam_held_frame_lent(uint32_t index);

/** The program ended. Context: thread. */
void cam_held_frame_forget(void);

/** Say so, once, of a frame that the program has had for a second while others were dropped. It may
 * have its reasons: it is not ended. Context: thread, each millisecond. */
void cam_held_frame_poll(void);

#endif
