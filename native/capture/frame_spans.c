// SPDX-License-Identifier: MIT
// Frames of which only a part is captured, by the times before and after it.
//
// A row that is lost or doubled moves the part's end between the two VSYNCs by its time.
#include "frame_spans.h"

#include <stddef.h>

#include "dcmi.h"
#include "frame_clock.h"
#include "port.h"

enum {
    // Then the sensor's own timing has changed.
    MISFITS_MAX = 64,
};

/** A time that is the same in every frame. */
typedef struct {
    bool known;
    bool confirmed; // by a second frame
    int32_t x16;
    int32_t misfit_x16;
    uint32_t misfits; // frames in a row that had that time instead
} span_t;

/** Times in 1/16 us. */
static struct {
    uint32_t period_x16; // as planned; 0: not known
    uint32_t row_x16;    // of the sensor, rounded down; 0: not known
    uint32_t row_count;  // of a frame of the sensor
    uint32_t rest_x16;   // what all rows of a frame take beyond row_x16 each
    // Interrupt: the end of a frame or batch that was thrown away, whose VSYNC is to come.
    bool settled;
    uint32_t settled_us;
    uint32_t settled_rows;
    // From VSYNC to FRAME, and from there to the next VSYNC, as if the window ended at the frame's
    // first row.
    span_t before;
    span_t after;
} spans;

void cam_spans_begin(uint32_t period_x16, uint32_t row_count) {
    spans.period_x16 = period_x16;
    spans.row_x16 = row_count == 0 ? 0 : period_x16 / row_count;
    spans.row_count = row_count;
    spans.rest_x16 = row_count == 0 ? 0 : period_x16 % row_count;
    spans.settled = false;
    spans.before = (span_t){.known = false};
    spans.after = (span_t){.known = false};
}

uint32_t cam_spans_crop_rows(void) {
    return ((cam_cap.cwstrt & DCMI_CWSTRT_VST_MASK) >> 16) + cam_cap.lines;
}

/** Rounded once: 1/16 us for each of hundreds of rows would be as much as a row. */
static int32_t rows_x16(uint32_t rows) {
    if (spans.row_x16 == 0) return 0;
    return (int32_t)(rows * spans.row_x16 + rows * spans.rest_x16 / spans.row_count);
}

/** With a second buffer a frame can wait for its VSYNC, which tells more. */
static bool waits_for_vsync(void) { return cam_cap.crops && cam_cap.buffer_count > 1; }

/** The frame that has just ended, if it is one of those that were captured. */
static cam_buffer_t *just_ended(void) {
    const uint32_t mask = cam_capture_queued_mask();
    for (uint32_t i = 0; i < cam_cap.buffer_count; i++)
        if ((mask >> i & 1u) != 0 && cam_cap.buffers[i].sequence + 1u == cam_cap.sequence)
            return &cam_cap.buffers[i];
    return NULL;
}

void cam_spans_vsync(bool whole) {
    const uint32_t now_us = cam_port_now_us();
    if (whole) cam_cap.vsync_us = now_us;
    cam_buffer_t *ended = waits_for_vsync() ? just_ended() : NULL;
    if (ended != NULL) ended->vsync_after_us = now_us;
    if (spans.settled) {
        spans.settled = false;
        const int32_t rest_x16 = (int32_t)cam_x16(now_us - spans.settled_us);
        spans.after.x16 = rest_x16 + rows_x16(spans.settled_rows);
        spans.after.known = true;
        if (!spans.before.known) {
            spans.before.x16 = (int32_t)spans.period_x16 - rest_x16 - rows_x16(spans.settled_rows);
            spans.before.known = true;
        }
    }
}

void cam_spans_arm(cam_buffer_t *buffer) {
    buffer->vsync_us = cam_cap.vsync_us;
    buffer->crop_rows = cam_spans_crop_rows();
}

bool cam_spans_waits(const cam_buffer_t *buffer) {
    return waits_for_vsync() && buffer->sequence == cam_cap.sequence &&
           cam_cap.phase != CAM_PHASE_STOPPED;
}

bool cam_spans_is_batch(const cam_buffer_t *buffer) {
    return cam_cap.to == CAM_ROWS_TO_RING && !buffer->ends_frame;
}

/** Without a row's time nothing can be said. */
static bool spans_count(const cam_buffer_t *buffer) {
    return (cam_cap.crops || cam_spans_is_batch(buffer)) && spans.row_x16 != 0;
}

static int32_t before_x16(const cam_buffer_t *buffer) {
    return (int32_t)cam_x16(buffer->end_us - buffer->vsync_us) - rows_x16(buffer->crop_rows);
}

static int32_t after_x16(const cam_buffer_t *buffer) {
    return (int32_t)cam_x16(buffer->vsync_after_us - buffer->end_us) + rows_x16(buffer->crop_rows);
}

void cam_spans_settled(uint32_t end_us, uint32_t row_count) {
    spans.settled = true;
    spans.settled_us = end_us;
    spans.settled_rows = row_count;
    if (!cam_frames_synced()) return;
    spans.before.x16 = (int32_t)cam_x16(end_us - cam_cap.vsync_us) - rows_x16(row_count);
    spans.before.known = true;
}

static bool within(int32_t a, int32_t b, int32_t tolerance) {
    return a - b <= tolerance && b - a <= tolerance;
}

/** A row that is lost or doubled moves FRAME or VSYNC by its time. */
static bool check_span(span_t *span, int32_t time_x16) {
    const int32_t tolerance_x16 = (int32_t)(spans.row_x16 / 2u);
    if (!span->known) {
        span->known = true;
        span->x16 = time_x16;
        return false; // nobody knows whether this one is right
    }
    if (within(time_x16, span->x16, tolerance_x16)) {
        span->confirmed = true;
        span->misfits = 0;
        return true;
    }
    const bool again = span->misfits != 0 && within(time_x16, span->misfit_x16, tolerance_x16);
    span->misfits = again ? span->misfits + 1u : 1u;
    span->misfit_x16 = time_x16;
    // Of two that agree and one that does not, the one is wrong.
    if (span->misfits < (span->confirmed ? (uint32_t)MISFITS_MAX : 2u)) return false;
    span->x16 = time_x16;
    span->confirmed = true;
    span->misfits = 0;
    return true;
}

bool cam_spans_check(const cam_buffer_t *buffer) {
    if (!spans_count(buffer)) return true;
    if (!waits_for_vsync()) return check_span(&spans.before, before_x16(buffer));
    if (cam_spans_waits(buffer)) return true;
    const bool came = (int32_t)(buffer->vsync_after_us - buffer->end_us) >= 0;
    return came && check_span(&spans.after, after_x16(buffer));
}
