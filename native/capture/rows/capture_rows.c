// SPDX-License-Identifier: MIT
// Capture with one DMA transfer per row.
//
// DMA fills two buffers by turns and interrupts after each. Copied rows: the buffers are two rows
// at the end of frame memory, and the interrupt copies the wanted columns to their place. Direct
// rows: each buffer is a row's place itself, and the interrupt gives the idle one the place of the
// row after the next. A row on the bus goes on to its end, so that a pixel clock that is lost shows
// in the number of words: what follows the wanted columns lies over the places of the next rows
// until these come, and the last rows, which have none behind them, are copied. Only VSYNC ends a
// frame: it compares the rows that came with those that had to come, and sets row counter, words
// left and buffers right whatever happened, so that nothing that went wrong in one frame reaches
// the next.
#include "capture_rows.h"

#include <stddef.h>

#include "board.h"
#include "capture_state.h"
#include "dma.h"
#include "frame_clock.h"
#include "frame_spans.h"
#include "port.h"
#include "row_copy.h"
#include "rows_check.h"

typedef struct {
    // Written by the interrupts.
    uint32_t row;         // rows of this frame that are in memory
    uint32_t until;       // so many of them, and there is more to do than for each: a turn
    uint32_t batch_first; // copied: row that the batch starts with
    uint32_t first_place; // direct: of the first wanted row; 0: there is none
    uint32_t to;   // place of the next row without one; 0: it is not wanted, or there is none
    bool discards; // this frame is settling: the ring does not get it
    bool dropped;  // a batch of this frame had no buffer
    // Set by prepare.
    uint32_t skip_rows;
    uint32_t lines;
    uint32_t direct_lines; // the first so many wanted rows; the others are copied
    uint32_t batch_rows;
    uint32_t bus_rows;
    uint32_t words;      // of a row on the bus
    uint32_t from[2];    // copied: the first wanted byte in either buffer
    uint32_t buffers[2]; // where the DMA puts rows that have no place of their own
    cam_row_copy_t copy; // NULL: direct
    uint32_t copy_words;
    uint32_t stored_bytes; // at the place
    uint32_t step;         // from a row's place to the next; wraps for bottom-up
    uint32_t display;      // place of row 0; 0: buffers
    bool ring;
    bool chunks;
} rows_t;

static rows_t rows;

/** A buffer for what comes next, if one is free, and its first place. */
static void bind(void) {
    if (cam_cap.filling == NULL && cam_cap.free != 0) {
        const uint32_t free = cam_cap.free;
        cam_cap.filling = &cam_cap.buffers[__builtin_ctz(free)];
        cam_cap.free = free & (free - 1u);
    }
    if (rows.display != 0)
        rows.to = rows.display;
    else
        rows.to = cam_cap.filling == NULL || rows.discards ? 0 : cam_cap.filling->address;
}

static void publish(void) {
    cam_cap.filling->sequence = cam_cap.sequence;
    cam_cap.filling->end_us = cam_port_now_us();
    cam_cap.filling->vsync_us = cam_cap.vsync_us;
    if (!cam_capture_hand_over()) cam_cap.filling = NULL;
}

/** From the row that comes now on: rows of one batch. */
static void begin_batch(void) {
    const uint32_t rest = rows.skip_rows + rows.lines - rows.row;
    rows.batch_first = rows.row;
    rows.until = rows.row + (rows.batch_rows < rest ? rows.batch_rows : rest);
    bind();
}

/** All rows of a batch are there. The frame's last one waits for VSYNC, which knows whether the
 * frame is whole. @returns false when it was the last one */
static bool end_batch(void) {
    const uint32_t wanted = rows.row - rows.skip_rows;
    if (wanted == rows.lines) return false;
    if (rows.discards) {
        cam_spans_settled(cam_port_now_us(), rows.row);
        return true;
    }
    if (cam_cap.filling == NULL) {
        rows.dropped = true;
        return true;
    }
    cam_cap.filling->first_row = wanted - rows.batch_rows;
    cam_cap.filling->rows = rows.batch_rows;
    cam_cap.filling->decides = false;
    cam_cap.filling->ends_frame = false;
    cam_cap.filling->crop_rows = rows.row;
    publish();
    return true;
}

