// SPDX-License-Identifier: MIT
// The independent watchdog, fed by all parts of the main loop together.
#ifndef CAM_WATCHDOG_H
#define CAM_WATCHDOG_H

#include <stdint.h>

/** What has to be alive, bits. */
typedef enum {
    CAM_ALIVE_TICK = 1,   // SysTick counts
    CAM_ALIVE_CAMERA = 2, // the capture's turn ended
    CAM_ALIVE_VM = 4,     // the VM's turn ended; only while a program runs
    CAM_ALIVE_LINK = 8,   // the link's turn ended
} cam_alive_t;

/** Start it: from now on it must be fed every 1.8 s, whatever frequency LSI has; at 32 kHz it waits
 * for 2.7 s. It cannot be stopped. Context: thread. */
void cam_watchdog_start(void);

/** Until the next reset it must be fed every 5 s only: the erase of a flash sector may stall the
 * CPU for 4 s. Context: thread. */
void cam_watchdog_allow_erase(void);

/** From now on these bits of cam_alive_t together feed it. Context: thread. */
void cam_watchdog_expect(uint32_t parts);

/** One of the parts is alive: feeds when each that is expected has said so since the last time.
 * Context: thread. */
void cam_watchdog_alive(cam_alive_t part);

#endif
