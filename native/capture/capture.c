// SPDX-License-Identifier: MIT
// Frames from DCMI and DMA into buffers, and who owns each buffer: the thread's half. The
// interrupts' half is capture_isr.c.
#include "capture.h"

#include <stddef.h>

#include "board.h"
#include "capture_config.h"
#include "capture_jpeg.h"
#include "capture_moves.h"
#include "capture_pin.h"
#include "capture_state.h"
#include "capture_watch.h"
#include "dma.h"
#include "frame_clock.h"
#include "frame_spans.h"
#include "jpeg_budget.h"
#include "jpeg_check.h"
#include "port.h"
#include "rows_check.h"

enum {
    STOP_TIMEOUT_MAX_US = 2000000,
    // A frame time that is not known: the slowest useful rate, 1 fps.
    FRAME_TIME_US = 1000000,
    DRAIN_TIMEOUT_US = 100, // eight words in two FIFOs
};

static uint32_t popcount(uint32_t mask) { return (uint32_t)__builtin_popcount(mask); }

/** Frames that wait; of batches only the ones that decide. */
static uint32_t queued_frames(void) {
    uint32_t frames = 0;
    for (uint32_t mask = cam_capture_queued_mask(); mask != 0; mask &= mask - 1u)
        if (cam_cap.buffers[__builtin_ctz(mask)].decides) frames++;
    return frames;
}

static bool same_layout(const cam_capture_config_t *config) {
    return config->line_bytes == cam_cap.line_bytes && config->lines == cam_cap.lines &&
           config->buffers == cam_cap.buffer_count &&
           cam_config_buffer_bytes(config) == cam_cap.buffer_bytes &&
           cam_config_engine(config) == cam_cap.engine;
}

static void lay_out(const cam_capture_config_t *config) {
    cam_cap.buffer_count = config->buffers;
    cam_cap.line_bytes = config->line_bytes;
    cam_cap.lines = config->lines;
    cam_cap.buffer_bytes = cam_config_buffer_bytes(config);
    cam_cap.engine = cam_config_engine(config);
    cam_cap.words = cam_config_frame_bytes(config) / 4u;
    cam_cap.all = (1u << config->buffers) - 1u;
    cam_cap.free = cam_cap.all & ~cam_cap.lent;
    const bool display = cam_config_rows_to(config, CAM_ROWS_TO_DISPLAY);
    const uint32_t first = display ? cam_rows_display(&config->rows) : cam_board.frame_memory;
    for (uint32_t i = 0; i < config->buffers; i++)
        cam_cap.buffers[i] =
            (cam_buffer_t){.address = first + i * cam_config_buffer_bytes(config),
                           .bit = 1u << i,
                           .columns = display ? config->rows.display_stride : config->line_bytes,
                           .rows = display ? config->rows.display_rows : config->lines,
                           .decides = true};
    if (config->kind == CAM_KIND_JPEG)
        for (uint32_t i = 0; i < config->buffers; i++) cam_cap.buffers[i].rows = 1;
}

/** Frames of the sensor since the counters were cleared whose place in the counters is known, or
 * will be when the program looks at them. */
static uint32_t ended_frames(void) {
    // The one that drains may still be short.
    const uint32_t draining = cam_cap.phase == CAM_PHASE_DRAINING ? 1u : 0u;
    return cam_cap.frames_before + cam_cap.sequence + (cam_capture_fate_known() ? 1u : 0u) -
           draining;
}

static uint32_t stop_timeout_us(uint32_t fps_millihz) {
    const uint32_t frame_us = fps_millihz == 0 ? FRAME_TIME_US : 1000000000u / fps_millihz;
    return frame_us > STOP_TIMEOUT_MAX_US / 2 ? STOP_TIMEOUT_MAX_US : 2u * frame_us;
}

/** Between two frames every following frame of the sensor counts; else the one that runs now does
 * not. */
