// SPDX-License-Identifier: MIT
// Whether a capture that runs still can: its registers are as they were written, and frames come.
#ifndef CAM_CAPTURE_WATCH_H
#define CAM_CAPTURE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/** What was seen on the wires. */
typedef struct {
    bool pixclk_moves;
    bool hsync_moves;
    bool vsync_level;
    bool hsync_level;
    bool registers_right; // until now
} cam_signals_t;

/** Count frames that are due and do not come, look at the registers. Call at least every 10 ms.
 * Context: thread. */
void cam_watch_poll(void);

/**
 * Compare the registers of a running capture with what was written to them. If they differ they are
 * written again, and all frames that are not yet looked at are doubtful, the one under way
 * included.
 * @returns false when they differed. Context: thread.
 */
bool cam_watch_registers(void);

/**
 * Look at the sensor's pins for as long as a row takes, or a little longer. Context: thread; up to
 * 2 ms.
 */
cam_signals_t cam_watch_signals(void);

#endif
