// SPDX-License-Identifier: MIT
// Frames of the sensor by the time between two VSYNCs.
//
// The interrupt of a frame that was captured as planned looks at no clock but for its time stamp:
// whatever it cannot see is found by the thread before the program gets the frame.
#include "frame_clock.h"

#include <stddef.h>

#include "capture_moves.h"
#include "port.h"

enum {
    PERIOD_UNIT_US = 1000000000, // 1000 s: rates are in frames per 1000 s
    // Beyond it a small error of the frame rate counts for half a frame.
    COMPARED_FRAMES_MAX = 64,
    STALLED_FRAMES = 2,
    GLITCHES_MAX = 2,
    // Then the sensor's own timing has changed.
    MISFITS_MAX = 64,
    // A sensor that was just started sends its first frame after an exposure and a readout.
    FIRST_FRAMES = 8,
    FIRST_EXTRA_US = 100000,
    // The longest time that is compared: 2^27 us times 16 still fits.
    ELAPSED_MAX_US = 1 << 27,
    PERIOD_MAX_US = ELAPSED_MAX_US / COMPARED_FRAMES_MAX,
};

/** A time that is the same in every frame. */
typedef struct {
    bool known;
    bool confirmed; // by a second frame
    int32_t x16;
    int32_t misfit_x16;
    uint32_t misfits; // frames in a row that had that time instead
} span_t;

/** Times in 1/16 us, so that many periods make no error. */
static struct {
    uint32_t period_x16; // 0: not known
    uint32_t row_x16;    // of the sensor, rounded down; 0: not known
    uint32_t row_count;  // of a frame of the sensor
    uint32_t rest_x16;   // what all rows of a frame take beyond row_x16 each
    bool paced;          // two frames of the sensor, one after the other, were that far apart
    bool unwatched;
    uint32_t first_us; // the first end of a frame that was not captured
    uint32_t vsync_us; // the newest VSYNC that cam_frames_ended() saw
    bool late;         // its interrupt came when the next frame had begun
    uint32_t start_us; // while it is the newest end of a frame: none has ended yet
    // Interrupt: the newest VSYNC that ended no frame.
    uint32_t glitches; // in a row, a frame time apart
    uint32_t glitch_us;
    bool early; // while the newest end of a frame is early_us: the one after it was counted
    uint32_t early_us;
    // Thread, interrupts masked.
    uint32_t missing;
    uint32_t watched_us; // the newest end of a frame as of the last look
    volatile uint32_t stalls;
    // Thread: the newest frame that was compared.
    bool known;
    uint32_t sequence;
    uint32_t compared_us;
    uint32_t misfit_x16; // frame time by a frame whose time did not fit; 0: the last one did
    // Crop window or ring. Interrupt: the end of a frame or batch that was thrown away, whose VSYNC
    // is to come.
    bool settled;
    uint32_t settled_us;
    uint32_t settled_rows;
    // From VSYNC to FRAME, and from there to the next VSYNC, as if the window ended at the frame's
    // first row.
    span_t before;
    span_t after;
} clock;

/** A time that is yet to come is none: the end of a frame may be noted before it is due. */
static uint32_t x16(uint32_t us) {
    if ((int32_t)us < 0) return 0;
    return 16u * (us > ELAPSED_MAX_US ? ELAPSED_MAX_US : us);
}

static bool near(uint32_t a, uint32_t b, uint32_t tolerance) {
    return (a > b ? a - b : b - a) <= tolerance;
}

/** When the newest frame ended. With a crop window FRAME is not its end. */
static uint32_t last_us(void) {
    const uint32_t frame_us = cam_cap.frame_us;
    const uint32_t vsync_us = cam_cap.vsync_us;
    return cam_cap.crops || (int32_t)(frame_us - vsync_us) < 0 ? vsync_us : frame_us;
}

static void set_last(uint32_t us) {
    cam_cap.frame_us = us;
    cam_cap.vsync_us = us;
}

/** A frame has ended since the start. */
static bool synced(void) { return last_us() != clock.start_us; }

static bool timed(void) { return clock.period_x16 != 0 && !clock.unwatched; }

