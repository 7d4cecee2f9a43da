// SPDX-License-Identifier: MIT
// Frames of the sensor by the time between two VSYNCs: one that comes too early ends no frame, one
// that comes late ends more than one, and one that is due and does not come is a frame that is
// lost. All by the planned frame rate, corrected by what is measured; without one every VSYNC ends
// one frame.
#ifndef CAM_FRAME_CLOCK_H
#define CAM_FRAME_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "capture_state.h"

/** A capture starts. @param row_count rows of a frame, those without pixels included; 0: not
 * known. Context: thread, capture off. */
void cam_frames_begin(uint32_t fps_millihz, uint32_t row_count);

/** Whether frames are due at their time. Off: for a sensor that waits for triggers. Context:
 * thread. */
void cam_frames_watch(bool on);

enum {
    // The longest time that is compared: 2^27 us times 16 still fits.
    CAM_ELAPSED_MAX_US = 1 << 27,
};

/** us in 1/16 us. A time that is yet to come is none: the end of a frame may be noted before it is
 * due. */
static inline uint32_t cam_x16(uint32_t us) {
    if ((int32_t)us < 0) return 0;
    return 16u * (us > CAM_ELAPSED_MAX_US ? CAM_ELAPSED_MAX_US : us);
}

/** EXPOSURE was pulsed: while frames are not due at their time, one is due by it, unless the sensor
 * may have ignored the pulse. Context: thread. */
void cam_frames_triggered(void);

/** A frame has ended since the start. Context: both. */
bool cam_frames_synced(void);

/** What a VSYNC means. */
typedef struct {
    bool glitch;       // it came too early to end a frame
    bool again;        // it is where the one before was: both end the same frame
    uint32_t frames;   // of the sensor that it ends, those that were counted at a glitch left out
    uint32_t first_us; // when the first of them ended, by the time of a frame
} cam_vsync_t;

/** A VSYNC came that is not of a captured frame. Context: ISR. */
cam_vsync_t cam_frames_ended(void);

/** The frame that has just ended is whole: its VSYNC was no glitch. Context: ISR. */
void cam_frames_whole(void);

/** The frame under way was counted, because a glitch cut it; its real VSYNC may still come.
 * Context: ISR. */
void cam_frames_ended_early(void);

/** Frames that are due, by their time or by a trigger, and did not come: count them. Context:
 * thread. */
void cam_frames_count_missing(void);

/** So many frames in a row did not come. Context: thread. */
uint32_t cam_frames_missing(void);

/** Frames do not come any more. Context: both. */
bool cam_frames_stalled(void);

/** How often frames stopped to come. Context: both. */
uint32_t cam_frames_stalls(void);

/**
 * Does the time of a whole frame fit its number and, with a crop window, its rows (frame_spans.h)?
 * Numbers of frames are set right when frames were lost without any interrupt. The frame is the
 * oldest one. Context: thread.
 */
CAM_CHECKED bool cam_frames_check(cam_buffer_t *buffer);

#endif