/** What comes is wanted, or no more, or for another buffer. */
CAM_COLD static void turn(void) {
    if (rows.row == rows.skip_rows || end_batch()) {
        begin_batch();
        return;
    }
    rows.to = 0;
    rows.until = UINT32_MAX;
}

/** Context: ISR. */
static void copied_row(void) {
    const uint32_t row = rows.row++;
    const uint32_t to = rows.to;
    if (to != 0) {
        rows.to = to + rows.step;
        rows.copy((uint32_t *)(uintptr_t)to, (const uint8_t *)(uintptr_t)rows.from[row & 1u],
                  rows.copy_words);
        cam_port_row_stored(to, rows.stored_bytes);
    }
    if (row + 1u == rows.until) turn();
}

/** @returns 0: the DMA does not put it there */
static uint32_t place_of(uint32_t row) {
    const uint32_t wanted = row - rows.skip_rows;
    if (wanted >= rows.direct_lines || rows.first_place == 0) return 0;
    return rows.first_place + wanted * rows.step;
}

/** Where the DMA puts it. */
static uint32_t address_of(uint32_t row) {
    const uint32_t to = place_of(row);
    return to != 0 ? to : rows.buffers[row & 1u];
}

static inline void give_idle_buffer(uint32_t to) {
    // CT is the buffer that fills now; the other one is idle.
    mmio_write32((mmio_read32(DMA2_S1CR) & DMA_SxCR_CT) ? DMA2_S1M0AR : DMA2_S1M1AR, to);
}

/** The first wanted row gets its place when the row before the one before it has come; after the
 * last direct one the row buffers take turns again, and each row is copied out of them. */
static uint32_t next_placed_turn(void) {
    const uint32_t direct_end = rows.skip_rows + rows.direct_lines;
    if (rows.first_place == 0) return UINT32_MAX;
    if (rows.row + 1u < rows.skip_rows) return rows.skip_rows - 1u;
    if (rows.row + 1u < direct_end) return direct_end - 1u;
    return rows.row < rows.skip_rows + rows.lines ? rows.row + 1u : UINT32_MAX;
}

/** One of the last rows, whose end would lie behind the frame. */
static void copy_tail_row(uint32_t row) {
    const uint32_t wanted = row - rows.skip_rows;
    if (wanted < rows.direct_lines || wanted >= rows.lines) return;
    const uint32_t to = rows.first_place + wanted * rows.step;
    cam_row_copy_aligned((uint32_t *)(uintptr_t)to,
                         (const uint8_t *)(uintptr_t)rows.buffers[row & 1u], rows.copy_words);
    cam_port_row_stored(to, rows.stored_bytes);
}

CAM_COLD static void placed_turn(void) {
    copy_tail_row(rows.row - 1u);
    give_idle_buffer(address_of(rows.row + 1u));
    rows.to = place_of(rows.row + 2u);
    rows.until = next_placed_turn();
}

/** Context: ISR. The row after the one that comes now gets its place. */
static void placed_row(void) {
    const uint32_t row = rows.row + 1u;
    rows.row = row;
    if (row == rows.until) {
        placed_turn();
        return;
    }
    const uint32_t to = rows.to;
    if (to == 0) return; // nor was the one before wanted: both buffers are as they should be
    rows.to = to + rows.step;
    give_idle_buffer(to);
}

void (*cam_rows_transfer_done(void))(void) { return rows.copy == NULL ? placed_row : copied_row; }

