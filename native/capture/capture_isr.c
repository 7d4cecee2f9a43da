// SPDX-License-Identifier: MIT
// Frames from DCMI and DMA into buffers: the interrupts' half.
//
// One interrupt per frame (two with crop, where FRAME comes at the end of the window and VSYNC at
// the end of the frame). DMA runs in normal mode, one transfer per frame, so that a late interrupt
// can never overwrite a frame: without a new buffer the words stay in the DCMI, which overruns and
// says so. Both interrupts have one priority: neither interrupts the other.
#include <stddef.h>

#include "capture_jpeg.h"
#include "capture_rows.h"
#include "capture_state.h"
#include "dma.h"
#include "frame_clock.h"
#include "frame_spans.h"
#include "now.h"
#include "port.h"

enum {
    DMA_ERRORS = DMA_LISR_TEIF1 | DMA_LISR_DMEIF1,
    PLAIN_FRAME = DCMI_MIS_FRAME | DCMI_MIS_VSYNC,
};

cam_capture_t cam_cap;

cam_buffer_t *cam_capture_oldest(uint32_t mask) {
    cam_buffer_t *oldest = NULL;
    for (; mask != 0; mask &= mask - 1u) {
        cam_buffer_t *buffer = &cam_cap.buffers[__builtin_ctz(mask)];
        if (oldest == NULL || (int32_t)(buffer->sequence - oldest->sequence) < 0 ||
            (buffer->sequence == oldest->sequence && buffer->first_row < oldest->first_row))
            oldest = buffer;
    }
    return oldest;
}

void cam_capture_resume(void) {
    if (mmio_read32(DMA2_S1CR) & DMA_SxCR_EN) {
        // The beat in progress has not ended: the next VSYNC tries again.
        cam_cap.phase = CAM_PHASE_LOST;
        return;
    }
    switch (cam_cap.engine) {
    case CAM_ENGINE_ROWS:
        cam_cap.phase = CAM_PHASE_ROWS;
        cam_rows_arm();
        break;
    case CAM_ENGINE_JPEG:
        cam_cap.phase = CAM_PHASE_JPEG;
        cam_jpeg_arm();
        break;
    default:
        cam_cap.phase = CAM_PHASE_ARMED;
        if (cam_cap.crops) cam_spans_arm(cam_cap.filling);
        cam_dma_arm(cam_cap.filling->address, cam_cap.words, cam_cap.dma_cr_on);
    }
    mmio_write32(DCMI_CR, cam_cap.cr_running);
}

CAM_COLD void cam_capture_lose(volatile uint32_t *bucket) {
    if (cam_cap.phase == CAM_PHASE_DRAINING) {
        // It has had its FRAME; `fate` may already be that of the next one.
        (*bucket)++;
    } else if (cam_cap.fate == CAM_FATE_NONE || cam_cap.fate == CAM_FATE_EMPTY) {
        (*bucket)++;
        cam_cap.fate = CAM_FATE_LOST;
    }
    cam_cap.phase = CAM_PHASE_LOST;
    cam_dma_halt();
    cam_dcmi_reset(cam_cap.cr);
    mmio_write32(DMA2_LIFCR, CAM_DMA_FLAGS);
}

void cam_capture_starve(void) {
    cam_cap.filling = NULL;
    cam_cap.phase = CAM_PHASE_STARVED;
    // Takes effect at the end of the frame, or at once when it has ended. The DMA's flags are
    // cleared when it is armed again.
    mmio_write32(DCMI_CR, cam_cap.cr);
}

/** The buffer that the link alone has, unless there is time to wait for another one. */
static uint32_t take_pinned(uint32_t pinned) {
    cam_cap.pinned_wanted_us = cam_port_now_us();
    if (cam_cap.pinned_slack_us >= CAM_PINNED_SLACK_MIN_US) return 0; // cam_capture_tick sees to it
    cam_cap.pinned = 0;
    return pinned;
}

