// SPDX-License-Identifier: MIT
// The independent watchdog.
#ifndef CAM_WATCHDOG_H
#define CAM_WATCHDOG_H

/** Start it: from now on the main loop must feed it at least every 5 s, which is longer than the
 * erase of a flash sector may stall the CPU (4 s). It cannot be stopped. Context: thread. */
void cam_watchdog_start(void);

/** Context: thread. */
void cam_watchdog_feed(void);

#endif
