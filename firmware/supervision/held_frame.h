// SPDX-License-Identifier: MIT
// A handler that does not return: no other frame is handed to the program until it does.
#ifndef CAM_HELD_FRAME_H
#define CAM_HELD_FRAME_H

/**
 * While the capture runs and frames are missed: say once of a program that has done nothing with
 * frames for a second that it holds them up, and end it after four. It holds them up while it has
 * one, unless it has asked for more since, or while one waits. Context: thread, each millisecond.
 */
void cam_held_frame_poll(void);

#endif
