// SPDX-License-Identifier: MIT
// Frames of which only a part is captured, by a crop window or in batches, by the times between the
// part's end and the VSYNCs before and after it: whether rows were lost or doubled.
#ifndef CAM_FRAME_SPANS_H
#define CAM_FRAME_SPANS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture_state.h"

/** A capture starts. @param period_x16 of the sensor's frames, 1/16 us; 0: not known.
 * @param row_count rows of a frame, those without pixels included; 0: not known. Context: thread,
 * capture off. */
void cam_spans_begin(uint32_t period_x16, uint32_t row_count);

/** The VSYNC of a captured frame, with a crop window or a ring of batches: the next one is timed
 * from here. Context: ISR. */
void cam_spans_vsync(bool whole);

/** The window's rows and those above it, as the registers have them now. Context: ISR, or
 * interrupts masked. */
uint32_t cam_spans_crop_rows(void);

/** A buffer is armed for the next frame start. Context: ISR, or interrupts masked. */
void cam_spans_arm(cam_buffer_t *buffer);

/** A frame that is thrown away after the start tells what later ones are compared with.
 * `row_count`: of the sensor, from its first to the last that was captured. Context: ISR. */
void cam_spans_settled(uint32_t end_us, uint32_t row_count);

/** The frame in `buffer` is whole, but its VSYNC, which tells whether it is right, is to come.
 * Context: thread. */
bool cam_spans_waits(const cam_buffer_t *buffer);

/** A batch of rows but for a frame's last one, which ends with VSYNC. Context: both. */
bool cam_spans_is_batch(const cam_buffer_t *buffer);

/** Do the times before and after the part fit those of other frames? Rows that are lost show before
 * FRAME and after it, rows that are doubled only after it. Context: thread. */
CAM_CHECKED bool cam_spans_check(const cam_buffer_t *buffer);

#endif