/** @returns 0: not known, or so long that nothing is compared */
static uint32_t period_x16(uint32_t fps_millihz) {
    if (fps_millihz == 0) return 0;
    const uint32_t us = PERIOD_UNIT_US / fps_millihz;
    const uint32_t rest = PERIOD_UNIT_US % fps_millihz;
    return us > PERIOD_MAX_US ? 0 : 16u * us + 16u * rest / fps_millihz;
}

void cam_frames_begin(uint32_t fps_millihz, uint32_t row_count) {
    clock.period_x16 = period_x16(fps_millihz);
    clock.row_x16 = row_count == 0 ? 0 : clock.period_x16 / row_count;
    clock.row_count = row_count;
    clock.rest_x16 = row_count == 0 ? 0 : clock.period_x16 % row_count;
    clock.paced = false;
    clock.start_us = cam_port_now_us();
    clock.glitches = 0;
    clock.early = false;
    clock.missing = 0;
    clock.known = false;
    clock.misfit_x16 = 0;
    clock.settled = false;
    clock.before = (span_t){.known = false};
    clock.after = (span_t){.known = false};
    clock.watched_us = clock.start_us;
    set_last(clock.start_us);
}

void cam_frames_watch(bool on) {
    const uint32_t irq = mmio_irq_save();
    clock.unwatched = !on;
    clock.known = false;
    clock.missing = 0;
    clock.start_us = cam_port_now_us();
    set_last(clock.start_us); // no VSYNC from before counts
    mmio_irq_restore(irq);
}

static bool under_way(void) { return (mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) == 0; }

/** VSYNCs that all seemed to be glitches, as far from each other as frames are: they were none, and
 * what was taken for the end of a frame before them was one. */
static bool were_no_glitches(uint32_t now_us) {
    const bool apart = clock.glitches != 0 && near(x16(now_us - clock.glitch_us), clock.period_x16,
                                                   clock.period_x16 / 16u);
    clock.glitches = apart ? clock.glitches + 1u : 1u;
    clock.glitch_us = now_us;
    return clock.glitches > GLITCHES_MAX;
}

/** @returns 0: it is no whole number of periods */
static uint32_t whole_periods(uint32_t time_x16) {
    const uint32_t tolerance = clock.period_x16 / 8u;
    const uint32_t periods = (time_x16 + tolerance) / clock.period_x16;
    return near(time_x16, periods * clock.period_x16, tolerance) ? periods : 0;
}

/** As near as a VSYNC may be to where one is due. */
static bool beside(uint32_t us, uint32_t other_us) {
    const uint32_t apart = (int32_t)(us - other_us) < 0 ? other_us - us : us - other_us;
    return x16(apart) <= clock.period_x16 / 8u;
}

/** Nothing has ended since a frame was counted at a glitch. */
static bool early(void) { return clock.early && last_us() == clock.early_us; }

void cam_frames_whole(void) {
    if (!clock.late) set_last(clock.vsync_us);
    clock.first_us = last_us() - 1u;
}

void cam_frames_ended_early(void) {
    clock.early = true;
    clock.early_us = last_us();
}

cam_vsync_t cam_frames_ended(void) {
    const uint32_t now_us = cam_port_now_us();
    if (!timed() || !synced()) {
        set_last(now_us);
        clock.first_us = now_us;
        clock.vsync_us = now_us;
        clock.late = false;
        return (cam_vsync_t){.frames = 1};
    }
    const uint32_t last = last_us();
    const uint32_t elapsed_x16 = x16(now_us - last);
    // An interrupt so late that the next frame is under way says only that no more than the whole
    // periods have passed.
    clock.late = under_way();
    const uint32_t frames =
        clock.late ? elapsed_x16 / clock.period_x16 : whole_periods(elapsed_x16);
    if (frames == 0 && last != clock.first_us && beside(now_us, last))
        return (cam_vsync_t){.again = true};
    // The first VSYNC may itself have been a glitch, if its frame was not captured.
    if (frames == 0 && (last == clock.first_us || were_no_glitches(now_us))) {
        clock.glitches = 0;
        clock.early = false;
        clock.vsync_us = now_us;
        set_last(now_us);
        return (cam_vsync_t){.frames = 1};
    }
    if (frames == 0) return (cam_vsync_t){.glitch = true};
    clock.glitches = 0;
    const uint32_t counted = early() ? 1u : 0u;
    clock.early = false;
    clock.vsync_us = now_us;
    // Its place among the others, where that is known, until it proves to be that of a whole frame.
    set_last(clock.paced ? last + frames * clock.period_x16 / 16u : now_us);
    return (cam_vsync_t){.frames = frames - counted, .first_us = last + clock.period_x16 / 16u};
}

