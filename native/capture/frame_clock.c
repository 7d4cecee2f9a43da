// SPDX-License-Identifier: MIT
// Frames of the sensor by the time between two VSYNCs.
//
// The interrupt of a frame that was captured as planned looks at no clock but for its time stamp:
// whatever it cannot see is found by the thread before the program gets the frame.
#include "frame_clock.h"

#include <stddef.h>

#include "capture_moves.h"
#include "frame_spans.h"
#include "port.h"

enum {
    PERIOD_UNIT_US = 1000000000, // 1000 s: rates are in frames per 1000 s
    // Beyond it a small error of the frame rate counts for half a frame.
    COMPARED_FRAMES_MAX = 64,
    STALLED_FRAMES = 2,
    GLITCHES_MAX = 2,
    // A sensor that was just started sends its first frame after an exposure and a readout.
    FIRST_FRAMES = 8,
    FIRST_EXTRA_US = 100000,
    PERIOD_MAX_US = CAM_ELAPSED_MAX_US / COMPARED_FRAMES_MAX,
    // From a trigger to the end of its frame, half periods: exposure and readout take one period
    // each at most.
    TRIGGERED_HALVES = 5,
};

/** Times in 1/16 us, so that many periods make no error. */
static struct {
    uint32_t period_x16; // 0: not known
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
    // Thread: a trigger whose frame has not ended.
    bool awaited;
    uint32_t trigger_us;
    uint32_t trigger_frame_us; // the newest end of a frame then, by FRAME and by VSYNC
    uint32_t trigger_vsync_us;
    // Thread: the newest frame that was compared.
    bool known;
    uint32_t sequence;
    uint32_t compared_us;
    uint32_t misfit_x16; // frame time by a frame whose time did not fit; 0: the last one did
} clock;

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

bool cam_frames_synced(void) { return last_us() != clock.start_us; }

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
    clock.paced = false;
    clock.start_us = cam_port_now_us();
    clock.glitches = 0;
    clock.early = false;
    clock.missing = 0;
    clock.awaited = false;
    clock.known = false;
    clock.misfit_x16 = 0;
    cam_spans_begin(clock.period_x16, row_count);
    clock.watched_us = clock.start_us;
    set_last(clock.start_us);
}

void cam_frames_watch(bool on) {
    const uint32_t irq = mmio_irq_save();
    clock.unwatched = !on;
    clock.known = false;
    clock.missing = 0;
    clock.awaited = false;
    clock.start_us = cam_port_now_us();
    set_last(clock.start_us); // no VSYNC from before counts
    mmio_irq_restore(irq);
}

static bool under_way(void) { return (mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) == 0; }

/** VSYNCs that all seemed to be glitches, as far from each other as frames are: they were none, and
 * what was taken for the end of a frame before them was one. */
static bool were_no_glitches(uint32_t now_us) {
    const bool apart = clock.glitches != 0 && near(cam_x16(now_us - clock.glitch_us),
                                                   clock.period_x16, clock.period_x16 / 16u);
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
    return cam_x16(apart) <= clock.period_x16 / 8u;
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
    if (!timed() || !cam_frames_synced()) {
        set_last(now_us);
        clock.first_us = now_us;
        clock.vsync_us = now_us;
        clock.late = false;
        return (cam_vsync_t){.frames = 1};
    }
    const uint32_t last = last_us();
    const uint32_t elapsed_x16 = cam_x16(now_us - last);
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

/** Before the first VSYNC the sensor may still be exposing its first frame. */
static bool first_overdue(uint32_t now_us) {
    return cam_x16(now_us - clock.start_us) >
           FIRST_FRAMES * clock.period_x16 + 16u * FIRST_EXTRA_US;
}

/** A frame did not come. Its place in the counters may be known all the same. */
static void count_lost(void) {
    if (!cam_capture_fate_known()) cam_cap.counters.lost++;
    cam_cap.sequence++;
    clock.missing++;
    if (clock.missing == STALLED_FRAMES) clock.stalls++;
}

/** One frame that is due has not ended. */
static void count_missing_frame(void) {
    if (!early()) count_lost();
    clock.early = false;
    cam_cap.fate = CAM_FATE_NONE;
    set_last(last_us() + clock.period_x16 / 16u);
    // What is armed is a frame after this one.
    if (cam_cap.crops && cam_cap.filling != NULL) cam_spans_arm(cam_cap.filling);
}

void cam_frames_triggered(void) {
    if (cam_cap.phase == CAM_PHASE_STOPPED || clock.period_x16 == 0 || !clock.unwatched) return;
    const uint32_t irq = mmio_irq_save();
    const uint32_t now_us = cam_port_now_us();
    // In the blanking after a frame the sensor ignores it; while it exposes or sends one, another
    // trigger is awaited or that frame's end will be taken for this one's.
    if (!clock.awaited && cam_x16(now_us - last_us()) > clock.period_x16) {
        clock.awaited = true;
        clock.trigger_us = now_us;
        clock.trigger_frame_us = cam_cap.frame_us;
        clock.trigger_vsync_us = cam_cap.vsync_us;
    }
    mmio_irq_restore(irq);
}

static bool triggered_came(void) {
    return cam_cap.frame_us != clock.trigger_frame_us || cam_cap.vsync_us != clock.trigger_vsync_us;
}

/** Interrupts masked. */
static void look_for_triggered(uint32_t now_us) {
    if (triggered_came()) {
        clock.awaited = false;
        clock.missing = 0;
    } else if (cam_x16(now_us - clock.trigger_us) > TRIGGERED_HALVES * clock.period_x16 / 2u) {
        clock.awaited = false;
        count_lost();
        cam_cap.fate = CAM_FATE_NONE;
    }
}

void cam_frames_count_missing(void) {
    if (!timed() && !clock.awaited) return;
    const uint32_t irq = mmio_irq_save();
    const uint32_t now_us = cam_port_now_us();
    if (clock.awaited) {
        look_for_triggered(now_us);
    } else if (!cam_frames_synced()) {
        if (clock.missing < STALLED_FRAMES && first_overdue(now_us)) {
            clock.missing = STALLED_FRAMES;
            clock.stalls++;
        }
    } else if ((mmio_read32(DCMI_RIS) & DCMI_RIS_VSYNC) == 0) {
        if (last_us() != clock.watched_us) clock.missing = 0;
        while (cam_x16(now_us - last_us()) > clock.period_x16 + clock.period_x16 / 2u)
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
    const uint32_t elapsed_x16 = cam_x16(now_us - clock.compared_us);
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

bool cam_frames_check(cam_buffer_t *buffer) {
    if (!timed()) return true;
    // Batches end anywhere in a frame.
    const bool number = cam_spans_is_batch(buffer) || check_number(buffer);
    const bool spans = cam_spans_check(buffer);
    return number && spans;
}