void cam_rows_arm(void) {
    uint32_t memory0 = rows.buffers[0];
    uint32_t memory1 = rows.buffers[1];
    rows.row = 0;
    rows.discards = rows.ring && cam_cap.settle_left != 0;
    rows.dropped = false;
    rows.batch_first = UINT32_MAX;
    if (rows.copy == NULL) {
        bind();
        rows.first_place = rows.to;
        if (rows.chunks) rows.buffers[0] = rows.buffers[1] = rows.to;
        memory0 = address_of(0);
        memory1 = address_of(1);
        rows.to = place_of(2);
        rows.until = next_placed_turn();
    } else if (rows.skip_rows == 0) {
        begin_batch();
    } else {
        rows.to = 0;
        rows.until = rows.skip_rows;
    }
    mmio_write32(DMA2_S1M1AR, memory1);
    cam_dma_arm(memory0, rows.words, cam_cap.dma_cr_on | DMA_SxCR_TCIE);
}

/** The frame is whole: the program gets it, or its last batch. */
static void whole(void) {
    cam_frames_whole();
    if (rows.discards) {
        cam_cap.settle_left--;
        cam_cap.counters.settling++;
        return;
    }
    // A frame without one of its batches counts once.
    if (cam_cap.filling == NULL || rows.dropped) cam_cap.counters.dropped++;
    if (cam_cap.filling == NULL) return;
    cam_cap.filling->decides = !rows.dropped;
    cam_cap.filling->ends_frame = true;
    if (rows.ring) {
        const uint32_t rest = rows.lines % rows.batch_rows;
        cam_cap.filling->rows = rest == 0 ? rows.batch_rows : rest;
        cam_cap.filling->first_row = rows.lines - cam_cap.filling->rows;
    }
    publish();
}

static uint32_t rows_wanted(void) {
    return rows.bus_rows != 0 ? rows.bus_rows : rows.skip_rows + rows.lines;
}

/** Rows came that are not the frame's. */
static void odd(void) {
    cam_cap.counters.resyncs++;
    if (cam_cap.fate != CAM_FATE_NONE) return; // counted when it happened
    if (rows.row < rows_wanted()) {
        cam_cap.counters.short_frames++;
    } else {
        cam_cap.counters.overruns++;
        cam_cap.counters.overrun_frames++;
    }
}

static bool rows_as_planned(void) {
    if (mmio_read32(DMA2_S1NDTR) != rows.words) return false;
    // Two ends of a buffer so close to each other that they made one interrupt: CT tells.
    const bool second = (mmio_read32(DMA2_S1CR) & DMA_SxCR_CT) != 0;
    if (second != ((rows.row & 1u) != 0)) return false;
    return rows.bus_rows != 0 ? rows.row == rows.bus_rows : rows.row >= rows.skip_rows + rows.lines;
}

/** Between two frames: the stream begins again, in its first buffer. */
static void restart(bool reset) {
    cam_dma_halt();
    if (reset) cam_dcmi_reset(cam_cap.cr);
    bind();
    if (rows.chunks && cam_cap.filling == NULL)
        cam_capture_starve(); // a frame without a buffer has no place at all
    else
        cam_capture_resume();
}

/** A buffer for the frame whose first wanted row is to come. */
static void place_from_here(void) {
    bind();
    rows.first_place = rows.to;
    rows.to = 0;
    rows.until = next_placed_turn();
}

void cam_rows_buffer_freed(void) {
    if (cam_cap.phase != CAM_PHASE_ROWS || cam_cap.filling != NULL) return;
    if (rows.copy != NULL) {
        if (rows.row == rows.batch_first) bind(); // none of its rows has been passed over yet
    } else if (mmio_read32(DCMI_SR) & DCMI_SR_VSYNC) {
        restart(false);
    } else if (!rows.chunks && rows.row + 1u < rows.skip_rows) {
        place_from_here(); // the first wanted row has no place yet
    }
}

bool cam_rows_untouched(void) { return rows.row == 0 && mmio_read32(DMA2_S1NDTR) == rows.words; }