static cam_fate_t first_fate(void) {
    if ((mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) == 0) return CAM_FATE_NOT_SYNCED;
    mmio_write32(DCMI_ICR, DCMI_ICR_VSYNC); // of a frame that ended while we were busy here
    return CAM_FATE_NONE;
}

static cam_dma_mode_t dma_mode(cam_engine_t engine) {
    if (engine == CAM_ENGINE_JPEG) return CAM_DMA_CIRCULAR;
    return engine == CAM_ENGINE_ROWS ? CAM_DMA_DOUBLE : CAM_DMA_NORMAL;
}

static void (*transfer_done(cam_engine_t engine))(void) {
    if (engine == CAM_ENGINE_ROWS) return cam_rows_transfer_done();
    return engine == CAM_ENGINE_JPEG ? cam_jpeg_wrapped : NULL;
}

static cam_status_t configure_dma(const cam_capture_config_t *config) {
    const uint32_t words = cam_config_frame_bytes(config) / 4u;
    const cam_engine_t engine = cam_config_engine(config);
    if (engine == CAM_ENGINE_ROWS) {
        if (cam_config_in_chunks(config))
            cam_rows_prepare_chunks(words, cam_rows_chunks(words));
        else
            cam_rows_prepare(config);
        return cam_rows_configure_dma();
    }
    const cam_dma_config_t dma = {dma_mode(engine), cam_board.frame_memory, 0, words};
    return cam_dma_configure(&dma);
}

/**
 * Without a window of its own the DCMI gets one as wide as a row and higher than any frame: a pixel
 * clock too many spoils the rest of its row, not of the frame, and FRAME still comes with VSYNC
 * (RM0090 section 15.5.5: a window that is not full ends with it). No register tells how many
 * clocks a row had.
 */
static cam_dcmi_config_t dcmi_config(const cam_capture_config_t *config) {
    cam_dcmi_config_t dcmi = config->dcmi;
    const bool by_rows = config->kind == CAM_KIND_ROWS;
    // A window of columns only: a row too many is to come and be counted.
    if (dcmi.crop && by_rows && (dcmi.cwstrt & DCMI_CWSTRT_VST_MASK) == 0)
        dcmi.cwsize |= DCMI_CWSIZE_VLINE_MASK;
    if (dcmi.crop || dcmi.jpeg) return dcmi;
    const uint32_t row_bytes = by_rows ? config->rows.bus_bytes : config->line_bytes;
    dcmi.crop = true;
    dcmi.cwstrt = 0;
    dcmi.cwsize = DCMI_CWSIZE_VLINE_MASK | (row_bytes - 1u);
    return dcmi;
}

/** Registers first, then state, then interrupts, then DMA, and CAPTURE last. */
static void begin(const cam_capture_config_t *config) {
    const cam_dcmi_config_t dcmi = dcmi_config(config);
    cam_cap.cr = cam_dcmi_enable(&dcmi);
    cam_cap.cwstrt = dcmi.cwstrt;
    cam_cap.cwsize = dcmi.cwsize;
    cam_cap.crops = config->dcmi.crop && cam_cap.engine == CAM_ENGINE_FRAME;
    cam_cap.ier = cam_cap.engine == CAM_ENGINE_FRAME ? CAM_DCMI_EVENTS
                                                     : CAM_DCMI_EVENTS & ~(uint32_t)DCMI_IER_FRAME;
    cam_cap.frames_before = ended_frames();
    cam_cap.cr_running = cam_cap.cr | DCMI_CR_CAPTURE;
    cam_cap.dma_cr = cam_dma_control(dma_mode(cam_cap.engine));
    cam_cap.dma_cr_on = cam_cap.dma_cr | DMA_SxCR_EN;
    cam_cap.to = config->kind == CAM_KIND_ROWS ? config->rows.to : CAM_ROWS_TO_FRAME;
    cam_cap.stop_timeout_us = stop_timeout_us(config->fps_millihz);
    cam_cap.settle_left = config->settle_frames;
    cam_cap.keep_newest = config->keep_newest;
    cam_cap.keeps_newest = config->keep_newest && config->buffers > 1;
    cam_cap.fps_millihz = config->fps_millihz;
    cam_frames_begin(config->fps_millihz, config->frame_rows);
    cam_moves_begin(config->x, config->y);
    cam_cap.sequence = 0;
    cam_cap.lent_before = false;
    cam_cap.withheld = false;
    cam_cap.notified = false;
    const uint32_t irq = mmio_irq_save();
    cam_cap.transfer_done = transfer_done(cam_cap.engine);
    cam_cap.fate = (uint8_t)first_fate();
    cam_cap.phase = CAM_PHASE_STARVED;
    // Rows and JPEG files end with VSYNC: FRAME would only come beside it.
    mmio_write32(DCMI_IER, cam_cap.ier);
    if (cam_cap.free != 0) {
        cam_cap.filling = &cam_cap.buffers[__builtin_ctz(cam_cap.free)];
        cam_cap.free &= cam_cap.free - 1u;
        cam_capture_resume();
    }
    mmio_irq_restore(irq);
}