/** Without a free buffer: what the link has pinned, or the oldest frame that nobody looked at, if
 * the program wants that and a newer one stays. */
CAM_COLD static uint32_t reclaim(void) {
    const uint32_t pinned = cam_cap.pinned & ~cam_cap.lent;
    if (pinned != 0) return take_pinned(pinned);
    // Nothing is free, and the one that was filling is whole.
    const uint32_t queued = cam_cap.all & ~(cam_cap.lent | cam_cap.pinned);
    if (!cam_cap.keep_newest || (queued & (queued - 1u)) == 0) return 0;
    const cam_buffer_t *oldest = cam_capture_oldest(queued);
    if (oldest->decides) cam_cap.counters.skipped++;
    return oldest->bit;
}

/** The frame in `filling` is whole: it is queued as `filling` moves on. @returns false when there
 * is no buffer to move to */
static inline bool hand_over(void) {
    if (cam_cap.settle_left != 0) {
        cam_cap.settle_left--;
        cam_cap.counters.settling++;
        if (cam_cap.crops) cam_spans_settled(cam_cap.filling->end_us, cam_spans_crop_rows());
        return true; // the same buffer again
    }
    uint32_t free = cam_cap.free;
    if (free == 0) free = reclaim();
    if (free == 0) return false;
    cam_cap.filling = &cam_cap.buffers[__builtin_ctz(free)];
    cam_cap.free = free & (free - 1u);
    return true;
}

bool cam_capture_hand_over(void) { return hand_over(); }

/** FRAME, but not as it should be. */
CAM_COLD static void frame_odd(uint32_t lisr, uint32_t end_us) {
    if (cam_cap.phase != CAM_PHASE_ARMED) return;
    // The FIFO before the counter, or a word could go from one to the other unseen.
    const bool empty = (mmio_read32(DCMI_SR) & DCMI_SR_FNE) == 0;
    const uint32_t left = mmio_read32(DMA2_S1NDTR);
    if (lisr & DMA_ERRORS) {
        cam_capture_lose(&cam_cap.counters.dma_errors);
    } else if (lisr & DMA_LISR_TCIF1) {
        // Words are left in the FIFO: the frame was longer than the mode says, and would shift the
        // next one.
        cam_cap.counters.overruns++;
        cam_capture_lose(&cam_cap.counters.overrun_frames);
    } else if (left == cam_cap.words && empty) {
        // No row came, or it is none of the sensor's frames: VSYNC tells by its time.
        if (cam_cap.fate == CAM_FATE_NONE) cam_cap.fate = CAM_FATE_EMPTY;
    } else if (left > CAM_DCMI_FIFO_WORDS || (left != 0 && empty)) {
        cam_capture_lose(&cam_cap.counters.short_frames);
    } else {
        // The last words are on their way. CAPTURE goes off, so that if they never come no word of
        // the next frame takes their place.
        cam_cap.fate = CAM_FATE_CAPTURED;
        cam_cap.phase = CAM_PHASE_DRAINING;
        cam_cap.filling->sequence = cam_cap.sequence;
        cam_cap.filling->end_us = end_us;
        // cam_cap.frame_us stays: by it VSYNC is judged, which comes in this very interrupt.
        mmio_write32(DCMI_CR, cam_cap.cr);
        // If the transfer ends between this read and write, EN starts a transfer that gets no word;
        // drained() ends it.
        mmio_modify32(DMA2_S1CR, 0, DMA_SxCR_TCIE);
    }
}

static inline void frame_end(void) {
    // FRAME is the pixels' side, TCIF the memory's: both must agree, and nothing may be left in
    // between.
    const uint32_t lisr = mmio_read32(DMA2_LISR) & (DMA_LISR_TCIF1 | DMA_ERRORS);
    const uint32_t end_us = cam_port_now_us();
    if (lisr != DMA_LISR_TCIF1 || (mmio_read32(DCMI_SR) & DCMI_SR_FNE)) {
        frame_odd(lisr, end_us);
        return;
    }
    cam_buffer_t *buffer = cam_cap.filling;
    buffer->sequence = cam_cap.sequence;
    buffer->end_us = end_us;
    cam_cap.frame_us = end_us;
    cam_cap.fate = CAM_FATE_CAPTURED;
    if (hand_over()) {
        cam_dma_arm(cam_cap.filling->address, cam_cap.words, cam_cap.dma_cr_on);
    } else {
        cam_capture_starve();
    }
}

