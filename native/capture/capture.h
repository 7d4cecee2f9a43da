// SPDX-License-Identifier: MIT
// Frames from DCMI and DMA into buffers, and who owns each buffer.
#ifndef CAM_CAPTURE_H
#define CAM_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture_moves.h"
#include "capture_rows.h"
#include "dcmi.h"
#include "stats.h"
#include "status.h"

enum {
    CAM_BUFFERS_MAX = 4,
    // 100,000 frames per second: the thread looks for those that are due one by one, each ms.
    CAM_FPS_MILLIHZ_MAX = 100000000,
};

typedef enum { CAM_KIND_FRAMES, CAM_KIND_ROWS, CAM_KIND_JPEG } cam_kind_t;

struct cam_capture_config {
    cam_kind_t kind;
    uint32_t buffers;    // 1..4
    uint32_t line_bytes; // multiple of 4
    uint32_t lines;
    uint8_t settle_frames; // counted and thrown away after start
    uint32_t fps_millihz;  // 0: not known
    uint32_t frame_rows;   // of the sensor, those without pixels included; 0: not known
    bool keep_newest; // without a free buffer, take back the oldest queued frame, never the newest
    cam_dcmi_config_t dcmi;
    uint32_t x; // where the first frame is taken: labels, see capture_moves.h
    uint32_t y;
    cam_rows_config_t rows; // CAM_KIND_ROWS only
};

typedef enum {
    CAM_STOPPED = 0,
    CAM_STREAMING = 1,
    CAM_STARVED = 2,
    CAM_STALLED = 3, // frames that were due do not come
} cam_capture_state_t;

typedef struct {
    uint32_t index;
    uint32_t sequence;       // frames of the sensor since start, also those not captured
    uint32_t end_us;         // cam_port_now_us() at the FRAME interrupt
    uint32_t dropped_before; // frames of the sensor between the one lent before and this one
    uint32_t first_row;
    bool last_batch;
    bool unproven;     // JPEG: its entropy-coded data was not decoded
    cam_image_t image; // JPEG: one row
    cam_label_t label;
} cam_frame_t;

/** Meanings: docs/frame-grabber.md, counters. */
typedef struct {
    uint32_t frames;
    uint32_t sensor_frames;
    // Where a frame of the sensor ends: exactly one of these.
    uint32_t delivered;
    uint32_t dropped;
    uint32_t skipped;
    uint32_t settling;
    uint32_t short_frames;
    uint32_t overrun_frames;
    uint32_t dma_errors;
    uint32_t bad_jpeg;
    uint32_t too_large;
    uint32_t lost;
    uint32_t doubtful;
    // Events and other numbers.
    uint32_t overruns;
    uint32_t irqs;
    uint32_t resyncs;
    uint32_t needed_bytes;
} cam_counters_t;

/**
 * Lay the buffers out back to back in frame memory, arm the receiver and wait for the sensor's next
 * frame start. Frames that are still lent keep their buffers, so the layout must then be the one
 * they were lent with.
 * @returns CAM_BUSY (streaming: value = state; frames lent with another layout: value = mask of
 * their indices), CAM_BAD_GEOMETRY, CAM_TOO_MANY_WORDS, CAM_NO_MEMORY, CAM_HARDWARE Context:
 * thread.
 */
CAM_CHECKED cam_status_t cam_capture_start(const cam_capture_config_t *config);

/**
 * Let the frame in progress end (two frame times at most), then switch off. Queued frames become
 * skipped; lent frames stay lent.
 * @returns CAM_HARDWARE when the DMA stream does not stop. Context: thread.
 */
CAM_CHECKED cam_status_t cam_capture_stop(void);

/**
 * Switch off at once, in whatever state the capture is, and take every buffer back: for a program
 * that has ended. Queued frames become skipped; the frame in progress counts nowhere; counters
 * stay. Context: thread.
 */
void cam_capture_abort(void);

/** Context: both. */
cam_capture_state_t cam_capture_state(void);

/** A consistent copy of all counters. Context: thread. */
void cam_capture_counters(cam_counters_t *counters);

/** Set all counters to 0; frames still queued count as captured again. Context: thread. */
void cam_capture_clear_counters(void);

/** Sum of the counters whose movement is a fault: overruns, frames that are short, lost or
 * doubtful, DMA errors, JPEG files that are too large or bad; and how often the capture stalled.
 * Context: both. */
uint32_t cam_capture_faults(void);

/** Lend the oldest queued frame. @returns false when there is none. Context: thread. */
CAM_CHECKED bool cam_capture_next(cam_frame_t *frame);

/** Take a lent frame back; a starved capture goes on with the next frame start. @returns
 * CAM_NOT_LENT. Context: thread. */
CAM_CHECKED cam_status_t cam_capture_release(uint32_t index);

/** Drop up to `count` of the oldest queued frames. Context: thread. */
void cam_capture_skip(uint32_t count);

/** Frames captured and not yet looked at. Context: thread. */
uint32_t cam_capture_queued(void);

/** Bytes of a lent frame as it lies in memory. @returns CAM_NOT_LENT. Context: thread. */
CAM_CHECKED cam_status_t cam_capture_lent(uint32_t index, cam_image_t *image);

/** What NEXT lends are batches of rows. Context: thread. */
bool cam_capture_in_batches(void);

/** A frame waits that no notification has told of. Context: thread. */
bool cam_capture_notify_pending(void);

/** The notification was sent. Context: thread. */
void cam_capture_set_notified(void);

/** Interrupt handlers, by their vector names. Context: ISR. */
void DCMI_IRQHandler(void);
void DMA2_Stream1_IRQHandler(void);

#endif