cam_status_t cam_capture_start(const cam_capture_config_t *config) {
    if (cam_cap.phase != CAM_PHASE_STOPPED)
        return cam_refuse(CAM_BUSY, (uint32_t)cam_capture_state(), 0);
    cam_capture_unpin(); // the layout may change
    const cam_status_t checked = cam_config_check(config);
    if (checked.code != CAM_OK) return checked;
    if (cam_cap.lent != 0 && !same_layout(config)) return cam_refuse(CAM_BUSY, cam_cap.lent, 0);
    const cam_status_t configured = configure_dma(config);
    if (configured.code != CAM_OK) return configured;
    if (cam_cap.lent == 0) lay_out(config);
    begin(config);
    return cam_ok();
}

static bool is_lent(uint32_t index) {
    return index < CAM_BUFFERS_MAX && (cam_cap.lent >> index & 1u) != 0;
}

static cam_image_t image_of(const cam_buffer_t *buffer) {
    return (cam_image_t){(const uint8_t *)(uintptr_t)buffer->address, buffer->columns,
                         buffer->rows};
}

/** What is still in the FIFOs after the last frame, then whatever the interrupts have not been told
 * yet. */
static void finish_last_frame(void) {
    if (cam_cap.phase == CAM_PHASE_DRAINING)
        (void)mmio_wait_clear(DMA2_S1CR, DMA_SxCR_EN, DRAIN_TIMEOUT_US);
    const uint32_t irq = mmio_irq_save();
    if (mmio_read32(DCMI_MIS) != 0) DCMI_IRQHandler();
    if (cam_cap.phase == CAM_PHASE_DRAINING) cam_cap.counters.short_frames++;
    if (cam_cap.fate == CAM_FATE_EMPTY) cam_cap.fate = CAM_FATE_NONE; // it never ended
    cam_dcmi_disable();
    cam_cap.phase = CAM_PHASE_STOPPED;
    cam_cap.transfer_done = NULL; // the stream still ends its transfer
    mmio_irq_restore(irq);
}

cam_status_t cam_capture_stop(void) {
    if (cam_cap.phase == CAM_PHASE_STOPPED) return cam_ok();
    const uint32_t irq = mmio_irq_save();
    cam_cap.cr_running = cam_cap.cr; // nobody sets CAPTURE again
    mmio_write32(DCMI_CR, cam_cap.cr);
    mmio_irq_restore(irq);
    // CAPTURE reads 1 until the frame in progress has ended. A sensor that stopped in mid-frame
    // never ends it.
    if (!cam_frames_stalled())
        (void)mmio_wait_clear(DCMI_CR, DCMI_CR_CAPTURE, cam_cap.stop_timeout_us);
    finish_last_frame();
    const bool stopped = cam_dma_stop();
    if (cam_cap.filling != NULL) cam_cap.free |= cam_cap.filling->bit;
    cam_cap.filling = NULL;
    cam_capture_skip(CAM_BUFFERS_MAX);
    if (!stopped) return cam_refuse(CAM_HARDWARE, mmio_read32(DMA2_S1CR), 0);
    return cam_ok();
}