/** Nothing of a frame has come yet. */
static bool untouched(void) {
    if (cam_cap.engine == CAM_ENGINE_ROWS) return cam_rows_untouched();
    return mmio_read32(DMA2_S1NDTR) == cam_cap.words && !cam_jpeg_wrapped_once();
}

/** VSYNC in the middle of a frame of the sensor, which is lost; what is captured of its rest counts
 * nowhere. Between two frames it means nothing. */
static void glitch(void) {
    if (cam_cap.fate == CAM_FATE_EMPTY) cam_cap.fate = CAM_FATE_NONE;
    if (cam_cap.phase == CAM_PHASE_STARVED) return; // its VSYNC counts it
    const bool fresh = cam_cap.fate == CAM_FATE_NONE || cam_cap.fate == CAM_FATE_NOT_SYNCED;
    if (fresh && cam_capture_in_flight() && untouched()) return;
    if (cam_cap.fate == CAM_FATE_NONE && !cam_capture_in_flight()) {
        // Nothing was armed. The next frame may be about to begin, and be whole.
        if (!cam_cap.crops) cam_capture_resume();
        return;
    }
    if (cam_capture_in_flight()) cam_capture_lose(&cam_cap.counters.short_frames);
    if (cam_cap.fate != CAM_FATE_NOT_SYNCED) {
        cam_cap.sequence++;
        cam_cap.fate = CAM_FATE_NOT_SYNCED;
        cam_frames_ended_early();
    }
    // The rest could fill a crop window, a few rows too late.
    if (!cam_cap.crops) cam_capture_resume();
}

/** Frames of known length. `frame_too`: FRAME came with this VSYNC. */
static void end_frame(bool frame_too) {
    if (cam_cap.phase == CAM_PHASE_DRAINING && !frame_too) {
        // The words that were in the FIFOs a frame ago are still there.
        cam_capture_lose(&cam_cap.counters.short_frames);
    }
    const cam_fate_t fate = cam_cap.fate;
    if (fate == CAM_FATE_EMPTY) cam_cap.counters.short_frames++;
    if (fate == CAM_FATE_NONE && cam_cap.phase == CAM_PHASE_LOST) {
        cam_cap.counters.lost++; // nothing was armed: the DMA had not come to its end
    } else if (fate == CAM_FATE_NONE) {
        cam_cap.counters.dropped++;
    }
    if (cam_cap.phase == CAM_PHASE_LOST) cam_capture_resume();
}

/** VSYNC of a frame that was not captured as it should be. @returns false when it ends no frame */
CAM_COLD static bool vsync_odd(uint32_t mis) {
    const cam_vsync_t ended = cam_frames_ended();
    bool frame_too = (mis & DCMI_MIS_FRAME) != 0;
    // FRAME may come a few cycles after VSYNC.
    if (cam_cap.fate == CAM_FATE_NONE && cam_cap.phase == CAM_PHASE_ARMED &&
        (mmio_read32(DCMI_RIS) & DCMI_RIS_FRAME)) {
        mmio_write32(DCMI_ICR, DCMI_ICR_FRAME);
        frame_end();
        frame_too = true;
    }
    if (ended.glitch) glitch();
    // What came between the two was the rest of the frame that has its place already.
    if (ended.again && cam_cap.fate == CAM_FATE_EMPTY) cam_cap.fate = CAM_FATE_NONE;
    if (ended.glitch || ended.again) return false;
    // The frame that a glitch cut had no VSYNC of its own: this is the next one's.
    if (cam_cap.fate == CAM_FATE_NOT_SYNCED && cam_cap.sequence != 0 && ended.frames != 0)
        cam_cap.fate = CAM_FATE_NONE;
    const bool counts = ended.frames != 0 && cam_cap.fate != CAM_FATE_NOT_SYNCED;
    if (counts) {
        // What is captured now is the newest of them.
        cam_cap.sequence += ended.frames - 1u;
        cam_cap.counters.lost += ended.frames - 1u;
    }
    if (cam_cap.engine == CAM_ENGINE_ROWS)
        cam_rows_vsync();
    else if (cam_cap.engine == CAM_ENGINE_JPEG)
        cam_jpeg_vsync();
    else
        end_frame(frame_too);
    if (counts) cam_cap.sequence++;
    cam_cap.fate = CAM_FATE_NONE;
    return true;
}