void cam_rows_vsync(void) {
    if (cam_cap.phase == CAM_PHASE_STARVED) {
        if (cam_cap.fate == CAM_FATE_NONE) cam_cap.counters.dropped++;
        return;
    }
    const bool counts = cam_cap.fate != CAM_FATE_NOT_SYNCED;
    cam_cap.irqs += rows.row; // counted here: a row's interrupt is short
    if (cam_cap.phase == CAM_PHASE_ROWS && (mmio_read32(DMA2_LISR) & DMA_LISR_TCIF1)) {
        cam_cap.transfer_done(); // the last row's interrupt has not been taken
    }
    const bool right = cam_cap.phase == CAM_PHASE_ROWS && rows_as_planned();
    if (rows.ring) cam_spans_vsync(right);
    if (counts && right) whole();
    if (counts && !right) odd();
    // What is left in the DCMI's FIFO must not become the start of the next frame.
    restart(counts && !right);
}

/** Wanted rows that the DMA can put into their place: the columns behind the wanted ones lie over
 * rows that are still to come, which nobody looks at in a frame, but on a display. */
static uint32_t direct_lines(const cam_capture_config_t *config) {
    const cam_rows_config_t *lines = &config->rows;
    if (lines->to == CAM_ROWS_TO_RING || lines->gray_to_rgb565 || lines->skip_bytes != 0) return 0;
    const uint32_t behind = lines->bus_bytes - config->line_bytes;
    if (behind == 0) return config->lines;
    if (lines->to == CAM_ROWS_TO_DISPLAY) return 0;
    const uint32_t covered = (behind + config->line_bytes - 1u) / config->line_bytes;
    return covered < config->lines ? config->lines - covered : 0;
}

/** The copy that all rows need; NULL when the DMA puts some into their place. */
static cam_row_copy_t copy_for(const cam_capture_config_t *config) {
    const cam_rows_config_t *lines = &config->rows;
    if (direct_lines(config) != 0) return NULL;
    if (lines->gray_to_rgb565) return cam_row_copy_rgb565;
    return lines->skip_bytes & 3u ? cam_row_copy_unaligned : cam_row_copy_aligned;
}

void cam_rows_prepare(const cam_capture_config_t *config) {
    const cam_rows_config_t *lines = &config->rows;
    const uint32_t first =
        cam_board.frame_memory + cam_board.frame_memory_bytes - cam_rows_memory(lines);
    const uint32_t second = first + lines->bus_bytes;
    rows = (rows_t){
        .skip_rows = lines->skip_rows,
        .lines = config->lines,
        .direct_lines = direct_lines(config),
        .batch_rows = lines->to == CAM_ROWS_TO_RING ? lines->batch_rows : config->lines,
        .bus_rows = lines->bus_rows,
        .words = lines->bus_bytes / 4u,
        .from = {first + lines->skip_bytes, second + lines->skip_bytes},
        .buffers = {first, second},
        .copy = copy_for(config),
        .copy_words = config->line_bytes / 4u,
        .stored_bytes = cam_rows_stored_bytes(config),
        .step = config->line_bytes,
        .ring = lines->to == CAM_ROWS_TO_RING,
    };
    if (lines->to != CAM_ROWS_TO_DISPLAY) return;
    rows.display = cam_rows_display(lines);
    rows.step = lines->display_stride;
    if (!lines->bottom_up) return;
    rows.display += lines->display_stride * (lines->display_rows - 1u);
    rows.step = 0u - lines->display_stride;
}

void cam_rows_prepare_chunks(uint32_t words, uint32_t chunks) {
    rows = (rows_t){
        .lines = chunks,
        .direct_lines = chunks,
        .batch_rows = chunks,
        .bus_rows = chunks,
        .words = words / chunks,
        .buffers = {cam_board.frame_memory, cam_board.frame_memory},
        .step = words / chunks * 4u,
        .chunks = true,
    };
}

cam_status_t cam_rows_configure_dma(void) {
    const cam_dma_config_t dma = {CAM_DMA_DOUBLE, rows.buffers[0], rows.buffers[1], rows.words};
    return cam_dma_configure(&dma);
}