void cam_capture_abort(void) {
    const uint32_t irq = mmio_irq_save();
    cam_dma_halt();
    cam_dcmi_disable();
    cam_cap.counters.skipped += queued_frames();
    if (cam_cap.phase == CAM_PHASE_DRAINING) cam_cap.counters.skipped++;
    cam_cap.phase = CAM_PHASE_STOPPED;
    cam_cap.transfer_done = NULL;
    cam_cap.filling = NULL;
    cam_cap.lent = 0;
    cam_cap.pinned = 0;
    cam_cap.free = cam_cap.all;
    mmio_irq_restore(irq);
    const bool stopped = cam_dma_stop();
    (void)stopped; // the next start says so when it is not
}

cam_capture_state_t cam_capture_state(void) {
    if (cam_cap.phase == CAM_PHASE_STOPPED) return CAM_STOPPED;
    if (cam_frames_stalled()) return CAM_STALLED;
    const bool starved = cam_cap.phase == CAM_PHASE_STARVED || // rows come also without a buffer
                         (cam_cap.engine == CAM_ENGINE_ROWS && cam_cap.filling == NULL);
    return starved ? CAM_STARVED : CAM_STREAMING;
}

void cam_capture_counters(cam_counters_t *counters) {
    const uint32_t irq = mmio_irq_save();
    counters->delivered = cam_cap.counters.delivered;
    counters->dropped = cam_cap.counters.dropped;
    counters->skipped = cam_cap.counters.skipped;
    counters->settling = cam_cap.counters.settling;
    counters->short_frames = cam_cap.counters.short_frames;
    counters->overrun_frames = cam_cap.counters.overrun_frames;
    counters->dma_errors = cam_cap.counters.dma_errors;
    counters->bad_jpeg = cam_cap.counters.bad_jpeg;
    counters->too_large = cam_cap.counters.too_large;
    counters->lost = cam_cap.counters.lost;
    counters->doubtful = cam_cap.counters.doubtful;
    counters->overruns = cam_cap.counters.overruns;
    counters->irqs = cam_cap.irqs;
    counters->resyncs = cam_cap.counters.resyncs;
    counters->needed_bytes = cam_cap.counters.needed_bytes;
    // Not counted in the interrupt: whatever was captured is in exactly one of these places.
    counters->frames = cam_cap.counters.delivered + cam_cap.counters.skipped +
                       cam_cap.counters.settling + queued_frames();
    counters->sensor_frames = ended_frames();
    mmio_irq_restore(irq);
}

void cam_capture_clear_counters(void) {
    const uint32_t irq = mmio_irq_save();
    cam_cap.counters.delivered = 0;
    cam_cap.counters.dropped = 0;
    cam_cap.counters.skipped = 0;
    cam_cap.counters.settling = 0;
    cam_cap.counters.short_frames = 0;
    cam_cap.counters.overrun_frames = 0;
    cam_cap.counters.dma_errors = 0;
    cam_cap.counters.bad_jpeg = 0;
    cam_cap.counters.too_large = 0;
    cam_cap.counters.lost = 0;
    cam_cap.counters.doubtful = 0;
    cam_cap.counters.overruns = 0;
    cam_cap.irqs = 0;
    cam_cap.counters.resyncs = 0;
    cam_cap.counters.needed_bytes = 0;
    // Frames that wait count as captured again.
    cam_cap.frames_before += queued_frames() - ended_frames();
    mmio_irq_restore(irq);
}

uint32_t cam_capture_faults(void) {
    return cam_cap.counters.overruns + cam_cap.counters.short_frames + cam_cap.counters.dma_errors +
           cam_cap.counters.too_large + cam_cap.counters.bad_jpeg + cam_cap.counters.lost +
           cam_cap.counters.doubtful + cam_frames_stalls();
}