uint32_t cam_frames_crop_rows(void) {
    return ((cam_cap.cwstrt & DCMI_CWSTRT_VST_MASK) >> 16) + cam_cap.lines;
}

/** Rounded once: 1/16 us for each of hundreds of rows would be as much as a row. */
static int32_t rows_x16(uint32_t rows) {
    if (clock.row_x16 == 0) return 0;
    return (int32_t)(rows * clock.row_x16 + rows * clock.rest_x16 / clock.row_count);
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

void cam_frames_vsync(bool whole) {
    const uint32_t now_us = cam_port_now_us();
    if (whole) cam_cap.vsync_us = now_us;
    cam_buffer_t *ended = waits_for_vsync() ? just_ended() : NULL;
    if (ended != NULL) ended->vsync_after_us = now_us;
    if (clock.settled) {
        clock.settled = false;
        const int32_t rest_x16 = (int32_t)x16(now_us - clock.settled_us);
        clock.after.x16 = rest_x16 + rows_x16(clock.settled_rows);
        clock.after.known = true;
        if (!clock.before.known) {
            clock.before.x16 = (int32_t)clock.period_x16 - rest_x16 - rows_x16(clock.settled_rows);
            clock.before.known = true;
        }
    }
}

void cam_frames_arm(cam_buffer_t *buffer) {
    buffer->vsync_us = cam_cap.vsync_us;
    buffer->crop_rows = cam_frames_crop_rows();
}

bool cam_frames_waits(const cam_buffer_t *buffer) {
    return waits_for_vsync() && buffer->sequence == cam_cap.sequence &&
           cam_cap.phase != CAM_PHASE_STOPPED;
}

/** A batch of rows but for a frame's last one, which ends with VSYNC. */
static bool is_batch(const cam_buffer_t *buffer) {
    return cam_cap.to == CAM_ROWS_TO_RING && !buffer->ends_frame;
}

/** Without a row's time nothing can be said. */
static bool spans_count(const cam_buffer_t *buffer) {
    return (cam_cap.crops || is_batch(buffer)) && clock.row_x16 != 0;
}

static int32_t before_x16(const cam_buffer_t *buffer) {
    return (int32_t)x16(buffer->end_us - buffer->vsync_us) - rows_x16(buffer->crop_rows);
}

static int32_t after_x16(const cam_buffer_t *buffer) {
    return (int32_t)x16(buffer->vsync_after_us - buffer->end_us) + rows_x16(buffer->crop_rows);
}

void cam_frames_settled(uint32_t end_us, uint32_t row_count) {
    clock.settled = true;
    clock.settled_us = end_us;
    clock.settled_rows = row_count;
    if (!synced()) return;
    clock.before.x16 = (int32_t)x16(end_us - cam_cap.vsync_us) - rows_x16(row_count);
    clock.before.known = true;
}

/** Before the first VSYNC the sensor may still be exposing its first frame. */
static bool first_overdue(uint32_t now_us) {
    return x16(now_us - clock.start_us) > FIRST_FRAMES * clock.period_x16 + 16u * FIRST_EXTRA_US;
}

/** One frame that is due has not ended. Its place in the counters may be known all the same. */
static void count_missing_frame(void) {
    if (!early()) {
        if (!cam_capture_fate_known()) cam_cap.counters.lost++;
        cam_cap.sequence++;
        clock.missing++;
        if (clock.missing == STALLED_FRAMES) clock.stalls++;
    }
    clock.early = false;
    cam_cap.fate = CAM_FATE_NONE;
    set_last(last_us() + clock.period_x16 / 16u);
    // What is armed is a frame after this one.
    if (cam_cap.crops && cam_cap.filling != NULL) cam_frames_arm(cam_cap.filling);
}

void cam_frames_count_missing(void) {
    if (!timed()) return;
    const uint32_t irq = mmio_irq_save();
    const uint32_t now_us = cam_port_now_us();
    if (!synced()) {
        if (clock.missing < STALLED_FRAMES && first_overdue(now_us)) {
            clock.missing = STALLED_FRAMES;
            clock.stalls++;
        }
    } else if ((mmio_read32(DCMI_RIS) & DCMI_RIS_VSYNC) == 0) {
        if (last_us() != clock.watched_us) clock.missing = 0;
        while (x16(now_us - last_us()) > clock.period_x16 + clock.period_x16 / 2u)
            count_missing_frame();
        clock.watched_us = last_us();
    }
    mmio_irq_restore(irq);
}

uint32_t cam_frames_missing(void) { return clock.missing; }

bool cam_frames_stalled(void) {
    return cam_cap.phase != CAM_PHASE_STOPPED && clock.missing >= STALLED_FRAMES;
}

uint32_t cam_frames_stalls(void) { return clock.stalls; }

/** Frames were lost before this one without an interrupt: they get their numbers after all. */
static void insert_lost(cam_buffer_t *first, uint32_t count) {
    const uint32_t irq = mmio_irq_save();
    const uint32_t from = first->sequence;
    for (uint32_t i = 0; i < cam_cap.buffer_count; i++)
        if ((int32_t)(cam_cap.buffers[i].sequence - from) >= 0)
            cam_cap.buffers[i].sequence += count;
    cam_moves_renumber(from, count);
    cam_cap.sequence += count;
    cam_cap.counters.lost += count;
    mmio_irq_restore(irq);
}

/** @returns false when less time than that many frames need has passed since the frame before */
static bool check_number(cam_buffer_t *buffer) {
    const bool known = clock.known;
    const uint32_t frames = buffer->sequence - clock.sequence;
    // The end of a crop window moves with it.
    const uint32_t now_us = cam_cap.crops ? buffer->vsync_us : buffer->end_us;
    const uint32_t elapsed_x16 = x16(now_us - clock.compared_us);
    clock.known = true;
    clock.compared_us = now_us;
    clock.sequence = buffer->sequence;
    if (!known || frames == 0 || frames > COMPARED_FRAMES_MAX) return true;
    const uint32_t each_x16 = elapsed_x16 / frames;
    const uint32_t due = (elapsed_x16 + clock.period_x16 / 2u) / clock.period_x16;
    if (due == frames) {
        clock.misfit_x16 = 0;
        // A crystal may be off by more than half a frame in COMPARED_FRAMES_MAX.
        if (frames == 1) {
            clock.period_x16 += (uint32_t)((int32_t)(each_x16 - clock.period_x16) / 8);
            clock.paced = near(each_x16, clock.period_x16, clock.period_x16 / 32u);
        }
        return true;
    }
    // Twice in a row: the sensor's rate is not the one that was planned.
    const bool other_rate = near(each_x16, clock.misfit_x16, each_x16 / 16u);
    clock.misfit_x16 = each_x16;
    if (other_rate) {
        clock.period_x16 = each_x16;
        clock.paced = true;
        return true;
    }
    if (due < frames) return false;
    insert_lost(buffer, due - frames);
    clock.sequence = buffer->sequence;
    return true;
}

static bool within(int32_t a, int32_t b, int32_t tolerance) {
    return a - b <= tolerance && b - a <= tolerance;
}

/** A row that is lost or doubled moves FRAME or VSYNC by its time. */
static bool check_span(span_t *span, int32_t time_x16) {
    const int32_t tolerance_x16 = (int32_t)(clock.row_x16 / 2u);
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

/** Rows that are lost show before FRAME and after it, rows that are doubled only after it. */
static bool check_spans(const cam_buffer_t *buffer) {
    if (!waits_for_vsync()) return check_span(&clock.before, before_x16(buffer));
    if (cam_frames_waits(buffer)) return true;
    const bool came = (int32_t)(buffer->vsync_after_us - buffer->end_us) >= 0;
    return came && check_span(&clock.after, after_x16(buffer));
}

bool cam_frames_check(cam_buffer_t *buffer) {
    if (!timed()) return true;
    // Batches end anywhere in a frame.
    const bool number = is_batch(buffer) || check_number(buffer);
    const bool spans = !spans_count(buffer) || check_spans(buffer);
    return number && spans;
}