/** The window moves between two frames; an interrupt so late that the next one has begun leaves it
 * to the next VSYNC. */
static void move_crop(void) {
    if (cam_cap.crop_move != CAM_CROP_MOVE_PENDING) return;
    if ((mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) == 0) return;
    cam_cap.cwstrt = cam_cap.crop_cwstrt;
    mmio_write32(DCMI_CWSTRT, cam_cap.cwstrt);
    cam_cap.crop_from = cam_cap.sequence;
    cam_cap.crop_move = CAM_CROP_MOVE_DONE;
}

/** With a crop window: before the next frame. */
CAM_COLD static void between_frames(bool whole) {
    cam_spans_vsync(whole);
    move_crop();
    // What still drains had its own VSYNC before it.
    if (cam_cap.filling != NULL && cam_cap.phase != CAM_PHASE_DRAINING)
        cam_spans_arm(cam_cap.filling);
}

/** VSYNC: one frame of the sensor has ended, captured or not. */
static inline void vsync(uint32_t mis) {
    const bool whole = cam_cap.fate == CAM_FATE_CAPTURED && cam_cap.phase <= CAM_PHASE_STARVED;
    if (whole) {
        cam_cap.fate = CAM_FATE_NONE;
        cam_cap.sequence++;
    } else if (!vsync_odd(mis)) {
        return;
    }
    if (cam_cap.crops) between_frames(whole);
}

static void overrun(void) {
    cam_cap.counters.overruns++;
    if (cam_capture_in_flight())
        cam_capture_lose(&cam_cap.counters.overrun_frames);
    else
        cam_dcmi_reset(cam_cap.cr); // words of a frame that had no buffer
}

CAM_COLD static void overrun_and(uint32_t mis) {
    const bool whole = (mmio_read32(DMA2_LISR) & (DMA_LISR_TCIF1 | DMA_ERRORS)) == DMA_LISR_TCIF1;
    if ((mis & DCMI_MIS_FRAME) && (mis & DCMI_MIS_VSYNC) && whole &&
        cam_cap.phase == CAM_PHASE_ARMED) {
        // This interrupt comes so late that the next frame has begun without a buffer: only that
        // one is lost.
        const cam_vsync_t ended = cam_frames_ended();
        const uint32_t frames = ended.frames;
        cam_cap.filling->sequence = cam_cap.sequence;
        cam_cap.filling->end_us = frames == 0 ? cam_port_now_us() : ended.first_us;
        cam_cap.sequence += frames == 0 ? 1u : frames;
        cam_cap.counters.lost += frames > 1u ? frames - 1u : 0;
        cam_cap.fate = CAM_FATE_NONE;
        if (!hand_over()) cam_capture_starve();
        overrun();
        return;
    }
    overrun();
    if (mis & DCMI_MIS_VSYNC) vsync(mis & ~(uint32_t)DCMI_MIS_FRAME);
}

/** Whatever the flags say, in whatever situation. */
CAM_COLD static void any_event(uint32_t mis) {
    cam_cap.irqs++;
    if (mis & DCMI_MIS_OVR) {
        overrun_and(mis);
        return;
    }
    if (mis & DCMI_MIS_FRAME) frame_end();
    if (mis & DCMI_MIS_VSYNC) vsync(mis);
}