void cam_capture_give_back(cam_buffer_t *buffer) {
    if (cam_cap.phase == CAM_PHASE_STARVED) {
        cam_cap.filling = buffer;
        cam_capture_resume();
        return;
    }
    cam_cap.free |= buffer->bit;
    if (cam_cap.engine == CAM_ENGINE_ROWS) cam_rows_buffer_freed();
}

bool cam_capture_withhold(cam_buffer_t *buffer) {
    if (buffer->decides) return true;
    cam_cap.withheld = true;
    cam_cap.withheld_sequence = buffer->sequence;
    return false;
}

/** A batch of its frame was withheld. */
static bool misses_batch(const cam_buffer_t *buffer) {
    return cam_cap.withheld && buffer->sequence == cam_cap.withheld_sequence;
}

/** Lend the oldest frame, or NULL. */
static cam_buffer_t *lend(void) {
    const uint32_t irq = mmio_irq_save();
    cam_buffer_t *buffer = cam_capture_oldest(cam_capture_queued_mask());
    if (buffer != NULL && cam_spans_waits(buffer)) buffer = NULL;
    if (buffer != NULL) {
        cam_cap.lent |= buffer->bit;
        if (buffer->decides && misses_batch(buffer)) {
            buffer->decides = false;
            cam_cap.counters.doubtful++;
        }
        if (buffer->decides) cam_cap.counters.delivered++;
    }
    // A program that finds none stops looking, also when one waits for its VSYNC.
    cam_cap.notified = cam_cap.notified && buffer != NULL && cam_capture_queued_mask() != 0;
    mmio_irq_restore(irq);
    return buffer;
}

/** A frame that was lent after all is of no use. */
static void reject(cam_buffer_t *buffer, volatile uint32_t *bucket) {
    const uint32_t irq = mmio_irq_save();
    cam_cap.lent &= ~buffer->bit;
    if (cam_capture_withhold(buffer)) {
        cam_cap.counters.delivered--;
        (*bucket)++;
    }
    cam_capture_give_back(buffer);
    mmio_irq_restore(irq);
}

/** With one buffer the frame that begins while this one is looked at is lost in any case: few
 * clocks lie between two. The one after it is not to be. */
static uint32_t decode_limit_us(void) {
    if (cam_cap.phase != CAM_PHASE_STARVED || cam_cap.fps_millihz == 0) return UINT32_MAX;
    return 1000000000u / cam_cap.fps_millihz / 8u * 7u;
}

/** Cut the filler off a JPEG frame. @returns false when it is not whole */
static bool trim(cam_buffer_t *buffer, bool *unproven) {
    *unproven = false;
    if (cam_cap.engine != CAM_ENGINE_JPEG) return true;
    const uint32_t captured = buffer->columns;
    const bool decode = cam_jpeg_affordable(captured, !cam_cap.lent_before, decode_limit_us());
    const uint32_t from_us = cam_port_now_us();
    bool proven;
    const uint32_t bytes =
        cam_jpeg_check((const uint8_t *)(uintptr_t)buffer->address, captured, decode, &proven);
    if (decode) cam_jpeg_decoded(captured, from_us, proven);
    if (bytes != 0) buffer->columns = bytes;
    *unproven = !proven;
    return bytes != 0;
}

static uint32_t dropped_before(const cam_buffer_t *buffer) {
    // Batches of one frame have one sequence number.
    if (!cam_cap.lent_before || buffer->sequence == cam_cap.lent_sequence) return 0;
    return buffer->sequence - cam_cap.lent_sequence - 1u;
}

