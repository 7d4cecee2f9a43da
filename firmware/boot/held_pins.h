// SPDX-License-Identifier: MIT
// Parts on the board that share pins with the camera, and how they are kept quiet.
#ifndef CAM_HELD_PINS_H
#define CAM_HELD_PINS_H

/** Drive the board file's `hold` pins to their levels. Context: thread, before the camera's pins.
 */
void cam_held_pins_start(void);

#endif
