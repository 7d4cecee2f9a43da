// SPDX-License-Identifier: MIT
// Moves of the window and triggers while streaming: when they act, and which frames they label.
#ifndef CAM_CAPTURE_MOVES_H
#define CAM_CAPTURE_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/** What is said of one frame. */
typedef struct {
    uint32_t x;
    uint32_t y;
    bool doubtful;       // nobody knows which window it was taken with
    uint32_t trigger_us; // 0: not triggered
} cam_label_t;

enum { CAM_MOVE_BYTES_MAX = 8, CAM_TRIGGER_US_MAX = 100000 };

/** A capture starts: its frames are taken at x, y. Context: thread. */
void cam_moves_begin(uint32_t x, uint32_t y);

/**
 * Write `count` bytes (1..8) to the sensor, which acts at its next frame start. Waits, at most two
 * frame times, until that start is far enough for all bytes to arrive before it. A frame that
 * started while they were sent is doubtful. When the sensor does not acknowledge, the registers are
 * read back: they may have been written all the same; if not, or if that fails too, all frames from
 * then on are doubtful until the next move that succeeds.
 * @returns CAM_HARDWARE (value: the bus' status, limit: the address). Context: thread.
 */
CAM_CHECKED cam_status_t cam_moves_sensor(uint32_t address, const uint8_t *bytes, uint32_t count,
                                          uint32_t x, uint32_t y);

/**
 * Let the next VSYNC interrupt write DCMI_CWSTRT.
 * @returns CAM_BAD_GEOMETRY (bits outside HOFFCNT and VST; a capture without crop). Context:
 * thread.
 */
CAM_CHECKED cam_status_t cam_moves_crop(uint32_t cwstrt, uint32_t x, uint32_t y);

/**
 * Raise EXPOSURE for `pulse_us`.
 * @returns CAM_BAD_REGISTER (the pin is not wired), CAM_BAD_GEOMETRY (0, or over
 * CAM_TRIGGER_US_MAX). Context: thread.
 */
CAM_CHECKED cam_status_t cam_moves_trigger(uint32_t pulse_us);

/** Frames from `from` on are `count` numbers later than was thought. Context: thread, interrupts
 * masked. */
void cam_moves_renumber(uint32_t from, uint32_t count);

/** What is said of the frame in buffer `index`, which is whole. Context: thread. */
cam_label_t cam_moves_label(uint32_t index);

#endif