bool cam_capture_next(cam_frame_t *frame) {
    for (cam_buffer_t *buffer = lend(); buffer != NULL; buffer = lend()) {
        frame->index = (uint32_t)(buffer - cam_cap.buffers);
        const bool fits = cam_frames_check(buffer) && cam_watch_registers();
        frame->label = cam_moves_label(frame->index);
        if (!fits || frame->label.doubtful) {
            reject(buffer, &cam_cap.counters.doubtful);
            continue;
        }
        if (!trim(buffer, &frame->unproven)) {
            reject(buffer, &cam_cap.counters.bad_jpeg);
            continue;
        }
        frame->sequence = buffer->sequence;
        frame->end_us = buffer->end_us;
        frame->dropped_before = dropped_before(buffer);
        frame->first_row = buffer->first_row;
        frame->last_batch =
            cam_cap.to == CAM_ROWS_TO_RING && buffer->first_row + buffer->rows == cam_cap.lines;
        frame->image = image_of(buffer);
        cam_cap.lent_before = true;
        cam_cap.lent_sequence = buffer->sequence;
        cam_cap.lent_end_us = buffer->end_us;
        return true;
    }
    return false;
}

bool cam_capture_last_end(uint32_t *sequence, uint32_t *end_us) {
    bool known = cam_cap.lent_before;
    *sequence = cam_cap.lent_sequence;
    *end_us = cam_cap.lent_end_us;
    const uint32_t irq = mmio_irq_save();
    for (uint32_t mask = cam_capture_queued_mask(); mask != 0; mask &= mask - 1u) {
        const cam_buffer_t *buffer = &cam_cap.buffers[__builtin_ctz(mask)];
        if (known && (int32_t)(buffer->sequence - *sequence) < 0) continue;
        known = true;
        *sequence = buffer->sequence;
        *end_us = buffer->end_us;
    }
    mmio_irq_restore(irq);
    return known;
}

cam_status_t cam_capture_release(uint32_t index) {
    if (!is_lent(index)) return cam_refuse(CAM_NOT_LENT, index, cam_cap.buffer_count);
    const uint32_t irq = mmio_irq_save();
    cam_cap.lent &= ~cam_cap.buffers[index].bit;
    // A capture without a buffer cannot wait for the link.
    if (cam_capture_state() == CAM_STARVED) cam_cap.pinned &= (uint8_t)~cam_cap.buffers[index].bit;
    if ((cam_cap.pinned & cam_cap.buffers[index].bit) == 0)
        cam_capture_give_back(&cam_cap.buffers[index]);
    if (cam_capture_queued_mask() != 0)
        cam_cap.notified = false; // the program may have stopped draining: tell it again
    mmio_irq_restore(irq);
    return cam_ok();
}

void cam_capture_skip(uint32_t count) {
    const uint32_t irq = mmio_irq_save();
    for (uint32_t i = 0; i < count && i < CAM_BUFFERS_MAX; i++) {
        cam_buffer_t *buffer = cam_capture_oldest(cam_capture_queued_mask());
        if (buffer == NULL) break;
        // Frames that were lost before it are counted whether anybody looks at it or not.
        if (cam_frames_check(buffer) || !buffer->decides)
            cam_cap.counters.skipped += buffer->decides ? 1u : 0u;
        else
            cam_cap.counters.doubtful++;
        cam_capture_give_back(buffer);
    }
    cam_cap.notified = cam_cap.notified && cam_capture_queued_mask() != 0;
    mmio_irq_restore(irq);
}

bool cam_capture_in_batches(void) {
    return cam_cap.engine == CAM_ENGINE_ROWS && cam_cap.to == CAM_ROWS_TO_RING;
}

uint32_t cam_capture_queued(void) { return popcount(cam_capture_queued_mask()); }

cam_status_t cam_capture_lent(uint32_t index, cam_image_t *image) {
    if (!is_lent(index)) return cam_refuse(CAM_NOT_LENT, index, cam_cap.buffer_count);
    *image = image_of(&cam_cap.buffers[index]);
    return cam_ok();
}

bool cam_capture_notify_pending(void) {
    if (cam_cap.notified) return false;
    const cam_buffer_t *oldest = cam_capture_oldest(cam_capture_queued_mask());
    return oldest != NULL && !cam_spans_waits(oldest);
}

void cam_capture_set_notified(void) { cam_cap.notified = true; }