/** What the flags do not say: is the frame in memory, and is it one of those that need no thought?
 */
static inline bool is_plain(void) {
    return cam_cap.situation == CAM_SITUATION_PLAIN &&
           (mmio_read32(DMA2_LISR) & (DMA_LISR_TCIF1 | DMA_ERRORS)) == DMA_LISR_TCIF1 &&
           (mmio_read32(DCMI_SR) & DCMI_SR_FNE) == 0;
}

/** The frame in `buffer` is whole, and VSYNC has come with it. */
static inline void note_plain_frame(cam_buffer_t *buffer) {
    const cam_counts_t counts = cam_cap.counts;
    const uint32_t end_us = cam_now_us();
    buffer->sequence = counts.sequence;
    buffer->end_us = end_us;
    cam_cap.frame_us = end_us;
    cam_cap.sequence = counts.sequence + 1u;
    cam_cap.irqs = counts.irqs + 1u;
}

/** A plain frame, and no buffer is free for the next one. Not inlined: it would need registers that
 * the other way would have to save. */
__attribute__((noinline)) static void plain_frame_without_next(void) {
    if (cam_cap.reclaimable != 0) {
        any_event(PLAIN_FRAME);
        return;
    }
    note_plain_frame(cam_cap.filling);
    cam_capture_starve();
}

/**
 * Context: ISR. A frame that is as it should be goes straight through: one compare for the flags,
 * one for the situation, one each for what the DMA and the FIFO say, then the next buffer is armed.
 * Everything else is any_event()'s, which decides anew.
 */
void DCMI_IRQHandler(void) {
    const uint32_t mis = mmio_read32(DCMI_MIS);
    mmio_write32(DCMI_ICR, mis);
    if (mis != PLAIN_FRAME) {
        any_event(mis);
        return;
    }
    if (!is_plain()) {
        any_event(PLAIN_FRAME);
        return;
    }
    const uint32_t free = cam_cap.free;
    if (free == 0) {
        plain_frame_without_next();
        return;
    }
    cam_buffer_t *whole = cam_cap.filling;
    cam_buffer_t *next = &cam_cap.buffers[__builtin_ctz(free)];
    cam_cap.free = free & (free - 1u);
    cam_cap.filling = next;
    cam_dma_arm(next->address, cam_cap.words, cam_cap.dma_cr_on);
    note_plain_frame(whole);
}

/** The last words of a frame have reached memory after its FRAME. */
static void drained(void) {
    mmio_write32(DMA2_S1CR, cam_cap.dma_cr);
    if (mmio_read32(DCMI_SR) & DCMI_SR_FNE) {
        cam_cap.counters.overruns++;
        cam_capture_lose(&cam_cap.counters.overrun_frames);
    } else if (hand_over()) {
        cam_capture_resume();
    } else {
        cam_capture_starve();
    }
}

/** The end of a transfer that is none of a row's, or an error. */
CAM_COLD static void any_transfer(uint32_t lisr) {
    cam_cap.irqs++;
    if ((lisr & DMA_ERRORS) && cam_capture_in_flight()) {
        cam_capture_lose(&cam_cap.counters.dma_errors);
    } else if ((lisr & DMA_LISR_TCIF1) && cam_cap.phase == CAM_PHASE_DRAINING) {
        drained();
    }
}

/** Context: ISR. Frames of known length: TCIE is on only while draining. */
void DMA2_Stream1_IRQHandler(void) {
    const uint32_t lisr = mmio_read32(DMA2_LISR) & (DMA_LISR_TCIF1 | DMA_ERRORS);
    mmio_write32(DMA2_LIFCR, lisr); // the flags have the same places in both registers
    if (lisr == DMA_LISR_TCIF1 && cam_cap.transfer_done != NULL)
        cam_cap.transfer_done();
    else
        any_transfer(lisr);
}
