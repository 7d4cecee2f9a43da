// SPDX-License-Identifier: MIT
// A handler that does not return: no other frame is handed to the program until it does.
#ifndef CAM_HELD_FRAME_H
#define CAM_HELD_FRAME_H

#include <stdbool.h>

/**
 * While the capture runs and frames are missed: say once of a program that has done nothing with
 * frames for a second that it holds them up, and end it after four. It holds them up while it has
 * one, unless it has asked for more since, or while one waits. Context: thread, each millisecond.
 * @param halted by a debugger: however long that takes, the program has all its time afterwards
 */
void cam_held_frame_poll(bool halted);

#endif
